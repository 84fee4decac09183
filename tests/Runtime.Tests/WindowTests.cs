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

    private static string Text(long[] numbers) => string.Join("×", numbers);
}
