using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Windows of all kinds of sizes against the interpreter: equal elements, zeros of both signs, NaN, infinities, padding and overlap.</summary>
public sealed class WindowTests
{
    private static readonly double[] Odd = [0.0, -0.0, 1, 1, -1, 2, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    public static TheoryData<string, DType> Ops()
    {
        var data = new TheoryData<string, DType>();
        foreach (string op in new[] { "window_max", "window_arg_max", "window_sum" })
        {
            foreach (DType dtype in new[] { DType.F32, DType.F64, DType.F16, DType.I32, DType.I64, DType.U8 }) data.Add(op, dtype);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void Random_sizes_agree_with_the_interpreter(string op, DType dtype)
    {
        var random = new Random(11);
        for (int trial = 0; trial < 120; trial++)
        {
            int rank = random.Next(1, 4);
            long[] Each(Func<int, long> size) => [.. Enumerable.Range(0, rank).Select(size)];
            long[] window = Each(_ => random.Next(1, 4)), dilation = Each(_ => random.Next(4) == 0 ? 2 : 1), stride = Each(_ => random.Next(1, 5));
            long[] low = Each(_ => random.Next(-1, 3)), high = Each(_ => random.Next(-1, 3));
            long[] size = Each(i => (window[i] - 1) * dilation[i] + 3 + random.Next(i == rank - 1 ? 90 : 6));
            var type = new TensorType(dtype, new Shape(size));
            var b = new GraphBuilder { Source = SourceSpan.None };
            Graph graph = b.Finish("windows", [b.Emit(OpTable.Find(op)!, Attrs.Of(
                ("window", window), ("stride", stride), ("dilation", dilation), ("low", new Shape([.. low])), ("high", new Shape([.. high]))),
                [b.Parameter(type)])[0]]);
            bool odd = dtype.IsFloat() && trial % 3 == 0 && op != "window_sum";
            Literal x = Literal.FromDoubles(type, _ => odd ? Odd[random.Next(Odd.Length)] : random.Next(dtype == DType.U8 ? 0 : -20, 21));
            Agree.Run(graph, [x], $"{op} {type} window {Text(window)} stride {Text(stride)} dilation {Text(dilation)} low {Text(low)} high {Text(high)}");
        }
    }

    // Windows that do not overlap and fill the input, as pools have them: planes are one, and rows are folded together.
    [Theory]
    [MemberData(nameof(Ops))]
    public void Windows_side_by_side_agree_with_the_interpreter(string op, DType dtype)
    {
        var random = new Random(12);
        for (int trial = 0; trial < 60; trial++)
        {
            int rank = random.Next(2, 5), plain = random.Next(rank - 1);
            long[] window = [.. Enumerable.Range(0, rank).Select(i => i < plain ? 1L : random.Next(1, 4))];
            long[] stride = [.. window.Select((size, i) => i < plain ? 1 : size + random.Next(2))];
            long[] size = [.. stride.Select((step, i) => step * random.Next(1, i == rank - 1 ? 40 : 9))], zeros = new long[rank], ones = [.. zeros.Select(_ => 1L)];
            var type = new TensorType(dtype, new Shape(size));
            var b = new GraphBuilder { Source = SourceSpan.None };
            long[] high = [.. size.Select((extent, i) => random.Next(4) == 0 ? random.Next((int)window[i]) : 0L)];
            Graph graph = b.Finish("windows", [b.Emit(OpTable.Find(op)!, Attrs.Of(
                ("window", window), ("stride", stride), ("dilation", ones), ("low", new Shape(zeros)), ("high", new Shape(high))), [b.Parameter(type)])[0]]);
            bool odd = dtype.IsFloat() && trial % 3 == 0 && op != "window_sum";
            Literal x = Literal.FromDoubles(type, _ => odd ? Odd[random.Next(Odd.Length)] : random.Next(dtype == DType.U8 ? 0 : -20, 21));
            Agree.Run(graph, [x], $"{op} {type} window {Text(window)} stride {Text(stride)} high {Text(high)}");
        }
    }

    // Results that are not as long as the lines of the input are folded in memory beside, which nothing guards.
    [Theory]
    [InlineData(41, 3, 1, 0)]
    [InlineData(41, 3, 2, 0)]
    [InlineData(10, 2, 1, 2)]
    [InlineData(10, 2, 1, 5)]
    [InlineData(10, 2, 2, 7)]
    public void Rows_have_room_where_they_are_folded(long size, long window, long stride, long padding)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Graph graph = b.Finish("windows", [b.Emit(OpDefs.WindowMax, Attrs.Of(
            ("window", new[] { window }), ("stride", new[] { stride }), ("dilation", new long[] { 1 }), ("low", new Shape([padding])), ("high", new Shape([padding]))),
            [b.Parameter(new TensorType(DType.F32, [size]))])[0]]);
        WindowCommand command = Assert.Single(RegionBuilder.Lower(Legalize.Run(graph).Entry, SizeBindings.Empty, ForkOptions.None).Commands.OfType<WindowCommand>());
        var geometry = new WindowGeometry(command);
        Assert.InRange(WindowTaps<float>.ScratchBytes(geometry, 1), window * 16 + geometry.InnerEnd * sizeof(float), long.MaxValue);
    }

    // A window of billions of elements, of which a few are in the input.
    [Theory]
    [InlineData("window_max")]
    [InlineData("window_arg_max")]
    [InlineData("window_sum")]
    public void Wide_windows_see_what_is_in_the_input(string op)
    {
        const long Wide = 2_000_000_000;
        var type = new TensorType(DType.F32, [2, 3, 100]);
        Literal x = Literal.FromDoubles(type, i => i * 7 % 101);
        foreach (int axis in new[] { 1, 2 })
        {
            long[] Each(long usual, long wide) => [.. Enumerable.Range(0, 3).Select(i => i == axis ? wide : usual)];
            var b = new GraphBuilder { Source = SourceSpan.None };
            Graph graph = b.Finish("windows", [b.Emit(OpTable.Find(op)!, Attrs.Of(
                ("window", Each(1, Wide)), ("stride", Each(1, Wide / 2)), ("dilation", Each(1, 1)), ("low", new Shape(Each(0, 0))),
                ("high", new Shape(Each(0, Wide)))), [b.Parameter(type)])[0]]);
            Literal actual = Agree.On(Devices.Managed, graph, x)[0];
            long along = axis == 1 ? 3 : 100;
            for (long i = 0; i < actual.Count; i++)
            {
                // The first window has everything along the axis, a second one nothing.
                long outer = axis == 1 ? i / actual.Type.Shape[2].Value / actual.Type.Shape[1].Value : i / actual.Type.Shape[2].Value;
                long inner = axis == 1 ? i % 100 : 0, window = axis == 1 ? i / 100 % actual.Type.Shape[1].Value : i % actual.Type.Shape[2].Value;
                double[] seen = window > 0 ? [] : [.. Enumerable.Range(0, (int)along).Select(k => x.GetDouble(
                    axis == 1 ? (outer * 3 + k) * 100 + inner : outer * 100 + k))];
                double expected = op switch
                {
                    "window_sum" => seen.Sum(),
                    "window_max" => seen.DefaultIfEmpty(double.NegativeInfinity).Max(),
                    _ => seen.Length == 0 ? -1 : Array.IndexOf(seen, seen.Max()) is var at && axis == 1 ? (outer * 3 + at) * 100 + inner : outer * 100 + at,
                };
                Assert.Equal(expected, actual.GetDouble(i));
            }
        }
    }

    private static string Text(long[] numbers) => string.Join("×", numbers);
}
