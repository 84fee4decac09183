using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>The device of CUDA on an emulation of its driver. Failures belong to the process: no other test runs meanwhile.</summary>
[Collection(ProcessState.Name)]
public sealed class CudaTests : IDisposable
{
    private const int LaunchFailed = 719;

    public static TheoryData<string> Samples() => [.. KernelSamples.Names];

    public void Dispose()
    {
        if (CudaEmulation.Reason is null) CudaEmulation.Break(0);
    }

    [CudaTheory]
    [MemberData(nameof(Samples))]
    public void Kernels_give_what_the_interpreter_gives(string name)
    {
        Graph graph = KernelSamples.GraphOf(name);
        Literal[] arguments =
            [.. graph.Entry.Parameters.Select(parameter => Literal.FromDoubles(
                parameter.Types[0], i => parameter.Types[0].DType.IsFloat() ? ((i * 7919 % 1000) - 500) / 500.0 : i % 4))];
        Literal[] expected = Run(Devices.Interpreter), found = Run(CudaEmulation.Make("samples"));
        for (int i = 0; i < expected.Length; i++)
        {
            for (long k = 0; k < expected[i].Count; k++)
                Assert.Equal(expected[i].GetDouble(k), found[i].GetDouble(k), 1e-5 * Math.Max(1, Math.Abs(expected[i].GetDouble(k))));
        }

        Literal[] Run(Device device) =>
            Array.ConvertAll(device.Compile(graph).Run(Array.ConvertAll(arguments, device.From)), result => result.ToLiteral());
    }

    [CudaFact]
    public void Recorded_kernels_and_products_see_what_is_in_their_memory()
    {
        GpuDevice device = CudaEmulation.Make("recorded");
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [40, 40])), y = x;
        for (int i = 0; i < 3; i++) y = build.Neg(build.Dot(y, x, [1], [0]));
        Executable executable = device.Compile(build.Finish("f", [y]));
        Literal Argument(int seed) => Literal.FromDoubles(x.Type, i => (i * (seed + 3) % 5) - 2);
        for (int run = 0; run < 9; run++)
        {
            Literal argument = Argument(run % 3);
            TensorData input = device.From(argument), result = executable.Run([input])[0];
            Assert.Equal(Devices.Interpreter.Compile(executable.Graph).Run([Devices.Interpreter.From(argument)])[0].ToLiteral(), result.ToLiteral());
            result.Release();
            input.Release();
        }
        Assert.True(device.Replays > 0);
    }

    [CudaFact]
    public void A_kernel_of_more_groups_than_a_device_counts_is_TG5003() => LimitTests.FailsOfManyGroups(CudaEmulation.Make("groups"));

    [CudaFact]
    public void Copies_wait_for_the_last_use_of_their_memory()
    {
        GpuDevice device = CudaEmulation.Make("reuse");
        const int Size = 200;
        var type = new TensorType(DType.F32, [Size, Size]);
        var sums = new TensorData[20];
        for (int i = 0; i < sums.Length; i++)
        {
            TensorData x = device.From(Literal.FromDoubles(type, _ => i));
            sums[i] = device.RunSingle(OpDefs.Add, Attrs.Empty, x, x);
            x.Release();
        }
        for (int i = 0; i < sums.Length; i++) Assert.Equal(Literal.FromDoubles(type, _ => 2 * i), sums[i].ToLiteral());
    }

    [CudaFact]
    public void Many_threads_work_on_two_devices()
    {
        GpuDevice[] devices = [CudaEmulation.Make("one"), CudaEmulation.Make("two")];
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [150, 150])), y = build.Parameter(x.Type);
        Value sum = build.Emit(OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 1 }), ("keep", true)), [build.Mul(x, y)])[0];
        Graph graph = build.Finish("f", [build.Add(build.Neg(x), sum), sum]);
        Executable[] executables = Array.ConvertAll(devices, device => device.Compile(graph));
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            Executable executable = executables[thread % 2], other = executables[1 - (thread % 2)];
            for (int run = 0; run < 5; run++)
            {
                TensorData a = executable.Device.From(Literal.FromDoubles(x.Type, i => i % 5)), b = executable.Device.From(Literal.FromDoubles(x.Type, _ => thread + run));
                TensorData[] results = executable.Run([a, b]);
                TensorData there = other.Device.Copy(results[0]);
                Assert.Equal(300 * (thread + run), results[1].Element<float>(run));
                Literal found = there.ToLiteral();
                for (int i = 0; i < found.Count; i++) Assert.Equal((300 * (thread + run)) - (i % 5), found.GetDouble(i));
                foreach (TensorData one in (TensorData[])[a, b, there, .. results]) one.Release();
            }
        });
    }

    [CudaTheory]
    [InlineData("cuEventCreate", true)]
    [InlineData("cuMemcpyHtoDAsync_v2", true)]
    [InlineData("cuEventRecord", true)]
    [InlineData("cuStreamWaitEvent", true)]
    [InlineData("cuEventCreate", false)]
    [InlineData("cuMemcpyHtoDAsync_v2", false)]
    [InlineData("cuEventRecord", false)]
    public void A_copy_that_fails_half_way_leaves_no_memory_in_use(string function, bool isBeside)
    {
        GpuDriver driver = CudaEmulation.Make("halves").Driver;
        byte[] first = [.. Enumerable.Repeat((byte)1, 1000)], second = [.. Enumerable.Repeat((byte)2, 1000)], found = new byte[1000];
        nint a = driver.Allocate(1000), b = driver.Allocate(1000);
        driver.Write(a, 0, new byte[1000]);
        driver.Read(a, 0, found);
        CudaEmulation.Fail(function, error: 1);
        Assert.Throws<GraphException>(() => Write(a, first));
        Write(b, second);
        driver.Read(a, 0, found);
        Assert.DoesNotContain((byte)2, found);
        driver.Read(b, 0, found);
        Assert.Equal(second, found);

        void Write(nint memory, byte[] bytes)
        {
            if (isBeside) driver.Upload(memory, 0, bytes, after: null);
            else driver.Write(memory, 0, bytes);
        }
    }

    [CudaTheory]
    [InlineData("cuEventCreate")]
    [InlineData("cuMemcpyDtoHAsync_v2")]
    [InlineData("cuEventRecord")]
    public void A_result_that_can_not_be_read_is_not_read_into_another(string function)
    {
        GpuDriver driver = CudaEmulation.Make("results").Driver;
        byte[] first = [.. Enumerable.Repeat((byte)1, 1000)], second = [.. Enumerable.Repeat((byte)2, 1000)], found = new byte[1000];
        nint a = driver.Allocate(1000), b = driver.Allocate(1000);
        driver.Write(a, 0, first);
        driver.Write(b, 0, second);
        GpuMark written = driver.Mark();
        CudaEmulation.Fail(function, error: 1);
        Assert.Throws<GraphException>(() => driver.Read(a, 0, found));
        driver.Read(b, 0, found, written);
        Assert.Equal(second, found);
        driver.Read(a, 0, found, written);
        Assert.Equal(first, found);
    }

    [CudaFact]
    public void A_copy_of_which_nobody_knows_whether_it_ends_loses_the_device()
    {
        GpuDevice device = CudaEmulation.Make("unknown");
        nint memory = device.Driver.Allocate(1000);
        CudaEmulation.Fail("cuEventRecord", error: 1);
        CudaEmulation.Fail("cuStreamSynchronize", error: 1);
        GraphException error = Assert.Throws<GraphException>(() => device.Driver.Upload(memory, 0, new byte[1000], after: null));
        Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
        Assert.True(device.IsLost);
    }

    [CudaFact]
    public void Nobody_waits_for_ever_for_a_copy_that_fails_half_way()
    {
        GpuDevice device = CudaEmulation.Make("for_ever");
        nint memory = device.Driver.Allocate(1000);
        device.Driver.Upload(memory, 0, new byte[1000], after: null);
        // The emulation does nothing of what is only asked about.
        GpuDevices.LongestWait = TimeSpan.FromMilliseconds(20);
        try
        {
            CudaEmulation.Fail("cuEventRecord", error: 1);
            GraphException error = Assert.Throws<GraphException>(() => device.Driver.Upload(memory, 0, new byte[1000], after: null));
            Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
            Assert.Contains("LongestWait", error.Problem, StringComparison.Ordinal);
            Assert.True(device.IsLost);
        }
        finally
        {
            GpuDevices.LongestWait = null;
        }
    }

    [CudaFact]
    public void A_result_is_read_while_copies_to_the_device_wait_with_all_their_memory()
    {
        GpuDriver driver = CudaEmulation.Make("slices").Driver;
        nint result = driver.Allocate(1000), other = driver.Allocate(1000);
        byte[] first = [.. Enumerable.Repeat((byte)1, 1000)], found = new byte[1000];
        driver.Write(result, 0, first);
        GpuMark written = driver.Mark();
        // The emulation does nothing before somebody waits.
        for (int i = 0; i < HostStaging.SlicesOfWrites; i++) driver.Write(other, 0, new byte[1000]);
        GpuMark last = driver.Mark();
        driver.Read(result, 0, found, written);
        Assert.Equal(first, found);
        // It takes a step each time that it is asked.
        Assert.False(last.IsDone);
        Assert.False(last.IsDone);
        last.Wait();
    }

    [CudaFact]
    public void A_library_without_memory_is_tried_again_after_room_was_made()
    {
        GpuDevice device = CudaEmulation.Make("room");
        device.From(Literal.Zeros(new TensorType(DType.F32, [1000]))).Release();
        Assert.True(device.MemoryStatistics.PooledBytes > 0);
        CudaEmulation.Fail("cublasGemmStridedBatched", error: 3);
        Assert.Equal(35, Product(device));
        Assert.Equal(0, device.MemoryStatistics.PooledBytes);
        CudaEmulation.Fail("cublasGemmStridedBatched", error: 3, times: 2);
        Assert.Equal(DiagnosticIds.OutOfMemory, Assert.Throws<GraphException>(() => Product(device)).Id);
        Assert.False(device.IsLost);
        Assert.Equal(35, Product(device));
    }

    [CudaTheory]
    [InlineData("cuModuleLoadData")]
    [InlineData("cuLaunchKernel")]
    [InlineData("cuMemAlloc_v2")]
    public void A_driver_without_memory_is_tried_again_after_room_was_made(string function)
    {
        GpuDevice device = CudaEmulation.Make("short");
        device.From(Literal.Zeros(new TensorType(DType.F32, [5000]))).Release();
        TensorData x = device.From(Literal.Zeros(new TensorType(DType.F32, [7])));
        CudaEmulation.Fail(function, error: 2);
        Assert.Equal(1, device.RunSingle(OpDefs.Exp, Attrs.Empty, x).Element<float>(3));
        Assert.Equal(0, device.MemoryStatistics.PooledBytes);
        CudaEmulation.Fail(function, error: 2, times: 20);
        Assert.Equal(DiagnosticIds.OutOfMemory, Assert.Throws<GraphException>(() => device.RunSingle(OpDefs.Sin, Attrs.Empty, x)).Id);
        CudaEmulation.Fail(function, error: 0);
        Assert.False(device.IsLost);
        Assert.Equal(0, device.RunSingle(OpDefs.Sin, Attrs.Empty, x).Element<float>(3));
    }

    [CudaTheory]
    [InlineData("cuLaunchKernel")]
    [InlineData("cublasGemmStridedBatched")]
    public void Recording_without_memory_is_tried_again_after_room_was_made(string function)
    {
        GpuDevice device = CudaEmulation.Make("again");
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [8, 8])), y = x;
        for (int i = 0; i < 3; i++) y = build.Neg(build.Dot(y, x, [1], [0]));
        Executable executable = device.Compile(build.Finish("f", [y]));
        Literal ones = Literal.FromDoubles(x.Type, _ => 1);
        TensorData input = device.From(ones);
        for (int run = 0; run < 5; run++)
        {
            long before = device.Replays;
            // The second run on the same memory records.
            if (run == 1) CudaEmulation.Fail(function, function[1] == 'u' && function[2] == 'L' ? 2 : 3, after: 1);
            TensorData result = executable.Run([input])[0];
            Assert.Equal(-512, result.Element<float>(5));
            result.Release();
            Assert.True(run == 0 || run > 1 || device.Replays == before + 1);
        }
    }

    [CudaFact]
    public void A_loss_that_the_library_notices_first_is_TG5006()
    {
        GpuDevice device = CudaEmulation.Make("lost"), other = CudaEmulation.Make("other");
        TensorData x = device.From(Literal.FromDoubles(new TensorType(DType.F32, [5, 7]), _ => 1));
        Executable product = Compile(device);
        Assert.Equal(35, Sum(product, x));
        // A launch of the library is the first call to see it.
        CudaEmulation.Fail("cublasGemmStridedBatched", LaunchFailed);
        CudaEmulation.Fail("cuStreamQuery", LaunchFailed);
        GraphException error = Assert.Throws<GraphException>(() => Sum(product, x));
        Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
        Assert.Contains("cublasGemmStridedBatched fails with error 719", error.Problem, StringComparison.Ordinal);
        Assert.True(device.IsLost);
        Assert.Equal(DiagnosticIds.DeviceLost, Assert.Throws<GraphException>(() => Sum(product, x)).Id);
        Assert.Equal(35, Product(other));
    }

    [CudaFact]
    public void Other_errors_of_the_library_are_no_loss()
    {
        GpuDevice device = CudaEmulation.Make("refused");
        CudaEmulation.Fail("cublasGemmStridedBatched", error: 7);
        GraphException error = Assert.Throws<GraphException>(() => Product(device));
        Assert.Equal(DiagnosticIds.Internal, error.Id);
        Assert.Contains("cublasGemmStridedBatched fails with error 7", error.Problem, StringComparison.Ordinal);
        Assert.False(device.IsLost);
        Assert.Equal(35, Product(device));
    }

    [CudaTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_broken_context_is_a_lost_device(bool reads)
    {
        GpuDevice device = CudaEmulation.Make("broken");
        TensorData x = device.From(Literal.Zeros(new TensorType(DType.F32, [5])));
        TensorData y = device.RunSingle(OpDefs.Neg, Attrs.Empty, x);
        CudaEmulation.Break(700);
        GraphException error = Assert.Throws<GraphException>(() =>
        {
            if (reads) y.ToLiteral();
            else device.RunSingle(OpDefs.Neg, Attrs.Empty, x);
        });
        Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
        Assert.Contains("error 700", error.Problem, StringComparison.Ordinal);
        Assert.True(device.IsLost);
        x.Release();
        y.Release();
    }

    private static Executable Compile(GpuDevice device)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5, 7])), y = build.Parameter(new TensorType(DType.F32, [5, 7]));
        return device.Compile(build.Finish("f", [build.Dot(x, y, [0, 1], [0, 1])]));
    }

    private static float Sum(Executable product, TensorData x) => product.Run([x, x])[0].Element<float>(0);

    private static float Product(GpuDevice device) =>
        Sum(Compile(device), device.From(Literal.FromDoubles(new TensorType(DType.F32, [5, 7]), _ => 1)));
}
