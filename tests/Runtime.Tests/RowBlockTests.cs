using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Loops over the same rows that run a few rows at a time, and those that must not.</summary>
[WithAllPasses]
public sealed class RowBlockTests
{
    private const string Mark = "rows at a time";

    public static TheoryData<string> Rowwise() => [.. s_rowwise.Keys];

    public static TheoryData<string> NotRowwise() => [.. s_notRowwise.Keys];

    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value[]>> s_rowwise = new()
    {
        ["softmax"] = (b, x) => [Along(b, "softmax", x)],
        ["log softmax and its exponential"] = (b, x) => Along(b, "log_softmax", x) is var y ? [y, b.Sum(b.Emit(OpDefs.Exp, y), [1])] : [],
        ["layer norm"] = (b, x) =>
        [
            b.Emit(OpTable.Find("layer_norm")!, Attrs.Of(("axes", new[] { 1L }), ("epsilon", 1e-5)), [x, b.Sum(x, [0]), b.Sum(b.Neg(x), [0])])[0],
        ],
        ["backward of softmax"] = (b, x) => Along(b, "softmax", x) is var y ? [b.Mul(y, b.Sub(x, b.Sum(b.Mul(x, y), [1], keep: true)))] : [],
        ["mean square, twice"] = (b, x) => [Scaled(b, Scaled(b, x))],
        ["centred rows that a sum over columns needs later"] = (b, x) => Centred(b, x) is var y ? [Scaled(b, y), b.Sum(b.Transpose(y, 1, 0), [1])] : [],
        ["softmax of a transpose"] = (b, x) => [Along(b, "softmax", b.Transpose(x, 1, 0))],
    };

    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value[]>> s_notRowwise = new()
    {
        ["rows in reverse"] = (b, x) => Square(b, x) is var y ? [y, b.Add(b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0L }), [y])[0], x)] : [],
        ["the row before"] = (b, x) => Square(b, x) is var y ? [y, b.Neg(b.Slice(y, [1, 0], x.Type.Shape))] : [],
        ["the first row"] = (b, x) => Square(b, x) is var y ? [y, b.Sub(x, Row(b, y))] : [],
        ["sums over rows"] = (b, x) => [b.Sub(x, b.Sum(b.Mul(x, x), [0], keep: true))],
        ["its transpose"] = (b, x) => b.Slice(Square(b, x), [0, 0], [131, 131]) is var y ? [b.Add(b.Transpose(y, 1, 0), y)] : [],
        ["the largest of all"] = (b, x) => [b.Sub(x, b.Emit(OpDefs.ReduceMax, Attrs.Of(("axes", new[] { 0L, 1L }), ("keep", true)), [x])[0])],
    };

    [Theory]
    [MemberData(nameof(Rowwise))]
    public void Loops_over_the_same_rows_run_a_few_rows_at_a_time(string name)
    {
        foreach ((DType dtype, long rows) in new[] { (DType.F32, 603L), (DType.F64, 303) })
        {
            Graph graph = GraphOf(dtype, [rows, 131], s_rowwise[name]);
            Assert.Contains(Mark, Devices.Managed.Compile(graph).Dump(), StringComparison.Ordinal);
            Compare(graph, name);
        }
        foreach (long[] sizes in new long[][] { [16, 5000], [9000, 7], [0, 5], [5, 0], [17, 33], [1, 1] })
            Compare(GraphOf(DType.F32, sizes, s_rowwise[name]), name);
    }

    [Theory]
    [InlineData("softmax", true)]
    [InlineData("mean square, twice", true)]
    [InlineData("log softmax and its exponential", true)]
    [InlineData("centred rows that a sum over columns needs later", false)]
    public void Blocks_write_over_each_other_what_nothing_else_needs(string name, bool isReused)
    {
        string dump = Devices.Managed.Compile(GraphOf(DType.F32, [603, 131], s_rowwise[name])).Dump();
        Assert.Equal(isReused, dump.Contains("all in the same bytes of", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(NotRowwise))]
    public void Loops_that_need_other_rows_wait_for_them(string name)
    {
        Graph graph = GraphOf(DType.F32, [603, 131], s_notRowwise[name]);
        Compare(graph, name);
    }

    [Theory]
    [MemberData(nameof(Rowwise))]
    public void Bits_do_not_depend_on_threads_or_blocks(string name)
    {
        Graph graph = GraphOf(DType.F32, [603, 131], s_rowwise[name]);
        Agree.OnAnyThreads(graph, Numbers(graph));
    }

    private static Value Along(GraphBuilder b, string op, Value x) => b.Emit(OpTable.Find(op)!, Attrs.Of("axis", 1L), [x])[0];

    private static Value Row(GraphBuilder b, Value x) => b.Slice(x, [0, 0], [1, x.Type.Shape[1]]);

    // Of its own kernel: the result is needed.
    private static Value Square(GraphBuilder b, Value x) => b.Mul(x, x);

    private static Value Centred(GraphBuilder b, Value x) => b.Sub(x, b.Sum(x, [1], keep: true));

    private static Value Scaled(GraphBuilder b, Value x) =>
        b.Mul(x, b.Emit(OpDefs.Rsqrt, b.Add(b.Sum(b.Mul(x, x), [1], keep: true), b.Scalar(1, x))));

    private static Graph GraphOf(DType dtype, long[] sizes, Func<GraphBuilder, Value, Value[]> emit)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(dtype, new Shape(sizes)));
        return build.Finish("rows", emit(build, x));
    }

    private static Literal Numbers(Graph graph) => Literal.FromDoubles(graph.Entry.Parameters[0].Types[0], i => Math.Sin(i) * 3);

    private static void Compare(Graph graph, string name)
    {
        Literal[] expected = Agree.On(Devices.Interpreter, graph, Numbers(graph)), actual = Agree.On(Devices.Managed, graph, Numbers(graph));
        for (int i = 0; i < expected.Length; i++)
        {
            double tolerance = graph.Entry.Parameters[0].Types[0].DType == DType.F32 ? 3e-5 : 1e-12;
            for (long at = 0; at < expected[i].Count; at++)
                Assert.True(Close(expected[i].GetDouble(at), actual[i].GetDouble(at), tolerance), $"{name}, result {i} at {at}: {graph}");
        }
    }

    private static bool Close(double expected, double actual, double tolerance) =>
        expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected));
}
