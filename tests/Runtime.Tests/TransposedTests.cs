using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Kernels that read an operand along another axis than they write: tile by tile, of all sizes, dtypes and permutations.</summary>
[WithAllPasses]
public sealed class TransposedTests
{
    private static readonly long[] Sizes = [0, 1, 7, 8, 9, 16, 17, 33, 130, 257];

    public static TheoryData<DType> DTypes() =>
        [DType.F32, DType.F64, DType.F16, DType.BF16, DType.I32, DType.I64, DType.I16, DType.U8, DType.I8, DType.Bool];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Transpose_of_a_matrix_is_that_of_the_interpreter(DType dtype)
    {
        foreach (long rows in Sizes)
        {
            foreach (long columns in Sizes)
            {
                Compare(dtype, [rows, columns], (b, x) => [b.Transpose(x, 1, 0)]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Every_permutation_of_four_axes(DType dtype)
    {
        foreach (int[] order in Permutations(4))
        {
            Compare(dtype, [9, 2, 17, 8], (b, x) => [b.Transpose(x, order)]);
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    public void Pointwise_ops_of_operands_in_several_orders(DType dtype)
    {
        foreach (long size in new long[] { 1, 8, 17, 33, 130 })
        {
            Compare(dtype, [size, size], (b, x) => [b.Add(x, b.Transpose(x, 1, 0))]);
            Compare(dtype, [size, size], (b, x) => [b.Add(b.Mul(b.Transpose(x, 1, 0), x), b.Slice(b.Transpose(x, 1, 0), [0, 0], [1, size]))]);
            Compare(dtype, [3, size, size], (b, x) => [b.Add(x, b.Transpose(x, 0, 2, 1))]);
            Compare(dtype, [size, 20], (b, x) => [b.Neg(b.Slice(b.Transpose(x, 1, 0), [1, 0], [19, size], [2, 1]))]);
            Compare(dtype, [size, 20], (b, x) => [Reverse(b, b.Transpose(x, 1, 0), 1), Reverse(b, b.Transpose(x, 1, 0), 0)]);
            Compare(dtype, [size, 20], (b, x) => [b.Cast(b.Transpose(x, 1, 0), DType.F64), b.Cast(b.Transpose(x, 1, 0), DType.I16)]);
            Compare(dtype, [size, 20], (b, x) => b.Mul(b.Transpose(x, 1, 0), 2) is var y ? [y, b.Sum(y, [0]), b.Sum(y, [1])] : []);
        }
    }

    [Fact]
    public void Transposed_operand_is_read_in_tiles()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [64, 3, 48]));
        LoweredRegion region = RegionBuilder.Lower(build.Finish("tiles", [build.Neg(build.Transpose(x, 2, 1, 0))]).Entry, SizeBindings.Empty);
        LoopNest nest = Assert.IsType<LoopCommand>(Assert.Single(region.Commands)).Nest;
        Assert.Equal([3L, 48, 64], nest.Extents);
        Assert.Contains("f32 transposed", nest.Kernel.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bits_are_the_same_for_any_number_of_threads()
    {
        Graph graph = Graph(new TensorType(DType.F32, [515, 1031]), (b, x) => [b.Emit(OpDefs.Exp, b.Transpose(x, 1, 0))]);
        Literal numbers = Literal.FromDoubles(graph.Entry.Parameters[0].Types[0], i => Math.Sin(i));
        Agree.OnAnyThreads(graph, numbers);
    }

    private static IEnumerable<int[]> Permutations(int count) => count == 0
        ? [[]]
        : Permutations(count - 1).SelectMany(order => Enumerable.Range(0, count), (order, at) => (int[])[.. order[..at], count - 1, .. order[at..]]);

    private static Value Reverse(GraphBuilder b, Value x, long axis) => b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { axis }), [x])[0];

    private static Graph Graph(TensorType type, Func<GraphBuilder, Value, Value[]> emit)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(type);
        return build.Finish("transposed", emit(build, x));
    }

    private static void Compare(DType dtype, long[] sizes, Func<GraphBuilder, Value, Value[]> emit)
    {
        var type = new TensorType(dtype, new Shape(sizes));
        Literal x = Literal.FromDoubles(type, i => dtype == DType.Bool ? i * 7 % 3 % 2 : dtype.IsFloat() && i % 11 == 5 ? double.NaN : i * 7 % 101);
        Graph graph = Graph(type, emit);
        Literal[] expected = Agree.On(Devices.Interpreter, graph, x), actual = Agree.On(Devices.Managed, graph, x);
        for (int i = 0; i < expected.Length; i++) Agree.Same(expected[i], actual[i], $"{dtype} [{string.Join(", ", sizes)}] result {i}\n{graph}");
    }
}
