using System.ComponentModel;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The handle of one graph function, made by generated code. Users look at it through <see cref="GraphFunction"/>.</summary>
/// <typeparam name="TResult">Result of the user's method.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GraphFunction<TResult> : GraphFunctionDefinition
{
    // Deeper than any sensible nesting of calls, shallower than the stack.
    private const int DeepestInlining = 200;

    [ThreadStatic]
    private static int _depth;

    private readonly GraphFunctionInfo<TResult> _info;
    private readonly DeclaredShapes? _shapes;

    /// <summary>Makes the handle.</summary>
    public GraphFunction(GraphFunctionInfo<TResult> info)
        : base(info.FullName, info.Parameters, info.InputSignature, info.ReduceRetracing, info.ChangesCollections, info.ConvertedSource)
    {
        _info = info;
        LoopMemoryBudget = info.LoopMemoryBudget;
        _shapes = DeclaredShapes.Of(info.FullName, info.Parameters, info.Shapes, info.ResultShape);
    }

    internal TResult Run(GraphCall call)
    {
        _shapes?.CheckArguments(call);
        if (ExecutionContext.Current is TraceContext outer)
        {
            if (InputSignature is not null)
                SpecRules.CheckInlined(this, call, outer.Builder);
            outer.Enter(this, call, _info.Trace.Method);
            return Checked(call, Inline(call));
        }

        var concrete = CacheOf(call.Target).For(this, call);
        Few<Tensor> few = default;
        var results = concrete.ResultCount <= Few<Tensor>.Count ? few[..concrete.ResultCount] : new Tensor[concrete.ResultCount];
        concrete.Run(call, results);
        return Checked(call, Restore(concrete, results));
    }

    private TResult Restore(ConcreteFunction concrete, ReadOnlySpan<Tensor> outputs)
    {
        var leaves = GraphCall.Rent(null, null);
        int next = 0;
        foreach (var leaf in concrete.ResultLeaves)
            leaves.Add(leaf.Tensor is null ? leaf : Leaf.Of(outputs[next++]));
        var result = _info.Restore(leaves);
        leaves.Return();
        return result;
    }

    internal override (Ir.Graph Graph, Leaf[] Result, TraceContext Trace) TraceCall(GraphCall call, TraceRequest request, bool allowVariables)
    {
        var trace = new TraceContext(Name, allowVariables, request.Sizes(call))
        {
            LoopGrows = Watch.OnLoopGrows,
            LoopMemoryBudget = LoopMemoryBudget,
            Watched = [.. ExecutionContext.Current.WatchedTensors],
        };
        trace.Enter(this, call, _info.Trace.Method);
        try
        {
            using (ExecutionContext.Enter(trace))
            {
                var arguments = GraphCall.Rent(this, call.Target);
                var names = NamesOf(call.Leaves);
                int[]? aliases = Aliases.Of(call.Leaves);
                for (int i = 0; i < call.Leaves.Length; i++)
                {
                    var leaf = call.Leaves[i];
                    if (leaf.Tensor is { } tensor)
                    {
                        leaf = Leaf.Of(trace.Parameter(request.Specs(i, tensor.GraphType), names[i].Name));
                        trace.Arguments.TryAdd(tensor, leaf.Tensor!);
                    }

                    // One tensor is one to the method too; its further parameters stay unused.
                    arguments.Add(aliases is not null && aliases[i] != i ? arguments.Leaves[aliases[i]] : leaf);
                }

                var result = Checked(arguments, _info.Trace(arguments));
                var leaves = GraphCall.Rent(null, null);
                _info.Flatten(result, leaves);
                Leaf[] outputs = [.. leaves.Leaves];
                leaves.Return();
                arguments.Return();
                var graph = trace.Finish([.. outputs.Where(leaf => leaf.Tensor is not null).Select(leaf => leaf.Tensor!)]);
                // Only whether a leaf is a tensor matters from here on.
                return (graph, outputs, trace);
            }
        }
        finally
        {
            trace.Close();
        }
    }

    private TResult Checked(GraphCall call, TResult result)
    {
        if (_shapes is not null && result is Tensor tensor)
            _shapes.CheckResult(call, tensor);
        return result;
    }

    private TResult Inline(GraphCall call)
    {
        if (_depth >= DeepestInlining)
        {
            throw new GraphException(
                DiagnosticIds.EndlessRecursion, $"{Name}: calls itself {DeepestInlining} levels deep while it is traced",
                "A graph function can't recurse on a tensor condition, since both branches are traced; write a loop.", SourceSpan.Capture());
        }

        _depth++;
        try
        {
            return _info.Trace(call);
        }
        finally
        {
            _depth--;
        }
    }
}
