using System.Runtime.InteropServices;
using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Matrix products that a library of the device computes, here one on the host that keeps to the contract of BLAS.</summary>
public sealed class LibraryProductTests
{
    [GpuTheory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.I32)]
    public void Products_of_any_operands_are_those_of_the_interpreter(DType dtype)
    {
        (GpuDevice device, HostBlas library) = Make("opencl:library-" + dtype.Name());
        var random = new Random(5);
        for (int round = 0; round < 60; round++)
        {
            Graph graph = Build(random, dtype);
            Literal[] values = [.. graph.Entry.Parameters.Select(parameter => Literal.FromDoubles(parameter.Types[0], i => (i * 7) % 11 - 5))];
            Literal expected = Devices.Interpreter.Compile(graph).Run(Array.ConvertAll(values, Devices.Interpreter.From))[0].ToLiteral();
            Literal found = device.Compile(graph).Run(Array.ConvertAll(values, device.From))[0].ToLiteral();
            Assert.Equal(expected, found);
        }
        if (dtype == DType.I32) Assert.Equal(0, library.Calls);
        else Assert.InRange(library.Calls, 40, 60);
    }

    [GpuFact]
    public void A_loop_behind_a_product_has_a_kernel_of_its_own()
    {
        (GpuDevice device, HostBlas library) = Make("opencl:library-loop");
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5, 7])), y = build.Parameter(new TensorType(DType.F32, [7, 3]));
        Executable program = device.Compile(build.Finish("f", [build.Neg(build.Dot(x, y, [1], [0]))]));
        for (int i = 0; i < 3; i++)
        {
            Literal result = program.Run(
                [device.From(Literal.FromDoubles(x.Type, _ => 2)), device.From(Literal.FromDoubles(y.Type, _ => i))])[0].ToLiteral();
            Assert.All(Enumerable.Range(0, 15), at => Assert.Equal(-14.0 * i, result.GetDouble(at)));
        }
        Assert.Equal(3, library.Calls);
    }

    private static (GpuDevice Device, HostBlas Library) Make(string name)
    {
        var driver = new ClDriver(ClPlace.All()[0]);
        var library = new HostBlas(driver);
        driver.Products = library;
        driver.Limits = driver.Limits with { HasProducts = true };
        return (new GpuDevice(name, driver), library);
    }

    // Batch axes, operands that are transposed, parts of larger ones, or the same for all products.
    private static Graph Build(Random random, DType dtype)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        long Size() => random.Next(4) == 0 ? 1 : random.Next(1, 9);
        long[] batch = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Size())];
        long m = Size(), n = Size(), k = Size();
        Value Operand(long rows, long columns)
        {
            bool isTransposed = random.Next(2) == 0, isPart = random.Next(3) == 0, isSame = batch.Length > 0 && random.Next(4) == 0;
            long[] sizes = [.. isSame ? [] : batch, .. isTransposed ? new[] { columns, rows } : [rows, columns]];
            Value value = build.Parameter(new TensorType(dtype, new Shape(isPart ? [.. sizes[..^1], sizes[^1] + 3] : sizes)));
            if (isPart)
            {
                long[] start = new long[sizes.Length];
                start[^1] = 2;
                value = build.Slice(value, new Shape(start), new Shape([.. sizes[..^1], sizes[^1] + 2]));
            }
            if (isTransposed) value = build.Transpose(value, [.. Enumerable.Range(0, sizes.Length - 2), sizes.Length - 1, sizes.Length - 2]);
            return isSame ? build.BroadcastTo(value, new Shape([.. batch, rows, columns])) : value;
        }
        int axes = batch.Length;
        int[] all = [.. Enumerable.Range(0, axes)];
        Value a = Operand(m, k), b = Operand(k, n);
        return build.Finish("product", [build.Dot(a, b, [axes + 1], [axes], all, all)]);
    }

    private sealed class HostBlas(GpuDriver driver) : GpuProducts
    {
        public int Calls { get; private set; }

        public override void Multiply(
            LibraryProduct product, (nint Memory, long Offset) a, (nint Memory, long Offset) b, (nint Memory, long Offset) c)
        {
            Calls++;
            if (product.DType == DType.F64) Multiply<double>(product, a, b, c);
            else Multiply<float>(product, a, b, c);
        }

        // gemm(op(B), op(A)): Cᵀ is n × m.
        private void Multiply<T>(LibraryProduct p, (nint Memory, long Offset) a, (nint Memory, long Offset) b, (nint Memory, long Offset) c)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            T[] left = Read<T>(b, p.B, p.N, p.K, p.Batch), right = Read<T>(a, p.A, p.K, p.M, p.Batch), result = new T[(long)p.Batch * p.M * p.N];
            for (int batch = 0; batch < p.Batch; batch++)
            {
                for (int column = 0; column < p.M; column++)
                {
                    for (int row = 0; row < p.N; row++)
                    {
                        T sum = T.Zero;
                        for (int k = 0; k < p.K; k++) sum += left[At(p.B, batch, row, k)] * right[At(p.A, batch, k, column)];
                        result[((long)batch * p.M * p.N) + ((long)column * p.N) + row] = sum;
                    }
                }
            }
            driver.Write(c.Memory, c.Offset, MemoryMarshal.AsBytes<T>(result));
        }

        private static long At(LibraryOperand operand, int batch, int row, int column) => (batch * operand.BatchStride)
            + (operand.IsTransposed ? ((long)row * operand.Leading) + column : ((long)column * operand.Leading) + row);

        private T[] Read<T>((nint Memory, long Offset) from, LibraryOperand operand, int rows, int columns, int batch)
            where T : unmanaged
        {
            var elements = new T[At(operand, batch - 1, rows - 1, columns - 1) + 1];
            driver.Read(from.Memory, from.Offset, MemoryMarshal.AsBytes(elements.AsSpan()));
            return elements;
        }
    }
}
