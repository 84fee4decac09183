namespace TensorGraph.Tests;

/// <summary>C# values as tensors and back, sizes as C# numbers, and text of tensors.</summary>
public sealed partial class ConversionTests
{
    [Fact]
    public void Arrays_spans_and_lists_become_tensors()
    {
        Span<float> span = [1, 2, 3, 4, 5, 6];
        Memory<int> memory = new[] { 1, 2 };
        Tensor[] all =
        [
            Tensor.From(span, 2, 3), Tensor.From<float>(span), Tensor.From<int>(memory.Span), Tensor.From(new List<long> { 1, 2 }), Tensor.From([1.5, 2]),
            Tensor.From(new List<byte> { 1, 2, 3, 4 }, 2, 2), Tensor.From(new[] { new[] { 1f, 2 }, [3, 4] }), Tensor.From(new[] { new[] { new[] { "a" }, ["b"] } }),
            Tensor.From(Array.Empty<float[]>()), (Half)1.5, (BFloat16)2f, new byte[] { 1, 255 }, Tensor.From(new[] { (Half)1, (Half)2 }), new[,] { { true, false } },
            new[,,] { { { 1f }, { 2f } } }, new[] { "a", "b" }, new[,] { { 1L, 2L } },
        ];
        Assert.Equal(
            """
            f32[2, 3] [[1, 2, 3], [4, 5, 6]]
            f32[6] [1, 2, 3, 4, 5, 6]
            i32[2] [1, 2]
            i64[2] [1, 2]
            f64[2] [1.5, 2]
            u8[2, 2] [[1, 2], [3, 4]]
            f32[2, 2] [[1, 2], [3, 4]]
            string[1, 2, 1] [[["a"], ["b"]]]
            f32[0, 0] []
            f16[] 1.5
            bf16[] 2
            u8[2] [1, 255]
            f16[2] [1, 2]
            bool[1, 2] [[true, false]]
            f32[1, 2, 1] [[[1], [2]]]
            string[2] ["a", "b"]
            i64[1, 2] [[1, 2]]
            """.ReplaceLineEndings("\n"), string.Join("\n", all.Select(tensor => $"{tensor.Type} {tensor}")));
    }

    [Fact]
    public void Arrays_that_do_not_fit_are_errors()
    {
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => Tensor.From(new[] { new[] { 1f }, [2, 3] })).Id);
        Assert.Equal(DiagnosticIds.NullArgument, Assert.Throws<GraphException>(() => Tensor.From(new float[][] { [1], null! })).Id);
        Assert.Equal(DiagnosticIds.NullArgument, Assert.Throws<GraphException>(() => Tensor.From(new string[][] { ["a"], [null!] })).Id);
        Assert.Equal(DiagnosticIds.DTypeMismatch, Assert.Throws<GraphException>(() => Tensor.From(new[] { new[] { 1m } })).Id);
        Assert.Equal(DiagnosticIds.DTypeMismatch, Assert.Throws<GraphException>(() => Tensor.From<char>("abc".AsSpan())).Id);
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => Tensor.From<float>([1, 2, 3], 2, 2)).Id);
    }

    [Fact]
    public void Tensors_become_arrays()
    {
        Tensor x = new[,] { { 1f, 2, 3 }, { 4, 5, 6 } };
        Assert.Equal(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } }, (float[,])x);
        Assert.Equal([4f, 5, 6], (float[])x[1]);
        Assert.Equal(new[,,] { { { 1f, 2, 3 } } }, (float[,,])x[..1].ExpandDims(0));
        Assert.Equal(["a", "b"], (string[])(Tensor)new[] { "a", "b" });
        var copy = new float[8];
        x.CopyTo(copy.AsSpan(1, 6));
        Assert.Equal([0f, 1, 2, 3, 4, 5, 6, 0], copy);
        Assert.Equal(DiagnosticIds.RankMismatch, Assert.Throws<GraphException>(() => (float[])x).Id);
        Assert.Equal(DiagnosticIds.DTypeMismatch, Assert.Throws<GraphException>(() => (int[,])x).Id);
        Assert.Equal(DiagnosticIds.DTypeMismatch, Assert.Throws<GraphException>(() => x.CopyTo<int>(new int[6])).Id);
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => x.CopyTo<float>(new float[5])).Id);
        Assert.Equal(DiagnosticIds.SymbolicAsValue, Assert.Throws<GraphException>(() => Symbolic(x)).Id);
    }

    [Fact]
    public void Sizes_are_numbers_to_C_sharp()
    {
        Tensor x = Ops.Zeros(2, 3);
        int rows = x.Shape[0];
        long last = x.Shape[^1];
        Assert.Equal((2, 3), (rows, last));
        Assert.True(x.Shape is [var n, ..] && n == 2);
        Assert.False(x.Shape is [_, _, _]);
        Assert.Equal("[3]", x.Shape[1..].ToString());
        Assert.Equal("[2, 5]", new Shape(x.Shape[0], 5).ToString());
        Assert.Equal("[2, 5]", new Shape(2, 5).ToString());
        Assert.Equal(2, x.Shape.Count);
        Assert.Equal(DiagnosticIds.OutOfRange, Assert.Throws<GraphException>(() => { int size = (Dim)long.MaxValue; }).Id);
        foreach (int length in new[] { 2, 3, 4 })
            Modes.Both(() => Halved(Ops.Ones(length)));
        Modes.Fails(DiagnosticIds.OutOfRange, () => x.Shape.Slice(1, 2).ToString(), "2 axes from 1 on of [2, 3]");
    }

    [Fact]
    public void A_size_that_only_a_run_knows_is_no_number() => Assert.Equal(
        DiagnosticIds.SymbolicAsValue, Assert.Throws<GraphException>(() => OfMask(new[] { 1f, -1, 2 })).Id);

    [Fact]
    public void Text_has_formats_rows_and_a_cut_middle()
    {
        Tensor x = new[,] { { 1.26f, -2 }, { 3, 0.125f } };
        Assert.Equal("[[1.26, -2], [3, 0.125]] [[1.3, -2.0], [3.0, 0.1]] 0x0f", FormattableString.Invariant($"{x} {x:f1} 0x{(Tensor)15:x2}"));
        Assert.Equal("[True]", $"{(Tensor)new[] { true }:f3}", ignoreCase: true);
        Assert.Equal(
            """
            [[      0,       1,       2, ...,      37,      38,      39],
             [     40,      41,      42, ...,      77,      78,      79],
             [     80,      81,      82, ...,     117,     118,     119],
             ...,
             [1880.25, 1881.25, 1882.25, ..., 1917.25, 1918.25, 1919.25],
             [1920.25, 1921.25, 1922.25, ..., 1957.25, 1958.25, 1959.25],
             [1960.25, 1961.25, 1962.25, ..., 1997.25, 1998.25, 1999.25]]
            """.ReplaceLineEndings("\n"), (Ops.Reshape(Ops.Iota(2000, DType.F64), 50, 40) + Ops.Where(Ops.ExpandDims(Ops.Iota(50), 1) > 40, 0.25, 0)).ToString());
        Assert.Equal(
            """
            [[[ 0.000,  1.000,  2.000,  3.000,  4.000],
              [ 5.000,  6.000,  7.000,  8.000,  9.000]],

             [[10.000, 11.000, 12.000, 13.000, 14.000],
              [15.000, 16.000, 17.000, 18.000, 19.000]]]
            """.ReplaceLineEndings("\n"), $"{Ops.Reshape(Ops.Iota(20, DType.F32), 2, 2, 5):f3}");
        Assert.Equal(DiagnosticIds.BadText, Assert.Throws<GraphException>(() => $"{x:x2}").Id);
        var weight = new Variable(x, "weight");
        Assert.Equal("Variable(weight: f32[2, 2] = [[1.26, -2], [3, 0.125]])", weight.ToString());
        Assert.Equal("Variable(weight: f32[2, 2] = [[1.3, -2.0], [3.0, 0.1]])", $"{weight:f1}");
    }

    [Fact]
    public void Text_says_the_type_where_the_format_asks_for_it()
    {
        Tensor x = new[,] { { 1.26f, -2 }, { 3, 0.125f } };
        Assert.Equal("[[1.26, -2], [3, 0.125]] f32[2, 2] [[1.3, -2.0], [3.0, 0.1]] f32[2, 2] 15 i32[]", FormattableString.Invariant($"{x:t} {x:tf1} {(Tensor)15:t}"));
        Assert.EndsWith("1999]]\nf64[50, 40]", $"{Ops.Reshape(Ops.Iota(2000, DType.F64), 50, 40):t}", StringComparison.Ordinal);
        Assert.Equal(DiagnosticIds.BadText, Assert.Throws<GraphException>(() => $"{x:tx2}").Id);
    }

    [GraphFunction]
    private static Tensor Halved(Tensor x)
    {
        int size = x.Shape[0];
        return size % 2 == 0 ? x / size : x * new Shape(x.Shape[0], 3).Rank;
    }

    [GraphFunction]
    private static Tensor OfMask(Tensor x)
    {
        int count = x[x > 0].Shape[0];
        return x * count;
    }

    [GraphFunction]
    private static Tensor Symbolic(Tensor x)
    {
        x.CopyTo<float>(new float[6]);
        return x;
    }
}
