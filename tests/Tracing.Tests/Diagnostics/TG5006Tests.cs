namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5006Tests
{
    [Fact]
    public void What_is_on_a_lost_device_can_not_be_used()
    {
        var device = Devices.CreateInterpreter("unplugged");
        Tensor x = Ops.Ones(3).To(device);
        device.Lose("no power");
        device.Lose("again");
        Assert.True(device.IsLost);
        foreach (Action use in new Action[]
        {
            () => x.ToArray<float>(), () => _ = x + 1, () => x.To(Devices.Managed), () => x.Sum().ToDouble(), () => Ops.Ones(2).To(device),
            () => _ = x[0] > 0f ? 1 : 0,
        })
        {
            Expect.ErrorHere(DiagnosticIds.DeviceLost, use, ["unplugged", "no power", "Device.Use"]);
        }

        using var there = Device.Use(device);
        Expect.Error(DiagnosticIds.DeviceLost, () => Ops.Ones(2), ["unplugged"]);
    }
}
