using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Copies of a device with memory of its own: through slices that the device reads and writes by itself, beside kernels.</summary>
public sealed class StagingTests
{
    private static readonly Lazy<GpuDevice> Device = new(() => Make("opencl:own"));

    [GpuTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 << 10)]
    [InlineData((HostStaging.SliceBytes / 4) - 1)]
    [InlineData(HostStaging.SliceBytes / 4)]
    [InlineData((HostStaging.SliceBytes / 4) + 1)]
    [InlineData(5_000_003)]
    public void What_is_copied_comes_back(int count)
    {
        float[] numbers = Numbers(count, seed: 1);
        TensorData x = From(Device.Value, numbers);
        Assert.Equal(numbers, Floats(x));
        Assert.Equal(Array.ConvertAll(numbers, number => -number), Floats(Negated(Device.Value, x)));
    }

    [GpuFact]
    public void Copies_wait_for_the_last_use_of_their_memory()
    {
        // Tensors are dropped while the queue still works on them, so that the next ones get their memory.
        GpuDevice device = Make("opencl:reuse");
        const int Size = 300;
        TensorData[] sums = new TensorData[40];
        for (int i = 0; i < sums.Length; i++)
        {
            TensorData x = From(device, [.. Enumerable.Repeat((float)i, Size * Size)], Size, Size);
            TensorData product = device.RunSingle(OpDefs.Dot, KernelSamples.Product, x, x);
            x.Release();
            sums[i] = product;
        }
        for (int i = 0; i < sums.Length; i++) Assert.All(Floats(sums[i]), value => Assert.Equal((float)Size * i * i, value));
        Assert.InRange(device.MemoryStatistics.PeakBytes, 1, 60L * Size * Size * sizeof(float));
    }

    [GpuFact]
    public void Many_threads_copy_at_once() => Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
    {
        for (int round = 0; round < 5; round++)
        {
            float[] numbers = Numbers(700_000 + (worker * 1000), seed: (worker * 100) + round);
            TensorData x = From(Device.Value, numbers), y = Negated(Device.Value, x);
            Assert.Equal(numbers, Floats(x));
            Assert.Equal(Array.ConvertAll(numbers, number => -number), Floats(y));
            x.Release();
            y.Release();
        }
    });

    [GpuFact]
    public void The_source_may_change_at_once()
    {
        float[] numbers = Numbers(1_000_000, seed: 3), before = [.. numbers];
        TensorData x = From(Device.Value, numbers);
        Array.Clear(numbers);
        Assert.Equal(before, Floats(x));
    }

    [GpuFact]
    public void Host_islands_and_faults_keep_their_order()
    {
        // A sort of a long line runs on the host, between two kernels.
        float[] numbers = Numbers(100_000, seed: 4);
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [numbers.Length])), places = build.Parameter(new TensorType(DType.I64, [1]));
        Value sorted = build.Emit(OpDefs.Sort, Attrs.Of("axis", 0L), [build.Neg(x)])[0];
        Value one = build.Emit(OpDefs.Gather, Attrs.Of(("axis", 0L), ("batch", 0L)), [build.Neg(sorted), places])[0];
        Executable program = Device.Value.Compile(build.Finish("sorted", [one]));
        TensorData data = From(Device.Value, numbers);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([numbers.Max()], Floats(program.Call([data, Device.Value.From(Literal.FromDoubles(places.Type, _ => 0))])[0]));
            GraphException error = Assert.Throws<GraphException>(
                () => Floats(program.Call([data, Device.Value.From(Literal.FromDoubles(places.Type, _ => numbers.Length))])[0]));
            Assert.Equal(DiagnosticIds.OutOfRange, error.Id);
        }
    }

    private static GpuDevice Make(string name)
    {
        ClPlace place = ClPlace.All()[0];
        return new GpuDevice(name, new ClDriver(place, place.HasDouble, place.MostItems, hasOwnMemory: true));
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static TensorData From(GpuDevice device, float[] numbers, params long[] shape) =>
        device.From<float>(new TensorType(DType.F32, shape.Length == 0 ? new Shape(numbers.Length) : new Shape(shape)), numbers);

    private static float[] Floats(TensorData x)
    {
        Literal literal = x.ToLiteral();
        return [.. Enumerable.Range(0, (int)literal.Count).Select(i => (float)literal.GetDouble(i))];
    }

    private static TensorData Negated(GpuDevice device, TensorData x) => device.RunSingle(OpDefs.Neg, Attrs.Empty, x);
}
