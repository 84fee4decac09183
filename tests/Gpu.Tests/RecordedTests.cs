using TensorGraph.Backends;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.OpenCl;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Kernels that are recorded when their memory is where it was.</summary>
public sealed class RecordedTests
{
    private const int Size = 300;

    private static readonly Attrs Along = Attrs.Of(("axes", new long[] { 1 }), ("keep", true));

    [GpuFact]
    public void Runs_on_the_same_memory_are_replayed_and_see_what_is_in_it()
    {
        var device = new GpuDevice("opencl:recorded", new ClDriver(ClPlace.All()[0]));
        Executable executable = device.Compile(Softmax());
        TensorData[] inputs = [.. Enumerable.Range(0, 3).Select(seed => device.From<float>(new TensorType(DType.F32, [4, Size]), Elements(seed)))];
        for (int run = 0; run < 12; run++)
        {
            int seed = run % 3;
            TensorData result = executable.Run([inputs[seed]])[0];
            var found = new float[4 * Size];
            result.CopyTo<float>(found);
            Assert.Equal(Expected(seed), found, (a, b) => Math.Abs(a - b) < 1e-6);
            result.Buffer.Release();
        }
        Assert.InRange(device.Replays, 3, 9);
        // The same memory with other elements.
        long before = device.Replays;
        for (int seed = 5; seed < 8; seed++)
        {
            inputs[0].Buffer.Write(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Elements(seed)));
            TensorData result = executable.Run([inputs[0]])[0];
            Assert.Equal(Expected(seed)[17], result.Element<float>(17), 1e-6);
            result.Buffer.Release();
        }
        Assert.True(device.Replays > before);
    }

    [GpuFact]
    public void What_was_recorded_is_not_used_after_memory_was_given_back()
    {
        var device = new GpuDevice("opencl:trimmed", new ClDriver(ClPlace.All()[0]));
        Executable executable = device.Compile(Softmax());
        for (int run = 0; run < 12; run++)
        {
            TensorData input = device.From<float>(new TensorType(DType.F32, [4, Size]), Elements(run));
            TensorData result = executable.Run([input])[0];
            Assert.Equal(Expected(run)[Size + 3], result.Element<float>(Size + 3), 1e-6);
            result.Buffer.Release();
            input.Buffer.Release();
            if (run % 4 != 3) continue;
            // There is room only for what is alive: what is free is given back.
            device.MemoryLimit = device.MemoryStatistics.LiveBytes + 70_000;
            int size = (1 << 14) - 2048 * (run / 4);
            device.From(Literal.Zeros(new TensorType(DType.F32, [size]))).Buffer.Release();
            Assert.Equal(4 * size, device.MemoryStatistics.PooledBytes);
            device.MemoryLimit = long.MaxValue;
        }
        Assert.True(device.Replays > 0);
    }

    [GpuFact]
    public void A_fault_of_a_replayed_kernel_is_raised()
    {
        var device = new GpuDevice("opencl:faults", new ClDriver(ClPlace.All()[0]));
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [5])), positions = build.Parameter(new TensorType(DType.I32, [3]));
        Value rows = build.Emit(OpDefs.Gather, Attrs.Of("axis", 0L), [build.Neg(x), positions])[0];
        Value sum = build.Emit(OpDefs.ReduceSum, Attrs.Of(("axes", new long[] { 0 }), ("keep", false)), [build.Emit(OpDefs.Exp, rows)])[0];
        Executable executable = device.Compile(build.Finish("f", [build.Emit(OpDefs.Sqrt, sum)]));
        TensorData elements = device.From<float>(new TensorType(DType.F32, [5]), [0, 0, 0, 0, 0]), at = device.From<int>(new TensorType(DType.I32, [3]), [0, 4, 2]);
        for (int run = 0; run < 4; run++)
        {
            TensorData result = executable.Run([elements, at])[0];
            Assert.Equal(Math.Sqrt(3), result.Element<float>(0), 1e-6);
            result.Buffer.Release();
        }
        Assert.True(device.Replays > 0);
        at.Buffer.Write(4, BitConverter.GetBytes(5));
        Assert.Contains("position 5", Assert.Throws<GraphException>(() => executable.Run([elements, at])).Problem, StringComparison.Ordinal);
        at.Buffer.Write(4, BitConverter.GetBytes(1));
        Assert.Equal(Math.Sqrt(3), executable.Run([elements, at])[0].Element<float>(0), 1e-6);
    }

    [GpuFact]
    public void Many_threads_record_and_replay()
    {
        var device = new GpuDevice("opencl:threads", new ClDriver(ClPlace.All()[0]));
        Executable executable = device.Compile(Softmax());
        Parallel.For(0, 8, thread =>
        {
            TensorData input = device.From<float>(new TensorType(DType.F32, [4, Size]), Elements(thread));
            float expected = Expected(thread)[7];
            for (int run = 0; run < 30; run++)
            {
                TensorData result = executable.Run([input])[0];
                Assert.Equal(expected, result.Element<float>(7), 1e-6);
                result.Buffer.Release();
            }
        });
        Assert.True(device.Replays > 0);
    }

    private static Graph Softmax()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(new TensorType(DType.F32, [4, Size]));
        Value powers = build.Emit(OpDefs.Exp, build.Sub(x, build.Emit(OpDefs.ReduceMax, Along, [x])[0]));
        return build.Finish("softmax", [build.Div(powers, build.Emit(OpDefs.ReduceSum, Along, [powers])[0])]);
    }

    private static float[] Elements(int seed) => [.. Enumerable.Range(0, 4 * Size).Select(i => MathF.Sin(seed + i))];

    private static float[] Expected(int seed)
    {
        var found = new float[4 * Size];
        Devices.Managed.Compile(Softmax()).Run([Devices.Managed.From<float>(new TensorType(DType.F32, [4, Size]), Elements(seed))])[0].CopyTo<float>(found);
        return found;
    }
}
