namespace TensorGraph.Tests.Behaviours;

/// <summary>Memory stays flat without a single Dispose.</summary>
public sealed partial class MemoryTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void A_loop_of_large_tensors_stays_flat_and_hardly_needs_full_collections()
    {
        if (Device.Current != Devices.Managed) return; // Other devices have the garbage collector's memory.
        int before = GC.CollectionCount(2);
        long peak = 0;
        Tensor y = Ops.Ones(2048, 2048);
        for (int step = 0; step < 200; step++)
        {
            y = y * 1.0001f + 0.5f;
            peak = Math.Max(peak, Devices.Managed.LiveBytes + Devices.Managed.PooledBytes);
        }
        Assert.InRange(peak, 1, 600 * Megabyte);
        Assert.InRange(GC.CollectionCount(2) - before, 0, 4);
        GC.KeepAlive(y);
    }
}
