using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Tests;

/// <summary>
/// Each rewrite rule keeps the bits of every dtype: small expressions of all pointwise ops, casts and movements, on values at the limits of the
/// dtype, before and after.
/// </summary>
public sealed class RewriteRuleTests
{
    private const int Count = 36;

    private static readonly DType[] s_dtypes = [.. Enum.GetValues<DType>().Where(dtype => dtype != DType.String)];
    private static readonly double[] s_constants = [0, -0.0, 1, -1, 2, 0.25];
    private static readonly double[] s_floats =
        [0, -0.0, 1, -1, 2.5, -300, 65504, 1e-7, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 3e38];
    private static readonly long[] s_integers = [0, 1, -1, 2, 127, 128, 200, 255, 32768, int.MinValue, long.MinValue, long.MaxValue];

    public static TheoryData<DType> DTypes => [.. s_dtypes];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Rewritten_expressions_have_the_same_bits(DType dtype)
    {
        int rewritten = 0;
        foreach (var graph in Expressions(dtype).Concat(Casts(dtype)).Concat(Movements(dtype)))
        {
            var after = Rewrite(graph, []);
            if (ReferenceEquals(after, graph))
                continue;
            rewritten++;
            var inputs = graph.Entry.Parameters.Select(parameter => Edges(parameter.Types[0], parameter == graph.Entry.Parameters[1])).ToArray();
            var expected = Outcome.Of(() => new Interpreter().Run(graph, inputs));
            var actual = Outcome.Of(() => new Interpreter().Run(after, inputs));
            Assert.Equal(expected.Error, actual.Error);
            Assert.True(expected.Error is not null || Values.Same(expected.Results![0], actual.Results![0]),
                $"{Printer.Print(graph)}\n{Printer.Print(after)}\n{Values.Text(inputs)}\n{Values.Text(expected.Results!)}\n{Values.Text(actual.Results!)}");
        }
        Assert.True(rewritten > 50, $"{rewritten} expressions");
    }

    [Fact]
    public void Every_rule_fires()
    {
        HashSet<string> fired = [];
        foreach (var graph in new[] { DType.Bool, DType.I32, DType.F32 }.SelectMany(dtype => Expressions(dtype).Concat(Casts(dtype)).Concat(Movements(dtype))))
            Rewrite(graph, fired);
        Assert.Empty(Canonicalize.Rules.Concat(Algebra.Rules).Select(rule => rule.Name).Except(fired));
    }

    private static Graph Rewrite(Graph graph, HashSet<string> fired)
    {
        foreach (var pass in new[] { Canonicalize.Pass, Algebra.Pass })
        {
            graph = RuleRewriter.Run(pass, graph, out var uses);
            fired.UnionWith(uses.Select(use => use.Rule));
        }
        return graph;
    }

    // All pointwise ops on x, y, constants and simple ops of x and y, as far as the dtype has them.
    private static IEnumerable<Graph> Expressions(DType dtype)
    {
        foreach (var op in OpTable.All.Where(op => op.Is(Traits.Pointwise) && op.Arity is 1 or 2).Except([OpDefs.Cast, OpDefs.Bitcast]))
        {
            foreach (var (first, second) in Pairs(op.Arity))
            {
                if (TryBuild(dtype, (b, x) => b.Emit(op, op.Arity == 1 ? [first(b, x)] : [first(b, x), second(b, x)])) is { } graph)
                    yield return graph;
            }
        }
        Operand[] selections =
        [
            .. new[] { 0, 1 }.Select(choice => (Operand)((b, x) => b.Select(b.Constant(Literal.Scalar(DType.Bool, choice)), x[0], x[1]))),
            (b, x) => b.Select(b.Emit(OpDefs.Less, x[0], x[1]), x[0], x[0]),
        ];
        foreach (var selection in selections)
        {
            if (TryBuild(dtype, selection) is { } graph)
                yield return graph;
        }
    }

    private static IEnumerable<(Operand First, Operand Second)> Pairs(int arity)
    {
        Operand[] operands =
        [
            .. new[] { 0, 1 }.Select(i => (Operand)((_, x) => x[i])),
            .. s_constants.Select(number => (Operand)((b, x) => b.Scalar(number, x[0]))),
            (b, x) => b.Neg(x[0]),
            (b, x) => b.Neg(x[1]),
            (b, x) => b.Emit(OpDefs.Abs, x[0]),
            (b, x) => b.Emit(OpDefs.Not, x[0]),
            (b, x) => b.BroadcastTo(x[2], x[0].Shape),
        ];
        return operands.SelectMany(first => operands.Take(arity == 1 ? 1 : operands.Length).Select(second => (first, second)));
    }

    private static IEnumerable<Graph> Casts(DType dtype) =>
        from middle in s_dtypes
        from last in s_dtypes
        select TryBuild(dtype, (b, x) => Cast(b, Cast(b, x[0], middle), last))!;

    private static Value Cast(GraphBuilder b, Value x, DType dtype) => b.Emit(OpDefs.Cast, Attrs.Of("dtype", dtype), [x])[0];

    private static IEnumerable<Graph> Movements(DType dtype)
    {
        const int Half = Count / 2;
        Operand[] all =
        [
            (b, x) => Reshape(b, x[0], [Count]),
            (b, x) => Reshape(b, Reshape(b, x[0], [2, Half]), [Half, 2]),
            (b, x) => b.Transpose(x[0], 0),
            (b, x) => b.Transpose(b.Transpose(b.Reshape(x[0], [2, 3, Count / 6]), 1, 2, 0), 2, 1, 0),
            (b, x) => b.Emit(OpDefs.BroadcastTo, Attrs.Of("shape", new Shape(Count)), [x[0]])[0],
            (b, x) => b.BroadcastTo(b.BroadcastTo(x[2], [2, 1]), [2, 2]),
            (b, x) => b.Slice(x[0], [0], [Count]),
            (b, x) => b.Pad(x[0], [0], [0], [0]),
            (b, x) => b.Add(b.Pad(x[0], [0], [Count], [0]), b.Pad(x[1], [Count], [0], [0])),
            (b, x) => b.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), [x[0]])[0],
            (b, x) => Reverse(b, Reverse(b, x[0])),
            .. new[] { OpDefs.ReduceMax, OpDefs.ReduceMin, OpDefs.ReduceProd, OpDefs.ReduceAny, OpDefs.ReduceAll, OpDefs.ReduceSum }
                .Select(op => (Operand)((b, x) => b.Emit(op, Attrs.Of(("axes", new long[] { 1 }), ("keep", false)), [b.Reshape(x[0], [Count, 1])])[0])),
        ];
        return all.Select(movement => TryBuild(dtype, movement)).OfType<Graph>();
    }

    private static Value Reshape(GraphBuilder b, Value x, Shape shape) => b.Emit(OpDefs.Reshape, Attrs.Of("shape", shape), [x])[0];

    private static Value Reverse(GraphBuilder b, Value x) => b.Emit(OpDefs.Reverse, Attrs.Of("axes", new long[] { 0 }), [x])[0];

    // Null where an op does not take the dtype.
    private static Graph? TryBuild(DType dtype, Operand make)
    {
        var build = new GraphBuilder();
        Value[] x = [build.Parameter(new(dtype, [Count])), build.Parameter(new(dtype, [Count])), build.Parameter(new(dtype, [1]))];
        try
        {
            return build.Finish("expression", [make(build, x)]);
        }
        catch (GraphException)
        {
            return null;
        }
    }

    private delegate Value Operand(GraphBuilder b, Value[] x);

    // The second input pairs each value with all others.
    private static Literal Edges(TensorType type, bool isSecond)
    {
        long At(long i) => isSecond ? i / s_integers.Length * 5 + i * 7 : i;
        return type.DType.IsFloat()
            ? Literal.FromDoubles(type, i => s_floats[At(i) % s_floats.Length])
            : Literal.FromLongs(type, i => s_integers[At(i) % s_integers.Length]);
    }
}
