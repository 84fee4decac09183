namespace TensorGraph.Tests.Hostile;

/// <summary>Sizes that a program computes: each is right, or TG2004.</summary>
public sealed class DimLimitTests
{
    private static readonly Dim A = Dim.Symbol("a");

    [Fact]
    public void Numbers_beyond_64_bits_are_refused()
    {
        Func<Dim>[] sizes =
        [
            () => (Dim)long.MaxValue + 1, () => (Dim)long.MinValue - 1, () => (Dim)(1L << 40) * (1L << 40), () => (Dim)long.MinValue * -1,
            () => Dim.FloorDiv(long.MinValue, -1), () => (A * long.MaxValue) + A, () => A * long.MaxValue * 2,
            () => (A * A).Evaluate(_ => 1L << 40), () => (A + 1).Evaluate(_ => long.MaxValue), () => new Shape(1L << 40, 1L << 40).ElementCount,
        ];
        Assert.All(sizes, size => Expect.Error(DiagnosticIds.OutOfRange, () => size(), "beyond 64 bits"));
    }

    [Fact]
    public void Division_by_zero_is_refused()
    {
        Expect.Error(DiagnosticIds.OutOfRange, () => Dim.FloorDiv(4, 0), "4 is divided by 0");
        Expect.Error(DiagnosticIds.OutOfRange, () => Dim.FloorDiv(A, 0), "a is divided by 0");
        Expect.Error(DiagnosticIds.OutOfRange, () => Dim.FloorDiv(4, A).Evaluate(_ => 0), "4 is divided by 0");
    }

    [Fact]
    public void Extreme_numbers_compare()
    {
        Assert.True((Dim)long.MinValue < long.MaxValue);
        Assert.True((Dim)long.MaxValue >= -1);
        Assert.Equal((Dim)long.MaxValue, Dim.Max(long.MaxValue, long.MinValue));
        Assert.Equal((Dim)long.MinValue, Dim.Min(long.MaxValue, long.MinValue));
        Assert.Equal(((Dim)3, A, A - 1), (Dim.Min(3, 5), Dim.Min(A + 1, A), Dim.Min(A - 1, A)));
        Assert.Equal(((Dim)5, A + 1, A), (Dim.Max(3, 5), Dim.Max(A + 1, A), Dim.Max(A - 1, A)));
        Assert.Equal("floordiv(9223372036854775807*a, a+1)", Dim.FloorDiv(A * long.MaxValue, A + 1).ToString());
    }

    [Fact]
    public void A_loop_that_grows_a_size_ends_in_an_error()
    {
        Grows(size => (size + Dim.Fresh()) * 1, "terms");
        Grows(size => size * (Dim.Fresh() + Dim.Fresh()), "characters");
        Grows(size => Dim.FloorDiv(size + 1, 2), "levels");
        Grows(size => Dim.Max(Dim.FloorDiv(size, 2), Dim.FloorDiv(size, 3)), "characters");
        Grows(size => size.Substitute(_ => A * A), "factors");
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("a+b"), InlineData("a b"), InlineData("1"), InlineData("a."), InlineData("a\0")]
    public void A_name_is_a_name(string? name) => Expect.Error(DiagnosticIds.BadSignature, () => Dim.Symbol(name!), "is not a name");

    private static void Grows(Func<Dim, Dim> grow, string limit)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Dim size = A;
        Expect.Error(
            DiagnosticIds.OutOfRange,
            () =>
            {
                for (int i = 0; i < 20_000; i++)
                    size = grow(size);
            },
            limit);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1L << 30, "too much memory");
    }
}
