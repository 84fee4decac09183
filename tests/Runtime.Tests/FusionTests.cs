using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Loops that share a kernel never wait for something that waits for them, however long the way is.</summary>
public sealed class FusionTests
{
    private static readonly TensorType Row = new(DType.F64, [4]), Matrix = new(DType.F64, [3, 4]);

    private static Literal[] Arguments => [Literal.FromDoubles(Row, i => 1 + i), Literal.FromDoubles(Matrix, i => i), Literal.FromDoubles(Matrix, i => 0.3 * i)];

    // m joins a kernel by way of m · f2, which f1 · s would join by way of f1; but s waits for m.
    [Fact]
    public void An_early_member_of_a_late_kernel_counts()
    {
        Graph graph = Made((b, a, full, other) =>
        {
            Value m = b.Emit(OpDefs.Sin, a);
            Value s = b.Emit(OpDefs.CumSum, Attrs.Of("axis", 1L), [b.Add(Wide(b, m), other)])[0], r0 = b.Sum(m, [0]);
            Value f1 = b.Emit(OpDefs.Cos, full), m9 = b.Mul(m, b.Sum(f1, [0]));
            return [m9, b.Mul(f1, s), r0];
        });
        Agree.Run(graph, Arguments, "cumsum");
    }

    [Fact]
    public void A_variable_is_read_behind_its_assignment()
    {
        var variable = new VariableResource("v", Matrix) { HostValue = Literal.Zeros(Matrix) };
        Graph graph = Made((b, a, full, other) =>
        {
            Value m = b.Emit(OpDefs.Sin, a);
            b.Emit(OpDefs.AssignVariable, Attrs.Of("var", variable), [b.Add(Wide(b, m), other)]);
            Value r0 = b.Sum(m, [0]), f1 = b.Emit(OpDefs.Cos, full), m9 = b.Mul(m, b.Sum(f1, [0]));
            Value read = b.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0];
            return [m9, b.Mul(f1, read), r0];
        });
        Literal[] expected = new Interpreter().Run(graph, Arguments);
        variable.HostValue = Literal.Zeros(Matrix);
        TensorData[] found = Device.Current.Compile(graph).Run(Array.ConvertAll(Arguments, TensorData.From));
        for (int i = 0; i < expected.Length; i++) Agree.Same(expected[i], found[i].ToLiteral(), $"result {i}");
    }

    [Fact]
    public void Long_graphs_of_rows_and_matrices_give_what_the_interpreter_gives()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            Graph graph = Made((b, a, full, other) => Long(b, random, [a, full, other]));
            Literal[] expected = new Interpreter().Run(graph, Arguments), found = Agree.On(Device.Current, graph, Arguments);
            for (int i = 0; i < expected.Length; i++)
            {
                // Long chains enlarge what rounding leaves; a value from elsewhere is another one.
                for (int k = 0; k < expected[i].Count; k++)
                    Assert.Equal(expected[i].GetDouble(k), found[i].GetDouble(k), 1e-6 * (1 + Math.Abs(expected[i].GetDouble(k))));
            }
        }
    }

    private static Value[] Long(GraphBuilder b, Random random, List<Value> pool)
    {
        for (int i = 0; i < 120; i++)
        {
            Value x = pool[^random.Next(1, Math.Min(pool.Count, 20) + 1)], y = pool[^random.Next(1, Math.Min(pool.Count, 40) + 1)];
            pool.Add(random.Next(9) switch
            {
                0 => b.Emit(OpDefs.Sin, x),
                1 => b.Emit(OpDefs.Cos, x),
                2 when x.Type.Rank == 2 => b.Sum(x, [0]),
                3 when x.Type.Rank == 2 => b.Emit(OpDefs.CumSum, Attrs.Of("axis", (long)random.Next(2)), [x])[0],
                4 when x.Type.Rank == 2 => b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0 }), [x])[0],
                5 or 6 => Both(b, x, y, b.Add),
                _ => Both(b, x, y, b.Mul),
            });
        }
        return [.. pool.TakeLast(30)];
    }

    private static Value Both(GraphBuilder b, Value x, Value y, Func<Value, Value, Value> op) =>
        x.Type.Rank == y.Type.Rank ? op(b.Emit(OpDefs.Sin, x), y) : op(Wide(b, b.Emit(OpDefs.Sin, x)), Wide(b, y));

    private static Value Wide(GraphBuilder b, Value x) => x.Type.Rank == 2 ? x : b.BroadcastTo(x, Matrix.Shape);

    private static Graph Made(Func<GraphBuilder, Value, Value, Value, Value[]> make)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        return b.Finish("f", make(b, b.Parameter(Row, "a"), b.Parameter(Matrix, "A"), b.Parameter(Matrix, "Z")));
    }
}
