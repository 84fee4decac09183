using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Whoever waits for the device finds that it has done what it was given.</summary>
public sealed class SynchronizeTests
{
    private static readonly Device Gpu = GpuFact.Reason is null ? Device.OpenCl() : Devices.Managed;

    public static TheoryData<string> Ways => ["device", "device_async", "stream", "stream_async", "event", "event_async", "tensor"];

    [GpuTheory]
    [MemberData(nameof(Ways))]
    public async Task Results_are_there_after(string way)
    {
        TensorData result = Heavy();
        DeviceEvent happened = Gpu.Stream.Record();
        switch (way)
        {
            case "device": Gpu.Synchronize(); break;
            case "device_async": await Gpu.SynchronizeAsync(); break;
            case "stream": Gpu.Stream.Synchronize(); break;
            case "stream_async": await Gpu.Stream.SynchronizeAsync(); break;
            case "event": happened.Wait(); break;
            case "event_async": await happened.WaitAsync(); break;
            default: await result.Completion(); break;
        }
        Assert.True(result.Buffer.Work!.IsDone);
        if (way != "tensor") Assert.True(happened.IsDone);
    }

    [GpuFact]
    public void Calls_of_a_queue_are_done_after_it()
    {
        var results = new List<TensorData>();
        DeviceStream stream = Gpu.CreateStream();
        using (stream.Use())
        {
            for (int i = 0; i < 3; i++) results.Add(Heavy());
        }
        stream.Synchronize();
        Assert.All(results, result => Assert.True(result.IsReady && result.Buffer.Work!.IsDone));
    }

    private static TensorData Heavy()
    {
        TensorData x = Gpu.From(Literal.FromDoubles(new TensorType(DType.F32, [400, 400]), i => i % 7));
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value product = build.Parameter(x.Type);
        for (int i = 0; i < 4; i++) product = build.Emit(OpDefs.Dot, KernelSamples.Product, [product, product])[0];
        return Gpu.Compile(build.Finish("heavy", [product])).Call([x])[0];
    }
}
