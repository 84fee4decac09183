using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Loops that change an element at each turn write over what they carry. Nobody else may see that: not the caller, nor what else is carried, kept or captured.
/// </summary>
public sealed class OverwriteTests
{
    // Larger than the small pieces of memory that no one counts.
    private static readonly TensorType Vector = new(DType.F32, [300]);
    private static readonly TensorType Integer = new(DType.I64, Shape.Scalar);

    private delegate Value[] Turn(GraphBuilder b, Value[] carried, Value i);

    private static readonly Dictionary<string, (Func<GraphBuilder, Value, Value[]> Initial, Turn Turn)> s_loops = new(StringComparer.Ordinal)
    {
        ["set"] = ((_, x) => [x], (b, v, i) => [Set(b, v[0], i)]),
        ["add"] = ((_, x) => [x], (b, v, i) => [Add(b, v[0], i)]),
        ["two from one"] = ((_, x) => [x, x], (b, v, i) => [Set(b, v[0], i), Add(b, v[1], i)]),
        ["swap"] = ((_, x) => [x, x], (b, v, i) => [Set(b, v[1], i), v[0]]),
        ["twice"] = ((_, x) => [x, x], (b, v, i) => { Value both = Set(b, v[0], i); return [both, both]; }),
        ["history"] = ((b, x) => [x, b.Zeros(Vector.List)], (b, v, i) => [Set(b, v[0], i), b.Emit(OpDefs.ListSet, v[1], i, v[0])]),
        ["read after"] = ((b, x) => [x, x], (b, v, i) => { Value next = Set(b, v[0], i); return [next, b.Add(v[0], next)]; }),
        ["of a capture"] = ((_, x) => [x], (b, v, i) => [b.Add(v[0], Set(b, b.Mul(v[0], 2), i))]),
        ["nested"] = ((_, x) => [x], (b, v, i) => LoopSamples.Repeat(b, i, [v[0]], (w, j) => [Add(b, w[0], j)])),
        ["reshaped"] = ((_, x) => [x], (b, v, i) => [b.Reshape(b.Reshape(Set(b, v[0], i), [3, 100]), [300])]),
    };

    public static TheoryData<string> Names => [.. s_loops.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Only_the_loop_sees_it(string name)
    {
        using IDisposable device = Device.Use(Devices.Managed);
        var (initial, turn) = s_loops[name];
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value x = b.Parameter(Vector, "x"), n = b.Parameter(Integer, "n");
        Value[] results = LoopSamples.Repeat(b, n, initial(b, x), (v, i) => turn(b, v, i));
        if (results[^1].Type.IsList)
            results[^1] = b.Emit(OpDefs.ListGet, results[^1], b.Constant(Literal.Scalar(DType.I64, 1)));
        Ir.Graph graph = b.Finish("f", [.. results, b.Add(x, x)]);
        Executable plan = Device.Current.Compile(graph);
        Literal start = Literal.FromDoubles(Vector, i => i);
        TensorData given = TensorData.From(start);
        Assert.Equal(name is not ("history" or "read after" or "of a capture"), plan.Dump().Contains("start from", StringComparison.Ordinal));
        for (long turns = name == "history" ? 2 : 0; turns < 6; turns++)
        {
            Literal number = Literal.FromLongs(Integer, _ => turns);
            Literal[] expected = new Interpreter().Run(graph, start, number);
            TensorData[] found = plan.Run([given, TensorData.From(number)]);
            Assert.Equal(start, given.ToLiteral());
            for (int i = 0; i < found.Length; i++)
                Agree.Same(expected[i], found[i].ToLiteral(), $"{name}, {turns} turns, result {i}");
        }
    }

    private static Value Set(GraphBuilder b, Value x, Value i) =>
        b.Emit(OpDefs.DynamicUpdateSlice, x, b.BroadcastTo(b.Reshape(b.Cast(b.Emit(OpDefs.Neg, i), DType.F32), [1]), [2]), i);

    private static Value Add(GraphBuilder b, Value x, Value i) => b.ScatterAdd(x, i, b.Constant(Literal.Scalar(DType.F32, 7)), axis: 0);
}
