using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Convolutions of all kinds of sizes against the interpreter. The numbers are small multiples of ¼, so that every order of a sum is exact.</summary>
public sealed class ConvTests
{
    private static Graph Conv(TensorType x, TensorType weights, long groups, long[] stride, long[] dilation, long[] spread, long[] low, long[] high)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        return b.Finish("conv", [b.Conv(b.Parameter(x), b.Parameter(weights), groups, [.. stride], [.. dilation], [.. spread], new Shape([.. low]), new Shape([.. high]))]);
    }

    private static TensorType Type(DType dtype, params long[] sizes) => new(dtype, new Shape(sizes));

    private static Literal Quarters(Random random, TensorType type) => Literal.FromDoubles(type, _ => random.Next(-4, 5) / 4.0);

    [Theory]
    [InlineData(DType.F32, 1)]
    [InlineData(DType.F32, 3)]
    [InlineData(DType.F64, 1)]
    public void Random_sizes_agree_with_the_interpreter(DType dtype, int seed)
    {
        var random = new Random(seed);
        for (int trial = 0; trial < 120; trial++)
        {
            int rank = random.Next(1, 4);
            long groups = random.Next(4) == 0 ? 3 : 1;
            long Small(int most) => random.Next(1, most);
            long[] Each(Func<int, long> size) => [.. Enumerable.Range(0, rank).Select(size)];
            long[] window = Each(_ => Small(5)), dilation = Each(_ => random.Next(4) == 0 ? 2 : 1), spread = Each(_ => random.Next(4) == 0 ? 2 : 1);
            long[] low = Each(_ => random.Next(-1, 3)), high = Each(_ => random.Next(-1, 3)), stride = Each(_ => random.Next(3) == 0 ? 2 : 1);
            long[] size = Each(i => (window[i] - 1) * dilation[i] + 3 + random.Next(rank == 1 ? 60 : rank == 2 ? 20 : 6));
            long channels = Small(7), outputs = random.Next(5) == 0 ? random.Next(30, 70) : Small(20);
            TensorType x = Type(dtype, [Small(4), groups * channels, .. size]), w = Type(dtype, [groups * outputs, channels, .. window]);
            Agree.Run(Conv(x, w, groups, stride, dilation, spread, low, high), [Quarters(random, x), Quarters(random, w)],
                $"conv {x} {w} groups {groups} stride {Text(stride)} dilation {Text(dilation)} spread {Text(spread)} low {Text(low)} high {Text(high)}");
        }
    }

    private static string Text(long[] numbers) => string.Join("×", numbers);

    public static TheoryData<string, long[], long[]> Sizes() => new()
    {
        { "many channels: several chunks", [2, 700, 5, 6], [5, 700, 3, 3] },
        { "a window of many elements", [3, 2, 40, 41], [17, 2, 38, 39] },
        { "one position in each image: a tile over images", [19, 6, 3, 3], [40, 6, 3, 3] },
        { "few positions in each image", [5, 4, 4, 5], [33, 4, 3, 3] },
        { "windows of one element", [3, 20, 9, 11], [35, 20, 1, 1] },
        { "windows of one element on one position", [30, 20, 1, 1], [35, 20, 1, 1] },
        { "many images, channels and outputs", [9, 17, 12, 12], [70, 17, 5, 5] },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sizes_on_every_path_agree_with_the_interpreter(string name, long[] x, long[] weights)
    {
        var random = new Random(7);
        TensorType left = Type(DType.F32, x), right = Type(DType.F32, weights);
        Graph graph = Conv(left, right, 1, [1, 1], [1, 1], [1, 1], [0, 0], [0, 0]);
        Agree.Run(graph, [Quarters(random, left), Quarters(random, right)], name);
    }

    // The image has 10 elements and up to billions of zeros around it.
    [Theory]
    [InlineData(1, 1, 2, 1_900_000_000, 2_000_000_000, 1)]
    [InlineData(1, 1, 2, 2_147_483_648, 4_294_967_296, 1)]
    [InlineData(4, 8, 1, 1_900_000_000, 2_000_000_000, 1)]
    [InlineData(4, 8, 1, 2_147_483_648, 4_294_967_296, 1)]
    [InlineData(4, 8, 1, 3_000_000_000, 6_000_000_000, 2_000_000_000)]
    [InlineData(4, 8, 1, 1, 50_000_000, 50_000_000)]
    public void Wide_padding_agrees_with_the_interpreter(long channels, long outputs, long groups, long stride, long padding, long dilation)
    {
        var random = new Random(5);
        TensorType x = Type(DType.F32, 1, groups * channels, 10), w = Type(DType.F32, groups * outputs, channels, 3);
        Agree.Run(Conv(x, w, groups, [stride], [dilation], [1], [padding], [padding]), [Quarters(random, x), Quarters(random, w)], "conv");
    }

    [Theory]
    [InlineData(new long[] { 4, 8, 28, 28 }, new long[] { 40, 8, 3, 3 })]
    [InlineData(new long[] { 1, 33, 30, 31 }, new long[] { 64, 33, 5, 5 })]
    [InlineData(new long[] { 16, 600, 9, 9 }, new long[] { 32, 600, 7, 7 })]
    [InlineData(new long[] { 64, 40, 3, 3 }, new long[] { 300, 40, 3, 3 })]
    [InlineData(new long[] { 1, 9, 8, 9, 40 }, new long[] { 40, 9, 3, 5, 3 })]
    public void Bits_do_not_depend_on_the_number_of_threads(long[] x, long[] weights)
    {
        var random = new Random(3);
        TensorType left = Type(DType.F32, x), right = Type(DType.F32, weights);
        long[] ones = [.. Enumerable.Repeat(1L, x.Length - 2)];
        Literal Numbers(TensorType type) => Literal.FromDoubles(type, _ => random.NextDouble() - 0.5);
        Agree.OnAnyThreads(Conv(left, right, 1, ones, ones, ones, ones, ones), Numbers(left), Numbers(right));
    }
}
