namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG5002, a device that is out of memory.</summary>
[Collection(ProcessState.Name)]
public sealed partial class TG5002Tests
{
    [Fact]
    public void A_graph_that_needs_more_than_the_limit_is_named_with_its_largest_buffers()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using (new TensorGraphOptions { IsAsynchronous = false }.Use())
        {
            var error = WithLimit( () => Assert.ThrowsAny<GraphException>(() => Product(Ops.Ones(12_000, 10), Ops.Ones(10, 12_000))));
            Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
            Assert.Contains($"{nameof(Product)}: device 'managed' is out of memory", error.Message, StringComparison.Ordinal);
            Assert.Contains("f32[12000, 12000] (549 MB)", error.Message, StringComparison.Ordinal);
            Assert.Contains("MemoryLimit", error.Message, StringComparison.Ordinal);
            // What failed has left nothing, and the next call that fits works.
            Assert.Equal(160, WithLimit( () => Product(Ops.Ones(4, 10), Ops.Ones(10, 4))).Item<float>(), 3);
        }
    }

    [Fact]
    public void A_queued_graph_says_so_where_its_result_is_read()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        var error = WithLimit( () => Assert.ThrowsAny<GraphException>(() => Product(Ops.Ones(12_000, 10), Ops.Ones(10, 12_000)).Item<float>()));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
    }

    [Fact]
    public void So_is_an_op()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        var error = WithLimit( () => Assert.ThrowsAny<GraphException>(() => Ops.Exp(Ops.Ones(10, 1) + Ops.Ones(1, 10_000_000))));
        Assert.Equal(DiagnosticIds.OutOfMemory, error.Id);
        Assert.Contains("f32[10, 10000000]", error.Message, StringComparison.Ordinal);
    }

    private static T WithLimit<T>(Func<T> run)
    {
        Devices.Managed.MemoryLimit = 300 << 20;
        try
        {
            return run();
        }
        finally
        {
            Devices.Managed.MemoryLimit = long.MaxValue;
        }
    }

    [GraphFunction]
    private static Tensor Product(Tensor a, Tensor b) => Ops.Exp(a.MatMul(b)).MatMul(Ops.Ones(b.Shape[1].Value, 1)).Sum() / 22026.465f * 10;
}
