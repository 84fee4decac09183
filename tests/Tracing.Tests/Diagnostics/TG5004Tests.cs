using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests.Diagnostics;

public sealed partial class TG5004Tests
{
    [Fact]
    public void A_graph_refers_to_registered_devices_only()
    {
        Tensor x = Ops.Ones(3);
        var device = new Unregistered();

        Expect.ErrorHere(DiagnosticIds.UnknownDevice, () => _ = Ops.OnDevice(device, () => x * 2), ["unregistered", "Devices.Register"]);
        Expect.Error(DiagnosticIds.UnknownDevice, () => Sent(x, device), "unregistered");
    }

    [GraphFunction]
    private static Tensor Sent(Tensor x, Device device) => (x * 2).To(device);

    private sealed class Unregistered() : Device("unregistered")
    {
        public override Executable Compile(Ir.Graph graph) => throw new NotSupportedException();

        protected override SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) => throw new NotSupportedException();

        protected override TensorData AllocateElements(TensorLayout layout) => throw new NotSupportedException();
    }
}
