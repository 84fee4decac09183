using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Products of many matrices with loops between them that run on a few rows at a time: attention and its gradient.</summary>
[WithAllPasses]
public sealed class TileTests
{
    private const string Mark = "matrices at a time";

    private static readonly Dictionary<string, Func<GraphBuilder, Value, Value>> s_scores = new()
    {
        ["plain"] = (b, scores) => scores,
        ["scaled"] = (b, scores) => b.Mul(scores, 0.125),
        ["causal"] = (b, scores) => b.Select(Past(b, scores), scores, b.Scalar(-1e9, scores)),
        ["with a mask of keys"] = (b, scores) =>
            b.Select(b.Emit(OpDefs.Less, b.Iota(new Shape(scores.Shape[0], 1, 1, scores.Shape[3]), 3), b.Constant(Literal.Scalar(DType.I64, 70))),
                scores, b.Scalar(-1e9, scores)),
        ["with a bias for each head"] = (b, scores) =>
            b.Add(scores, b.Cast(b.Iota(new Shape(1, scores.Shape[1], 1, scores.Shape[3]), 3, DType.I32), scores.DType)),
    };

    public static TheoryData<string> Scores() => [.. s_scores.Keys];

    [Theory]
    [MemberData(nameof(Scores))]
    public void Attention_runs_a_few_rows_at_a_time(string name)
    {
        (DType, long[])[] cases = [(DType.F32, [2, 2, 331, 431, 3]), (DType.F64, [1, 4, 20, 3803, 2]), (DType.F32, [3, 1, 2, 3, 1])];
        foreach ((DType dtype, long[] sizes) in cases)
        {
            Graph graph = Attention(dtype, sizes, s_scores[name], backward: true);
            Assert.Equal(sizes[2] * sizes[3] > 10_000, Devices.Managed.Compile(graph).Dump().Contains(Mark, StringComparison.Ordinal));
            Literal[] values = Numbers(graph);
            Literal[] expected = Agree.On(Devices.Interpreter, graph, values), actual = Agree.On(Devices.Managed, graph, values);
            for (int i = 0; i < expected.Length; i++) Close(expected[i], actual[i], dtype == DType.F32 ? 3e-5 : 1e-11, $"{name}, result {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Scores))]
    public void Bits_do_not_depend_on_threads_or_tiles(string name)
    {
        foreach (long[] sizes in new long[][] { [2, 2, 601, 701, 16], [1, 5, 64, 2700, 33], [4, 2, 257, 630, 5], [2, 2, 1025, 300, 9], [1, 4, 2269, 150, 5] })
        {
            Graph graph = Attention(DType.F32, sizes, s_scores[name], backward: true);
            Agree.OnAnyThreads(graph, Numbers(graph));
            SameWithoutTiles(graph, Numbers(graph));
        }
    }

    [Fact]
    public void What_is_no_number_stays_in_its_row()
    {
        Graph graph = Attention(DType.F32, [2, 2, 331, 431, 9], s_scores["scaled"], backward: false);
        Literal[] values = Numbers(graph);
        Literal queries = Literal.FromDoubles(
            values[0].Type, i => i == 9 * 17 ? double.NaN : i == 9 * 40 ? double.PositiveInfinity : values[0].GetDouble(i));
        Literal result = Agree.On(Devices.Managed, graph, [queries, .. values[1..]])[0];
        for (long i = 0; i < result.Count; i++) Assert.Equal(i / 9 is 17 or 40, double.IsNaN(result.GetDouble(i)));
        SameWithoutTiles(graph, [queries, .. values[1..]]);
    }

    // The weights of attention would have 35 MB: the gradient makes them again.
    [Fact]
    public void Large_scores_are_never_in_memory()
    {
        Graph graph = Attention(DType.F32, [2, 2, 1100, 2000, 8], s_scores["scaled"], backward: true);
        string dump = Devices.Managed.Compile(graph).Dump();
        Assert.DoesNotContain("f32[2, 2, 1100, 2000] arena", dump, StringComparison.Ordinal);
        Assert.Contains("f32[2, 2, 1100, 2000] tile", dump, StringComparison.Ordinal);
        SameWithoutTiles(graph, Numbers(graph));
    }

    [Fact]
    public void Others_that_read_scores_get_all_of_them()
    {
        Graph graph = Attention(DType.F32, [2, 2, 331, 431, 9], static (b, scores) => scores, backward: true, keeps: true);
        Literal[] values = Numbers(graph);
        Literal[] expected = Agree.On(Devices.Interpreter, graph, values), actual = Agree.On(Devices.Managed, graph, values);
        for (int i = 0; i < expected.Length; i++) Close(expected[i], actual[i], 3e-5, $"result {i}");
        SameWithoutTiles(graph, values);
    }

    // softmax(f(Q·Kᵀ))·V, and the gradients by Q, K and V of its product with numbers.
    private static Graph Attention(DType dtype, long[] sizes, Func<GraphBuilder, Value, Value> scores, bool backward, bool keeps = false)
    {
        (long n, long heads, long queries, long keys, long size) = (sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]);
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value Parameter(long rows) => b.Parameter(new TensorType(dtype, new Shape(n, heads, rows, size)));
        (Value q, Value k, Value v) = (Parameter(queries), Parameter(keys), Parameter(keys));
        Value product = b.Dot(q, b.Transpose(k, 0, 1, 3, 2), [3], [2], [0, 1], [0, 1]);
        Value weights = b.Emit(OpTable.Find("softmax")!, Attrs.Of("axis", 3L), [scores(b, product)])[0];
        Value result = b.Dot(weights, v, [3], [2], [0, 1], [0, 1]);
        var results = new List<Value> { result };
        if (keeps) results.Add(weights);
        if (backward)
        {
            Value by = b.Emit(OpDefs.Sin, b.Add(result, b.Scalar(1, result)));
            results.AddRange(Gradient.Backward(b, [.. b.Body], [(result, by)], [q, k, v], []).Sources.Select(source => source!.Value));
        }
        return b.Finish("attention", [.. results]);
    }

    private static Value Past(GraphBuilder b, Value scores)
    {
        (Dim queries, Dim keys) = (scores.Shape[2], scores.Shape[3]);
        return b.Emit(OpDefs.GreaterEqual, b.Iota(new Shape(queries, keys), 0), b.Iota(new Shape(queries, keys), 1));
    }

    private static Literal[] Numbers(Graph graph) =>
        [.. graph.Entry.Parameters.Select((parameter, k) => Literal.FromDoubles(parameter.Types[0], i => Math.Sin(i * (k + 1.3)) * 2))];

    private static void SameWithoutTiles(Graph graph, Literal[] values)
    {
        Literal[] tiled = Agree.On(Devices.Managed, graph, values);
        using (Flags.Set("PASSES", "-tiles"))
        {
            Literal[] plain = Agree.On(Devices.Managed, graph, values);
            for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i].Data, tiled[i].Data);
        }
    }

    private static void Close(Literal expected, Literal actual, double tolerance, string what)
    {
        for (long at = 0; at < expected.Count; at++)
        {
            (double wanted, double got) = (expected.GetDouble(at), actual.GetDouble(at));
            bool isClose = wanted.Equals(got) || Math.Abs(wanted - got) <= tolerance * (1 + Math.Abs(wanted));
            Assert.True(isClose, $"{what} at {at}: expected {wanted}, got {got}");
        }
    }
}
