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
    public void Memory_that_was_given_back_is_another_one_when_it_comes_again()
    {
        var device = new GpuDevice("opencl:numbers", new ClDriver(ClPlace.All()[0]));
        var numbers = new HashSet<long>();
        for (int i = 0; i < 20; i++)
        {
            var buffer = (GpuBuffer)device.From(Literal.Zeros(new TensorType(DType.F32, [1 << 10]))).Buffer;
            Assert.True(numbers.Add(buffer.Number));
            buffer.Release();
            device.MemoryLimit = device.MemoryStatistics.LiveBytes;
            Assert.Throws<GraphException>(() => device.From(Literal.Zeros(new TensorType(DType.F32, [1 << 20]))));
            device.MemoryLimit = long.MaxValue;
        }
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
            File.WriteAllText(kept, "no kernel");
            Assert.Equal(-2, Negated());
            Assert.True(new FileInfo(kept).Length > 100);
        }
        finally
        {
            GpuDevices.KernelCacheFolder = before;
            Directory.Delete(folder, recursive: true);
        }
    }
}
