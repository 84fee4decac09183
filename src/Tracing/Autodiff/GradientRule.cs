using System.Collections.Immutable;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// One use of <see cref="Ops.CustomGradient(IReadOnlyList{Tensor}, Func{Tensor[], Tensor}, Func{Tensor[], Tensor, Tensor, Tensor[]})"/>. A node that gives the
/// output back, with the inputs beside it, carries the rule: tapes see that node, and not what the function computes. A graph has the rule as a
/// region, which is traced together with the function; imperatively the delegate itself runs when a gradient is taken.
/// </summary>
internal sealed class GradientRule(Tensor[] inputs, Func<Tensor[], Tensor, Tensor, Tensor[]> backward)
{
    private const string Name = "custom_gradient";

    private readonly Tensor[] _inputs = Placement.Gather(inputs);
    private readonly SourceSpan _source = SourceSpan.Capture();

    public Tensor Run(Func<Tensor[], Tensor> forward)
    {
        if (ExecutionContext.Current is TraceContext trace)
        {
            var tapes = trace.SetTapes([]);
            Tensor traced;
            try
            {
                Hide(tapes, true);
                traced = Checked(forward(_inputs));
            }
            finally
            {
                Hide(tapes, false);
                trace.SetTapes(tapes);
            }

            var (region, captures) = trace.InRegion(Name, () => Trace(trace, traced));
            return Emit(trace, traced, captures, c => new RegionMapper(c.Builder).Inline(region, [.. c.Node.Inputs[..(_inputs.Length + 1)], c.G,
                .. c.Node.Inputs[(_inputs.Length + 1)..]]));
        }

        var output = Checked(ImperativeContext.WithoutTapes(() => forward(_inputs)));
        var context = ExecutionContext.Current;
        return context.Tapes.IsEmpty && !context.Notes ? output : Emit(context, output, [], c =>
        {
            // Not always the context of the function: a checkpointed block is computed again in another.
            var there = ImperativeContext.Of(c.Builder);
            Tensor[] given = [.. c.Node.Inputs.Select(there.TensorOf)];
            var results = Results(backward(given[.._inputs.Length], given[^1], there.TensorOf(c.G)));
            return [.. results.Select(there.ValueOf)];
        });
    }

    private static void Hide(ImmutableArray<TapeRecord> tapes, bool isHidden)
    {
        foreach (var tape in tapes)
            tape.IsHidden = isHidden;
    }

    // The rule over parameters for inputs, output and gradient; then what it takes from outside.
    private (Region Region, Value[] Captures) Trace(TraceContext trace, Tensor output)
    {
        var scope = ControlScope.Open(trace, RegionKind.Function);
        Tensor[] parameters = [.. _inputs.Append(output).Append(output).Select((tensor, i) => trace.Parameter(tensor.GraphType, $"x{i}"))];
        var results = Results(backward(parameters[.._inputs.Length], parameters[^2], parameters[^1]));
        var region = TracedRegion.Close(trace, scope.TapesAround, [.. results]);
        scope.Close();
        region.SetParameters(parameters.Select((parameter, i) => ((Value?)parameter.Value, parameter.GraphType, $"x{i}")));
        var (closed, captures) = region.With(results.Select((result, i) => (i, result.GraphType)));
        return (closed, [.. captures]);
    }

    private Tensor Emit(ExecutionContext context, Tensor output, Value[] captures, Func<VjpContext, IReadOnlyList<Value>> rule)
    {
        using var values = context.KeepValues();
        Value[] given = [.. _inputs.Select(context.ValueOf), context.ValueOf(output), .. captures];
        var build = new GraphBuilder { Source = SourceSpan.None };
        Node[] parameters = [.. given.Select(value => build.Parameter(value.Type).Node)];
        var attrs = Attrs.Of("gradient", new CustomGradient(Name, c => [.. rule(c).Select(gradient => (Value?)gradient), .. new Value?[1 + captures.Length]]));
        var node = context.Builder.Emit(OpDefs.Call, attrs, given, [new Region([.. parameters], [], [parameters[_inputs.Length][0]])]);
        return context.TensorOf(node[0]);
    }

    private Tensor Checked(Tensor? output)
    {
        if (Check.NotNull(output, "the value of the function").DType.IsFloat())
            return output;
        throw new GraphException(DiagnosticIds.BadGradientTarget, $"{Name}: the value of the function is {output.GraphType}", "Only floats have gradients.", _source);
    }

    private Tensor[] Results(Tensor[]? results)
    {
        if (Check.NotNull(results, "what the rule returned").Length != _inputs.Length)
            throw Misfit($"{results.Length} gradients for {_inputs.Length} inputs");
        for (int i = 0; i < results.Length; i++)
        {
            var (got, wanted) = (Check.NotNull(results[i], $"gradient {i} of the rule").GraphType, _inputs[i].GraphType);
            if (got.DType != wanted.DType || got.Rank != wanted.Rank || got.Shape.Zip(wanted.Shape)
                .Any(pair => pair.First.IsConstant && pair.Second.IsConstant && pair.First != pair.Second))
                throw Misfit($"the gradient of input {i}, {wanted}, is {got}");
        }

        return results;
    }

    private GraphException Misfit(string problem) =>
        new(DiagnosticIds.ShapeMismatch, $"{Name}: {problem}", "Return one gradient for each input, of its type; Ops.ZerosLike(x) for none.", _source);
}
