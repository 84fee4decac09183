using System.Diagnostics;
using TensorGraph.Backends.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace TensorGraph.Tests.Interop;

/// <summary>Memory that both libraries hold is freed when both have let it go, and not before.</summary>
public sealed partial class LifetimeTests
{
    private const long Megabyte = 1 << 20;

    [TorchFact]
    public void Ten_thousand_traced_steps_on_torch_tensors_leave_nothing_behind()
    {
        for (int i = 0; i < 500; i++) RoundTrip();
        long native = Settle(out long live, out int lent);
        long managed = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 10_000; i++) RoundTrip();
        long nativeAfter = Settle(out long liveAfter, out int lentAfter);
        Assert.Equal((live, lent), (liveAfter, lentAfter));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 2 * Megabyte);
        Assert.InRange(nativeAfter - native, long.MinValue, 64 * Megabyte);

        static void RoundTrip()
        {
            using var scope = NewDisposeScope();
            using Tensor here = Tensor.FromTorch(ones(64, 256)), sum = here + 1, small = sum.Sum(), traced = Step(here);
            _ = sum.ToTorch().sum();
            _ = small.ToTorch();
            _ = traced.ToTorch();
            _ = sum.ToTorch().add_(1);
        }
    }

    // Each is 4 MB, so 2 GB in all.
    [TorchFact]
    public void Abandoned_tensors_are_found()
    {
        long native = Settle(out long live, out _);
        long most = 0;
        for (int i = 0; i < 500; i++)
        {
            Abandon();
            most = Math.Max(most, Devices.Managed.LiveBytes);
        }
        long after = Settle(out long liveAfter, out int lent);
        Assert.InRange(most - live, 0, 600 * Megabyte);
        Assert.InRange(liveAfter - live, long.MinValue, Megabyte);
        Assert.Equal(0, lent);
        // Of 4 GB; the C library keeps some of the most that there was.
        Assert.InRange(after - native, long.MinValue, 600 * Megabyte);

        static void Abandon()
        {
            using torch.Tensor x = ones(1 << 20);
            Tensor here = Tensor.FromTorch(x);
            _ = (here + 1).ToTorch();
        }
    }

    [TorchFact]
    public void Disposing_the_tensor_gives_borrowed_memory_back_at_once()
    {
        using torch.Tensor x = ones(1 << 20);
        long before = Devices.Managed.LiveBytes;
        Tensor here = Tensor.FromTorch(x);
        Assert.Equal(4 * Megabyte, Devices.Managed.LiveBytes - before);
        here.Dispose();
        Assert.Equal(before, Devices.Managed.LiveBytes);
    }

    [TorchFact]
    public void The_torch_tensor_may_be_disposed_of_while_a_graph_runs_on_it()
    {
        double expected = Step(Ops.Ones(1 << 16)).ToDouble();
        for (int i = 0; i < 50; i++)
        {
            torch.Tensor x = ones(1 << 16);
            Tensor here = Tensor.FromTorch(x);
            var call = Task.Run(() => Step(here));
            x.Dispose();
            Assert.Equal(expected, call.Result.ToDouble());
            here.Dispose();
        }
    }

    [TorchFact]
    public void Several_threads_convert_at_the_same_time()
    {
        Tensor shared = Ops.Full([64, 64], 2f);
        Parallel.For(0, 2000, i =>
        {
            using torch.Tensor x = ones(16, 16) * i, lent = shared.ToTorch();
            using Tensor here = Tensor.FromTorch(x), sum = here.Sum();
            using torch.Tensor back = sum.ToTorch();
            Assert.Equal((256f * i, 8192f), (back.item<float>(), lent.sum().item<float>()));
        });
        Settle(out _, out int lent);
        Assert.Equal(0, lent);
    }

    [GraphFunction]
    private static Tensor Step(Tensor x) => (Ops.Tanh(x) * 2).Sum();

    private static long Settle(out long live, out int lent)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Devices.Managed.Memory.Sweep();
        (live, lent) = (Devices.Managed.LiveBytes, LentTensors.Count);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
