using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>One value that an iteration of a loop takes from the iteration before.</summary>
/// <param name="Name">Its name, for errors and printed graphs.</param>
/// <param name="Initial">Its value ahead of the loop; called outside the loop.</param>
/// <param name="Parameter">Its value in the body; null if the body only gives it.</param>
/// <param name="End">Its value at the end of the body.</param>
/// <param name="Finish">Takes its value after the loop.</param>
internal sealed record LoopValue(string Name, Func<Tensor> Initial, Tensor? Parameter, Tensor End, Action<Tensor> Finish)
{
    /// <summary>The tensor array that it is the list of, if any.</summary>
    public TensorArray? Array { get; init; }

    /// <summary>The tensor arrays that the open body uses.</summary>
    public static LoopValue[] OfArrays(ControlScope scope) => [.. scope.Entries.Select(OfArray)];

    /// <summary>The parameters of these arrays, and the tensors that the arrays have ahead of the loop and at the end of an iteration.</summary>
    public static IEnumerable<(Value Parameter, Tensor[] Origins)> OriginsOfArrays(ControlScope scope) =>
        scope.Entries.Where(entry => entry.Parameter is not null)
            .Select(entry => (entry.Parameter!.Value, entry.Before.Leaves.Concat(entry.Array.State.Leaves).ToArray()));

    private static LoopValue OfArray(ControlScope.Entry entry)
    {
        var array = entry.Array;
        Tensor ListOf(ArrayState state) => state.ToList(array.ElementType!.Value).List;
        Action<Tensor> finish = entry.IsChanged ? list => array.State = new ArrayState.Listed(list) : static _ => { };
        return new("array", () => ListOf(entry.Before), entry.Parameter, ListOf(array.State), finish) { Array = array };
    }
}
