using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>A pointwise op on operands that broadcast gives what it gives on operands that were broadcast before.</summary>
public sealed class BroadcastTheory
{
    public static TheoryData<string> Names => [.. OpSamples.Ops.Where(name => OpTable.Find(name)! is var op && op.Is(Traits.Pointwise) && op.Arity > 1)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Broadcasting_first_changes_nothing(string op)
    {
        foreach (OpSample sample in OpSamples.Of(op, 3))
        {
            Graph direct = sample.Graph();
            var build = new GraphBuilder { Source = SourceSpan.None };
            Value[] inputs = [.. sample.Inputs.Select(input => build.BroadcastTo(build.Parameter(input.Type), direct.Entry.Results[0].Shape))];
            Graph broadcast = build.Finish(op, [build.Emit(sample.Op, sample.Attrs, inputs)[0]]);
            Assert.Equal(new Interpreter().Run(direct, sample.Values(3)), new Interpreter().Run(broadcast, sample.Values(3).Take(inputs.Length).ToArray()));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sizes_that_are_neither_equal_nor_one_are_refused(string op)
    {
        OpSample sample = OpSamples.Of(op, 3)[0];
        TensorType[] types = [.. sample.Inputs.Select((input, i) => input.Type.As(new Shape(2, i + 3)))];
        GraphException error = Expect.Error(DiagnosticIds.ShapeMismatch, () => GraphBuilder.Infer(sample.Op, [.. types], sample.Attrs), op, "3", "4");
        Assert.Contains("broadcast", error.Message, StringComparison.Ordinal);
    }
}
