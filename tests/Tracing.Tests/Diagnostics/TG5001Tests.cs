namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5001Tests
{
    [Fact]
    public void An_op_on_tensors_of_two_devices_names_both()
    {
        Tensor here = Ops.Ones(3).To(Devices.Managed), there = Ops.Ones(3).To(Devices.Interpreter);

        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = here + there, ["add", "managed", "interpreter", "f32[3]", "To("]);
        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = there + here, ["add", "managed", "interpreter"]);
    }

    [Fact]
    public void An_op_that_ran_before_on_one_device_still_looks()
    {
        Tensor here = Ops.Ones(3).To(Devices.Managed), there = Ops.Ones(3).To(Devices.Interpreter);
        for (int i = 0; i < 3; i++)
            _ = here * here;

        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = here * there, ["mul"]);
    }

    [Fact]
    public void A_variable_has_a_device_too()
    {
        var variable = new Variable(Ops.Ones(3).To(Devices.Interpreter));

        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = Ops.Ones(3).To(Devices.Managed) + variable, ["add"]);
        Assert.Equal([2f, 2f, 2f], (variable + variable).ToArray<float>());
    }
}
