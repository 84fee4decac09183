using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Settings of a device and of the process. No other test runs meanwhile.</summary>
[Collection(ProcessState.Name)]
public sealed class LimitTests
{
    [GpuFact]
    public void Memory_beyond_the_limit_is_TG5002_and_what_is_smaller_still_fits()
    {
        var device = new GpuDevice("opencl:limit", new ClDriver(ClPlace.All()[0])) { MemoryLimit = 1 << 20 };
        GraphException error = Assert.Throws<GraphException>(() => device.From(Literal.Zeros(new TensorType(DType.F32, [1 << 20]))));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.Contains("opencl:limit", error.Problem, StringComparison.Ordinal);
        Assert.Equal(0, device.From(Literal.Zeros(new TensorType(DType.F32, [1 << 10]))).Element<float>(5));
        Assert.InRange(device.MemoryStatistics.PeakBytes, 1 << 12, 1 << 20);
    }

    [GpuFact]
    public void Threads_that_allocate_at_once_keep_the_limit()
    {
        const int Threads = 6;
        for (int round = 0; round < 20; round++)
        {
            var device = new GpuDevice("opencl:many", new ClDriver(ClPlace.All()[0])) { MemoryLimit = 3 << 20 };
            using var together = new Barrier(Threads);
            int found = 0;
            Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, _ =>
            {
                together.SignalAndWait();
                try
                {
                    device.Memory.Allocate(1 << 20);
                    Interlocked.Increment(ref found);
                }
                catch (GraphException error) when (error.Id == DiagnosticIds.OutOfMemory)
                {
                    return;
                }
            });
            Assert.Equal(3, found);
            Assert.Equal(3 << 20, device.MemoryStatistics.PeakBytes);
        }
    }

    [GpuFact]
    public void Memory_that_was_given_back_is_another_one_when_it_comes_again()
    {
        var device = new GpuDevice("opencl:numbers", new ClDriver(ClPlace.All()[0]));
        var numbers = new HashSet<long>();
        for (int i = 0; i < 20; i++)
        {
            var buffer = (GpuBuffer)device.From(Literal.Zeros(new TensorType(DType.F32, [1 << 10]))).Buffer;
            Assert.True(numbers.Add(buffer.Number));
            buffer.Release();
            device.Memory.MakeRoom();
            Assert.Equal(0, device.MemoryStatistics.PooledBytes);
        }
    }

    [GpuFact]
    public void Memory_that_programs_keep_between_runs_is_given_back_before_there_is_none()
    {
        var device = new GpuDevice("opencl:arenas", new ClDriver(ClPlace.All()[0]));
        var executables = new List<Executable>();
        for (int i = 0; i < 20; i++)
        {
            long size = 100_000 + 1000 * i;
            var build = new GraphBuilder { Source = SourceSpan.None };
            Value x = build.Parameter(new TensorType(DType.F32, [size]));
            Value sum = build.Emit(OpDefs.CumSum, Attrs.Of("axis", 0L), [build.Emit(OpDefs.CumSum, Attrs.Of("axis", 0L), [x])[0]])[0];
            executables.Add(device.Compile(build.Finish("sums", [build.Emit(OpDefs.ReduceMax, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), [sum])[0]])));
            device.MemoryLimit = 3 << 20;
            TensorData zeros = device.From(Literal.Zeros(new TensorType(DType.F32, [size])));
            TensorData result = executables[i].Call([zeros])[0];
            Assert.Equal(0, result.Element<float>(0));
            zeros.Buffer.Release();
            result.Buffer.Release();
        }
        Assert.Equal(20, executables.Count);
        Assert.InRange(device.MemoryStatistics.PeakBytes, 2 << 20, 3 << 20);
    }

    [GpuFact]
    public void A_tensor_above_the_largest_block_names_that_limit()
    {
        var device = new GpuDevice("opencl:block", new ClDriver(ClPlace.All()[0]));
        GraphException error = Assert.Throws<GraphException>(() => device.Memory.Allocate(device.Driver.LargestBlock + 1));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.Contains($"its largest block has {device.Driver.LargestBlock}", error.Problem, StringComparison.Ordinal);
    }

    [GpuFact]
    public void A_recording_has_times_of_kernels_and_knows_host_islands()
    {
        GraphObserver? before = GraphEvents.Observer;
        GraphEvents.Observer = new Silent();
        try
        {
            Device device = Device.OpenCl();
            var build = new GraphBuilder { Source = SourceSpan.None };
            Value x = build.Parameter(new TensorType(DType.F32, [5000]));
            Executable executable = device.Compile(build.Finish("f", [build.Emit(OpDefs.Sort, Attrs.Of("axis", 0L), [build.Neg(x)])[0]]));
            for (int i = 0; i < 3; i++) executable.Run([device.From(Literal.Zeros(new TensorType(DType.F32, [5000])))]);
            CommandProfile[] commands = Assert.Single(executable.Profile!.Programs).Body!.Commands;
            Assert.Equal([false, true], commands.Select(command => command.IsHost));
            Assert.All(commands, command => Assert.True(command is { Calls: 3, Nanoseconds: > 0 }));
        }
        finally
        {
            GraphEvents.Observer = before;
        }
    }

    [GpuFact]
    public void Commands_of_one_kernel_share_its_time()
    {
        GraphObserver? before = GraphEvents.Observer;
        GraphEvents.Observer = new Silent();
        try
        {
            Device device = Device.OpenCl();
            var build = new GraphBuilder { Source = SourceSpan.None };
            Value x = build.Parameter(new TensorType(DType.F32, [256, 512]));
            Executable executable = device.Compile(Passes.Pipeline.Run(build.Finish("f", [build.Emit(OpDefs.Softmax, Attrs.Of("axis", 1L), [x])[0]])).Graph);
            for (int i = 0; i < 3; i++) executable.Run([device.From(Literal.Zeros(new TensorType(DType.F32, [256, 512])))]);
            double[] times = [.. Assert.Single(executable.Profile!.Programs).Body!.Commands.Select(command => command.Nanoseconds)];
            Assert.True(times.Length > 1);
            Assert.All(times, time => Assert.InRange(time, 1, 0.9 * times.Sum()));
        }
        finally
        {
            GraphEvents.Observer = before;
        }
    }

    private sealed class Silent : GraphObserver
    {
        public override void Warned(string id, string message)
        {
        }

        public override void Queued(Device device, int depth)
        {
        }
    }

    [GpuFact]
    public void A_kernel_cache_keeps_kernels_and_takes_no_broken_ones()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string? before = GpuDevices.KernelCacheFolder;
        GpuDevices.KernelCacheFolder = folder;
        try
        {
            float Negated() => new GpuDevice("opencl:cache", new ClDriver(ClPlace.All()[0])) is var device
                ? device.RunSingle(OpDefs.Neg, Attrs.Empty, device.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i))).Element<float>(2) : 0;
            Assert.Equal(-2, Negated());
            string kept = Assert.Single(Directory.EnumerateFiles(folder));
            DateTime written = File.GetLastWriteTimeUtc(kept);
            Assert.Equal(-2, Negated());
            Assert.Equal(written, File.GetLastWriteTimeUtc(kept));
            byte[] whole = File.ReadAllBytes(kept);
            byte[][] damaged = [[], [1, 2, 3], whole[..40], whole[..^1], [.. whole[..100], .. new byte[whole.Length - 100]], [.. whole, 0], "no kernel"u8.ToArray()];
            foreach (byte[] bad in damaged)
            {
                File.WriteAllBytes(kept, bad);
                Assert.Equal(-2, Negated());
                Assert.Equal(whole.Length, new FileInfo(kept).Length);
            }
            Assert.Single(Directory.EnumerateFiles(folder));
            // Another kernel under its name.
            var other = new GpuDevice("opencl:another", new ClDriver(ClPlace.All()[0]));
            TensorData three = other.From(Literal.FromDoubles(new TensorType(DType.F32, [3]), i => i));
            Assert.Equal(4, other.RunSingle(OpDefs.Add, Attrs.Empty, three, three).Element<float>(2));
            File.Copy(Directory.EnumerateFiles(folder).Single(file => file != kept), kept, overwrite: true);
            Assert.Equal(-2, Negated());
            Assert.Equal(whole, File.ReadAllBytes(kept));
            // No folder can be made in a file.
            foreach (string nowhere in new[] { "", kept, "a\0b", new string('x', 5000) })
            {
                GpuDevices.KernelCacheFolder = nowhere;
                Assert.Equal(-2, Negated());
            }
        }
        finally
        {
            GpuDevices.KernelCacheFolder = before;
            Directory.Delete(folder, recursive: true);
        }
    }

    [GpuFact]
    public void The_fastest_tiles_are_kept_and_all_tiles_give_the_same_product()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string? before = GpuDevices.KernelCacheFolder;
        GpuDevices.KernelCacheFolder = folder;
        try
        {
            var device = new GpuDevice("opencl:tuned", new ClDriver(ClPlace.All()[0]));
            IReadOnlyList<(int Side, int Work, TimeSpan Time)> times = GpuDevices.Tune(device);
            Assert.Equal(8, times.Count);
            DeviceLimits found = device.Driver.Limits;
            Assert.Equal(times.MinBy(one => one.Time), (found.Side, found.Work, times.Min(one => one.Time)));
            DeviceLimits next = new ClDriver(ClPlace.All()[0]).Limits;
            Assert.Equal((found.Side, found.Work), (next.Side, next.Work));
            foreach (DType dtype in (DType[])[DType.F32, DType.F64])
            {
                Literal numbers = Literal.FromDoubles(new TensorType(dtype, [150, 150]), i => i % 11 - 5);
                Literal expected = Devices.Managed.RunSingle(OpDefs.Dot, KernelSamples.Product, Devices.Managed.From(numbers), Devices.Managed.From(numbers)).ToLiteral();
                foreach ((int side, int work, _) in times)
                {
                    var other = new GpuDevice("opencl:tile", new ClDriver(ClPlace.All()[0]));
                    other.Driver.Limits = found with { Side = side, Work = work };
                    TensorData x = other.From(numbers);
                    Assert.Equal(expected, other.RunSingle(OpDefs.Dot, KernelSamples.Product, x, x).ToLiteral());
                }
            }
        }
        finally
        {
            GpuDevices.KernelCacheFolder = before;
            Directory.Delete(folder, recursive: true);
        }
    }

    [GpuFact]
    public void A_kernel_of_more_groups_than_a_device_counts_is_TG5003() => FailsOfManyGroups(new GpuDevice("opencl:groups", new ClDriver(ClPlace.All()[0])));

    /// <summary>Nothing of that size is allocated: the error comes before.</summary>
    internal static void FailsOfManyGroups(GpuDevice device)
    {
        SpecializedProgram Specialized(long count)
        {
            var build = new GraphBuilder { Source = new SourceSpan("Model.cs", 7, "Step") };
            Value x = build.Parameter(new TensorType(DType.F16, Shape.Scalar));
            Value y = build.Emit(OpDefs.Exp, build.BroadcastTo(x, [count]));
            return device.Compile(build.Finish("f", [y])).Specialize([device.From(Literal.Scalar(DType.F16, 1))]);
        }

        long most = KernelLaunch.MostGroups * DeviceLimits.FewestItems;
        Assert.Equal(1, Specialized(most).ResultCount);
        GraphException error = Assert.Throws<GraphException>(() => Specialized(most + 1));
        Assert.Equal(DiagnosticIds.TooManyElements, error.Id);
        Assert.Contains("exp: its kernel has 2,147,483,648 groups of items, devices run at most 2,147,483,647, at Model.cs:7", error.Message, StringComparison.Ordinal);
        Assert.Equal((0L, 0L), (device.MemoryStatistics.PeakBytes >> 20, device.MemoryStatistics.LiveBytes >> 20));
    }

    [Fact]
    public void Only_devices_with_tiles_are_tuned() => Assert.Throws<ArgumentException>(() => GpuDevices.Tune(Devices.Managed));

    [Fact]
    public void What_could_not_be_made_is_tried_again()
    {
        int tries = 0;
        var once = new MadeOnce<string>(() => ++tries == 1 ? throw new InvalidOperationException("first") : "made");
        Assert.Throws<InvalidOperationException>(() => once.Value);
        Assert.Equal(("made", "made", 2), (once.Value, once.Value, tries));
    }
}
