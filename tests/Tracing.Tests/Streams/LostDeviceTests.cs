namespace TensorGraph.Tests.Streams;

/// <summary>A device that is lost in the middle of its work. Behaviour 9.4.</summary>
public sealed partial class LostDeviceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Its_calls_and_tensors_fail_and_other_devices_go_on(bool imperatively)
    {
        using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        var device = Devices.CreateInterpreter("lost in the middle");
        var variable = new Variable(((Tensor)2f).To(device));
        Tensor here = Many(Ops.Ones(4, 4), 3L), x = Ops.Ones(4, 4).To(device), before = There(3);
        Assert.Equal(here.ToArray<float>(), before.ToArray<float>());
        if (imperatively)
        {
            device.Lose("it broke");
            Fails(() => There(3));
        }
        else
        {
            Tensor running = There(3000), queued = There(3), copied = queued.To(Devices.Managed);
            Assert.False(running.IsReady);
            device.Lose("it broke");
            Fails(() => running.ToLiteral());
            Fails(() => queued.ToLiteral());
            Fails(() => copied.ToLiteral());
            var error = await Assert.ThrowsAsync<GraphException>(async () => await running);
            Assert.Equal(DiagnosticIds.DeviceLost, error.Id);
            Assert.Equal(0, device.Stream.QueueLength);
            GraphFunctions.Synchronize(device);
        }

        Fails(() => before.ToLiteral());
        Fails(() => (variable * 2f).ToLiteral());

        Assert.Equal(4 * 4 * Math.Pow(4, 5), Many(Ops.Ones(4, 4), 5L).Sum().ToDouble());
        variable.Assign(3f);
        Assert.Equal(6f, (variable * 2f).ToDouble());

        Tensor There(long times)
        {
            using var there = Device.Use(device);
            return Many(x, times);
        }
    }

    private static void Fails(Action use) => Expect.Error(DiagnosticIds.DeviceLost, use, ["lost in the middle", "it broke"]);

    [GraphFunction]
    internal static Tensor Many(Tensor x, Tensor times)
    {
        Tensor y = x;
        for (Tensor i = 0L; i < times; i += 1L)
            y = Ops.MatMul(y, x);
        return y;
    }
}
