using TensorGraph.Backends.Commands;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>An op without a kernel: its reference meaning, on copies of the tensors.</summary>
internal sealed class HostStep(HostCommand c) : Step(c)
{
    private readonly Node _node = c.Node;
    private readonly TensorLayout[] _layouts = c.Layouts;
    private readonly Func<string, long> _sizeOf = c.SizeOf;

    public override void Run(Frame frame)
    {
        var inputs = new Literal[Reads.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            TensorData tensor = frame.Lend(Reads[i], _layouts[i]);
            inputs[i] = tensor.ToLiteral();
            tensor.Release();
        }
        Literal[] results = PlacedRegion.Interpreter(frame.Cancellation).Run(_node, inputs, _sizeOf);
        for (int i = 0; i < Writes.Length; i++) frame.Set(Writes[i], frame.Device.From(results[i]));
    }
}

/// <summary>Runs a region on another device.</summary>
internal sealed class OnDeviceStep(OnDeviceCommand c) : Step(c)
{
    private readonly Device _device = Devices.Find(c.Device);
    private readonly PlacedRegion _region = PlacedRegion.Of(c.Region);
    private readonly TensorLayout[] _layouts = c.Layouts;
    private readonly Func<string, long> _sizeOf = c.SizeOf;

    public override void Run(Frame frame)
    {
        var inputs = new TensorData[Reads.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i], _layouts[i]);
        TensorData[] results = _region.Run(_device, inputs, _sizeOf, frame.Cancellation);
        for (int i = 0; i < Writes.Length; i++) frame.Set(Writes[i], frame.Device.Take(results[i]));
    }
}

/// <summary>Takes a variable's tensor as it is now.</summary>
internal sealed class ReadVariableStep(ReadVariableCommand c) : Step(c)
{
    public override void Run(Frame frame)
    {
        TensorData data = c.Variable.Read();
        frame.Set(Writes[0], data);
        c.Check(frame.Device, data);
    }
}

/// <summary>Takes the state of a random generator, which moves on in the same step.</summary>
internal sealed class AdvanceRandomStep(AdvanceRandomCommand c) : Step(c)
{
    private readonly VariableResource _variable = c.Variable;
    private readonly TensorLayout _layout = c.Layout;

    public override void Run(Frame frame)
    {
        TensorData blocks = frame.Take(Reads[0], _layout);
        frame.Set(Writes[0], _variable.AdvanceRandom(blocks.ToLiteral().GetLong(0)));
        blocks.Release();
    }
}

/// <summary>Makes a tensor the variable's value.</summary>
internal sealed class AssignVariableStep(AssignVariableCommand c) : Step(c)
{
    private readonly VariableResource _variable = c.Variable;
    private readonly TensorLayout _layout = c.Layout;

    public override void Run(Frame frame)
    {
        if (_variable.Mirror?.Home is { } home && frame.HeldTensor(Reads[0])?.Buffer == home.Buffer)
        {
            home.Retain();
            _variable.Assign(home);
            return;
        }
        _variable.Assign(frame.Take(Reads[0], _layout));
    }
}
