using System.Runtime.InteropServices;
using TensorGraph.Backends.Loops;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Tests;

/// <summary>Emitted kernels at every register width: all lengths around the width, all kinds of access, no byte beyond the end.</summary>
public sealed unsafe class LoopTests
{
    private const int Guard = 64;

    public static TheoryData<int> Widths() => [128, 256, 512];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_and_stride_of_a_map(int width)
    {
        foreach ((Access first, Access second, Access output) in
            from a in Enum.GetValues<Access>()
            from b in Enum.GetValues<Access>()
            from o in new[] { Access.Unit, Access.Strided }
            select (a, b, o))
        {
            var kernel = new LoopKernel(
                [new(DType.F32, first, false), new(DType.F32, second, false), new(DType.F32, output, true)],
                [new("load", DType.F32, 0), new("load", DType.F32, 1), new("sub", DType.F32, 0, 1), new("store", DType.F32, 2, 2)]);
            LoopCode code = IlEmitter.Emit(kernel, width);
            for (int length = 0; length <= 3 * width / 32 + 1; length++) CheckMap(code, length, Step(first), Step(second), Step(output));
        }
    }

    private static int Step(Access access) => access switch { Access.Unit or Access.Transposed => 1, Access.Broadcast => 0, _ => 3 };

    private static void CheckMap(LoopCode code, int length, int first, int second, int output)
    {
        float[] a = [.. Enumerable.Range(0, 3 * length + 1).Select(i => i * 1.5f)];
        float[] b = [.. Enumerable.Range(0, 3 * length + 1).Select(i => 100 - i)];
        float[] result = [.. Enumerable.Repeat(-7f, 3 * length + Guard)];
        fixed (float* pa = a, pb = b, pr = result) Run(code, length, 1, ((nint)pa, 4 * first, 0), ((nint)pb, 4 * second, 0), ((nint)pr, 4 * output, 0));
        for (int i = 0; i < result.Length; i++)
        {
            bool written = i % output == 0 && i / output < length;
            float expected = written ? a[i / output * first] - b[i / output * second] : -7f;
            Assert.True(expected == result[i], $"length {length}, strides {first} {second} {output}, [{i}]: expected {expected}, got {result[i]}");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_length_of_a_fold_along_and_across_rows(int width)
    {
        foreach (string fold in new[] { "fold.add", "fold.max", "fold.min", "fold.mul" })
        {
            LoopCode along = IlEmitter.Emit(Fold(fold, Access.Broadcast), width);
            LoopCode across = IlEmitter.Emit(Fold(fold, Access.Unit), width);
            for (int length = 0; length <= 9 * width / 64; length++)
            {
                double[] x = [.. Enumerable.Range(0, 3 * length).Select(i => 1 + (i * 7 % 11) / 16.0)];
                double start = Folds.Identity(fold, DType.F64);
                double[] rows = [start, start, start];
                double[] columns = [.. Enumerable.Repeat(start, length + 1)];
                fixed (double* px = x, pr = rows, pc = columns)
                {
                    Run(along, length, 3, ((nint)px, 8, 8 * length), ((nint)pr, 0, 8));
                    Run(across, length, 3, ((nint)px, 8, 8 * length), ((nint)pc, 8, 0));
                }
                for (int row = 0; row < 3; row++) Close.Within(x[(row * length)..((row + 1) * length)].Aggregate(start, Combine(fold)), rows[row], 1e-14, 0);
                for (int column = 0; column < length; column++)
                    Close.Within(new[] { x[column], x[column + length], x[column + 2 * length] }.Aggregate(start, Combine(fold)), columns[column], 1e-14, 0);
                Assert.Equal(start, columns[length]);
            }
        }
    }

    private static LoopKernel Fold(string fold, Access output) => new(
        [new(DType.F64, Access.Unit, false), new(DType.F64, output, true)],
        [new("load", DType.F64, 0), new(fold, DType.F64, 0, 1)]);

    private static Func<double, double, double> Combine(string fold) => fold switch
    {
        "fold.add" => (a, b) => a + b,
        "fold.mul" => (a, b) => a * b,
        "fold.max" => Math.Max,
        _ => Math.Min,
    };

    [Fact]
    public void All_widths_give_the_same_bits_lane_by_lane()
    {
        foreach (string op in new[] { "exp", "log", "tanh", "sigmoid", "erf", "sin", "cos", "expm1", "log1p" })
        {
            var kernel = new LoopKernel(
                [new(DType.F32, Access.Unit, false), new(DType.F32, Access.Unit, true)],
                [new("load", DType.F32, 0), new(op, DType.F32, 0), new("store", DType.F32, 1, 1)]);
            float[] x = [.. Enumerable.Range(0, 1001).Select(i => (i - 500) * 0.037f)];
            int[][] bits = [.. new[] { 128, 256, 512 }.Select(width =>
            {
                var y = new float[x.Length];
                fixed (float* px = x, py = y) Run(IlEmitter.Emit(kernel, width), x.Length, 1, ((nint)px, 4, 0), ((nint)py, 4, 0));
                return MemoryMarshal.Cast<float, int>(y).ToArray();
            })];
            Assert.Equal(bits[0], bits[1]);
            Assert.Equal(bits[0], bits[2]);
        }
    }

    [Fact]
    public void A_kernel_prints_its_loads_body_and_stores()
    {
        var kernel = new LoopKernel(
            [new(DType.F32, Access.Unit, false), new(DType.F32, Access.Broadcast, false), new(DType.Bool, Access.Strided, true)],
            [new("load", DType.F32, 0), new("load", DType.F32, 1), new("less", DType.Bool, 0, 1), new("store", DType.Bool, 2, 2)]);
        Assert.Equal(
            """
            kernel(a0: f32, a1: f32 broadcast, out a2: bool strided)
              for row, for column:
                v0 = a0
                v1 = a1
                v2: bool = less v0, v1
                a2 = v2

            """, kernel.Text);
    }

    private static void Run(LoopCode code, int columns, int rows, params (nint Address, int ColumnStride, int RowStride)[] operands)
    {
        nint* arguments = stackalloc nint[3 + 3 * operands.Length];
        byte* scratch = stackalloc byte[128 * operands.Length + 64];
        (arguments[0], arguments[1], arguments[2]) = (columns, rows, (nint)scratch);
        for (int k = 0; k < operands.Length; k++)
            (arguments[3 + 3 * k], arguments[4 + 3 * k], arguments[5 + 3 * k]) = operands[k];
        code(arguments);
    }
}
