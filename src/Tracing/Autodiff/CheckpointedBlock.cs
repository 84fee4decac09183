using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// One use of <see cref="Ops.Checkpoint{T}"/> op by op. The block runs in a context of its own, which only notes its ops; tapes see one node, whose
/// gradient runs them again.
/// </summary>
internal static class CheckpointedBlock
{
    public static T Run<T>(Func<T> body, ImperativeContext outer)
    {
        var inner = new ImperativeContext(outer);
        using var values = inner.KeepValues();
        T result;
        string names = NameScope.Current;
        using (ExecutionContext.Enter(inner))
        {
            NameScope.Replace(names);
            result = body();
        }

        var parts = Structure.Flatten(result, "checkpoint", "the result");
        var block = Recomputation.Of(inner.Log!, parts.Select(part => inner.ValueOf(part.Value)));
        foreach (var node in inner.Log!.Where(node => node.Op == OpDefs.ReadVariable))
            outer.Take(node, [inner.TensorOf(node[0])]);
        if (block.Results.IsEmpty)
            return result;
        using var kept = outer.KeepValues();
        outer.Take(
            block.Node([.. block.Inputs.Select(input => outer.ValueOf(inner.TensorOf(input)))], c => Pull(block, c)),
            [.. block.Results.Select(inner.TensorOf)]);
        return result;
    }

    // Only where a tape records the gradient itself is what it computes kept.
    private static System.Collections.Immutable.ImmutableArray<Value?> Pull(Recomputation block, VjpContext c)
    {
        var context = ImperativeContext.Of(c.Builder);
        if (context.IsRecording)
            return block.Pull(c);
        var alone = new ImperativeContext();
        using var values = alone.KeepValues();
        var gradients = block.Pull(c, alone.Builder, value => alone.ValueOf(context.TensorOf(value)));
        return [.. gradients.Select(gradient => gradient is { } value ? context.ValueOf(alone.TensorOf(value)) : (Value?)null)];
    }
}
