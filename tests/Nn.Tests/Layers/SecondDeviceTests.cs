namespace TensorGraph.Tests;

/// <summary>Layers and losses on tensors of a device that is not the current one.</summary>
public sealed partial class SecondDeviceTests
{
    private static readonly Device There = Devices.Interpreter == Device.Default ? Devices.Managed : Devices.Interpreter;

    [Fact]
    public void Dropout_draws_where_its_input_is()
    {
        Tensor x = new[] { 1f, 2, 0.5f, 4 };
        foreach (var input in new[] { x, x.To(There) })
        {
            var (kept, gradient) = Dropped(input, new Dropout(0.5));
            Assert.Equal((input.Device, input.Device), (kept.Device, gradient.Device));
            Assert.Equal((kept / input).ToString(), gradient.ToString());
        }
    }

    [Fact]
    public void A_loss_has_its_gradient_through_a_part_that_runs_elsewhere()
    {
        Tensor x = new[] { 1f, 2, 0.5f };
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            Assert.Equal(Gradient(x, Device.Default).ToString("f3"), Gradient(x, There).ToString("f3"));
        }
    }

    private static (Tensor Kept, Tensor Gradient) Dropped(Tensor x, Dropout layer)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor kept = layer.Call(x, true);
        return (kept, tape.Gradient(kept.Sum(), x)!);
    }

    [GraphFunction]
    private static Tensor Gradient(Tensor x, Device device)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor loss = Ops.OnDevice(device, () => Loss.Huber(x, x * 3) + Loss.MeanSquaredError(x, x * 2));
        return tape.Gradient(loss, x)!;
    }
}
