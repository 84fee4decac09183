using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>More than 2³¹ elements or bytes: right results on the device, a typed error where a host array would have to hold them.</summary>
public sealed class LargeTensorTests
{
    // 2³¹ + 2¹⁶.
    private const long Many = 2_147_549_184;

    private static TensorType Bytes(long count = Many) => new(DType.U8, new Shape(count));

    private static Executable Compile(Func<GraphBuilder, Value> build)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        return Devices.Managed.Compile(b.Finish("large", [build(b)]));
    }

    private static double Result(Func<GraphBuilder, Value> build) => Compile(build).Run([])[0].ToLiteral().GetDouble(0);

    private static Value Iota(GraphBuilder b) => b.Iota(new Shape(Many), 0, DType.U8);

    private static Value Last(GraphBuilder b, Value x) => b.Slice(x, new Shape(Many - 3), new Shape(Many));

    [Fact]
    public void A_host_value_of_more_elements_than_an_array_has_is_an_error_at_once()
    {
        GraphException error = Assert.Throws<GraphException>(() => Literal.Zeros(Bytes()));
        Assert.Equal(DiagnosticIds.TooManyElements, error.Id);
        Assert.Contains("2147549184", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_interpreter_device_says_that_it_cannot_hold_it()
    {
        var layout = TensorLayout.Of(new TensorType(DType.F64, new Shape(300_000_000)));
        Assert.Equal(DiagnosticIds.TooManyElements, Assert.Throws<GraphException>(() => Devices.Interpreter.Allocate(layout)).Id);
    }

    [Theory]
    [InlineData("arg_max")]
    [InlineData("arg_min")]
    [InlineData("sort")]
    public void Places_beyond_i32_are_an_error_at_once(string op)
    {
        GraphException error = Assert.Throws<GraphException>(() =>
            Result(b => b.Emit(OpTable.Find(op)!, Attrs.Of(("axis", 0L), ("descending", false)), [b.Zeros(Bytes())])[0]));
        Assert.Equal(DiagnosticIds.TooManyElements, error.Id);
    }

    [Fact]
    public void An_image_beyond_32_bits_is_an_error_at_once()
    {
        GraphException error = Assert.Throws<GraphException>(() => Result(b => b.Conv(
            b.Zeros(new(DType.F32, new Shape(1, 1, 50_000, 50_000))), b.Ones(new(DType.F32, new Shape(1, 1, 3, 3))),
            1, [1, 1], [1, 1], [1, 1], new Shape(0, 0), new Shape(0, 0))));
        Assert.Equal(DiagnosticIds.TooManyElements, error.Id);
    }

    [Fact]
    public void A_long_line_of_numbers_is_made_when_the_graph_runs()
    {
        foreach (DType dtype in new[] { DType.F32, DType.F64, DType.F16, DType.BF16, DType.I64, DType.I32, DType.I16, DType.I8, DType.U8 })
        {
            var b = new GraphBuilder { Source = SourceSpan.None };
            Agree.Run(b.Finish("iota", [b.Iota(new Shape(3, 5000), 1, dtype), b.Iota(new Shape(70_000), 0, dtype)]), [], dtype.Name());
        }
    }

    [LongFact]
    public void Pointwise_ops_and_reductions_reach_every_element()
    {
        Assert.Equal(Many, Result(b => b.Sum(b.BroadcastTo(b.Constant(Literal.FromLongs(new(DType.I64, []), _ => 1)), new Shape(Many)), [0])));
        // 0…255 again and again: 127.5 in the mean.
        Assert.Equal(127.5 * Many, Result(b => b.Sum(b.Cast(Iota(b), DType.I64), [0])));
        Assert.Equal(254, Result(b => Last(b, b.Add(Iota(b), b.Scalar(1, b.Iota(new Shape(1), 0, DType.U8))))));
    }

    [LongFact]
    public void Movement_and_indexing_reach_every_element()
    {
        Assert.Equal(253, Result(b => Last(b, Iota(b))));
        Assert.Equal(253, Result(b => b.Emit(OpDefs.Gather, Attrs.Of(("axis", 0L), ("batch", 0L)),
            [Iota(b), b.Constant(Literal.FromLongs(new(DType.I64, [1]), _ => Many - 3))])[0]));
        Assert.Equal(2, Result(b => Last(b, b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0 }), [Iota(b)])[0])));
        Assert.Equal(0, Result(b => Last(b, b.Zeros(Bytes()))));
    }

    [LongFact]
    public void Products_have_64_bit_sizes()
    {
        // Σ i² of bytes wraps; each block of 256 adds the same.
        byte block = 0;
        for (int i = 0; i < 256; i++) block = unchecked((byte)(block + i * i));
        byte expected = unchecked((byte)(Many / 256 * block));
        Assert.Equal(expected, Result(b => Iota(b) is var x ? b.Dot(x, x, [0], [0]) : x));
    }

    [LongFact]
    public void Arrays_of_more_than_2_GB_go_in_and_out()
    {
        using IDisposable device = Device.Use(Devices.Managed);
        const int Count = 270_000_000;
        var numbers = new double[Count];
        (numbers[0], numbers[^1]) = (1, 2);
        TensorData data = TensorData.From<double>(new(DType.F64, new Shape(Count)), numbers);
        Array.Clear(numbers);
        data.CopyTo(numbers.AsSpan());
        Assert.Equal((1, 2), (numbers[0], numbers[^1]));
        var literal = new Literal(data.Type, numbers);
        Assert.Equal(literal, new Literal(data.Type, numbers));
        _ = literal.GetHashCode();
    }
}
