using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>An op without a kernel on any device: its reference meaning, on copies of the tensors.</summary>
internal sealed class HostStep(HostCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        frame.ThrowFaults();
        var inputs = new Literal[Reads.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            TensorData tensor = frame.Take(Reads[i], c.Layouts[i]);
            inputs[i] = tensor.ToLiteral();
            tensor.Release();
        }
        Literal[] results = PlacedRegion.Interpreter(frame.Cancellation).Run(c.Node, inputs, c.SizeOf);
        for (int i = 0; i < Writes.Length; i++) frame.Set(Writes[i], frame.Device.FromHost(results[i], c.Node.Types[i]));
    }
}

/// <summary>Runs a region on another device.</summary>
internal sealed class OnDeviceStep(OnDeviceCommand c) : GpuStep(c)
{
    private readonly Device _device = Devices.Find(c.Device);
    private readonly PlacedRegion _region = PlacedRegion.Of(c.Region);

    public override void Run(GpuFrame frame)
    {
        frame.ThrowFaults();
        var inputs = new TensorData[Reads.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i], c.Layouts[i]);
        TensorData[] results = _region.Run(_device, inputs, c.SizeOf, frame.Cancellation);
        for (int i = 0; i < Writes.Length; i++) frame.Set(Writes[i], frame.Device.Take(results[i]));
    }
}

/// <summary>Takes a variable's tensor as it is now.</summary>
internal sealed class ReadVariableStep(ReadVariableCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        TensorData data = c.Variable.Read();
        frame.Set(Writes[0], data);
        c.Check(frame.Device, data);
    }
}

/// <summary>Takes the state of a random generator, which moves on in the same step.</summary>
internal sealed class AdvanceRandomStep(AdvanceRandomCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        frame.ThrowFaults();
        TensorData blocks = frame.Take(Reads[0], c.Layout);
        frame.Set(Writes[0], c.Variable.AdvanceRandom(blocks.ToLiteral().GetLong(0)));
        blocks.Release();
    }
}

/// <summary>Makes a tensor the variable's value.</summary>
internal sealed class AssignVariableStep(AssignVariableCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        frame.ThrowFaults();
        c.Variable.Assign(frame.Take(Reads[0], c.Layout));
    }
}
