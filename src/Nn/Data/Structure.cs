using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>Elements of datasets as lists of tensors and back: a tensor, or a tuple of such.</summary>
internal static class Structure
{
    /// <summary>The tensors of an element in order. TG1002 for null, TG2002 for anything that is not a tensor.</summary>
    public static Tensor[] Flatten<T>(T element)
    {
        var leaves = new List<Tensor>();
        Add(element, leaves);
        return [.. leaves];
    }

    /// <summary>The element of the tensors.</summary>
    public static T Restore<T>(ReadOnlySpan<Tensor> leaves)
    {
        if (typeof(T) == typeof(Tensor))
            return (T)(object)leaves[0];
        int next = 0;
        return (T)Restore(typeof(T), leaves, ref next);
    }

    private static void Add(object? part, List<Tensor> leaves)
    {
        switch (part)
        {
            case Tensor tensor:
                leaves.Add(tensor);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                    Add(tuple[i], leaves);
                break;
            case null:
                Throw.Raise(DiagnosticIds.NullArgument, "dataset", "an element is null", "Leave it out, or put a tensor in its place.");
                break;
            default:
                Throw.DType("dataset", $"an element holds a {part.GetType().Name}",
                    "Elements are tensors or tuples of tensors: convert them with Map.");
                break;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "A tuple type that the program names has its constructor.")]
    private static object Restore(Type type, ReadOnlySpan<Tensor> leaves, ref int next)
    {
        if (type == typeof(Tensor))
            return leaves[next++];
        var types = type.GetGenericArguments();
        var parts = new object[types.Length];
        for (int i = 0; i < parts.Length; i++)
            parts[i] = Restore(types[i], leaves, ref next);
        return Activator.CreateInstance(type, parts)!;
    }
}
