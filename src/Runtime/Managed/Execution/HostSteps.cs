using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>An op without a kernel: its reference meaning, on copies of the tensors.</summary>
internal sealed class HostStep : Step
{
    private readonly Node _node;
    private readonly TensorLayout[] _layouts;
    private readonly Func<string, long> _sizeOf;

    public HostStep(Node node, int[] inputs, TensorLayout[] layouts, int[] outputs, Func<string, long> sizeOf)
    {
        _node = node;
        _layouts = layouts;
        _sizeOf = sizeOf;
        Reads = inputs;
        Writes = outputs;
    }

    public Node Node => _node;

    public override void Run(Frame frame)
    {
        var inputs = new Literal[Reads.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            TensorData tensor = frame.Take(Reads[i], _layouts[i]);
            inputs[i] = tensor.ToLiteral();
            tensor.Release();
        }
        var interpreter = new Interpreter { Output = HostOutput.Writer, Cancellation = frame.Context.Cancellation };
        Literal[] results = interpreter.Run(_node, inputs, _sizeOf);
        for (int i = 0; i < Writes.Count; i++) frame.Set(Writes[i], frame.Device.From(results[i]));
    }

    public override string Describe() => $"host {_node.Op.Name} ({string.Join(", ", Reads.Select(slot => $"s{slot}"))}) -> ({string.Join(", ", Writes.Select(slot => $"s{slot}"))})";
}

/// <summary>Takes a variable's tensor as it is now.</summary>
internal sealed class ReadVariableStep : Step
{
    private readonly VariableResource _variable;
    private readonly TensorLayout _layout;

    public ReadVariableStep(VariableResource variable, int slot, TensorLayout layout)
    {
        _variable = variable;
        _layout = layout;
        Writes = [slot];
    }

    public override void Run(Frame frame)
    {
        TensorData data = _variable.Read();
        frame.Set(Writes[0], data);
        if (!data.IsOn(frame.Device)) throw frame.Device.Mixed($"read_variable: variable {_variable}", data, data.Device!);
        if (data.Layout != _layout)
        {
            throw new GraphException(
                DiagnosticIds.ShapeMismatch, $"read_variable: variable {_variable} is {data.Type}, the graph was compiled for {_layout.Type}",
                "Keep the variable's shape, or make the size of that axis an argument's size.");
        }
    }

    public override string Describe() => $"read {_variable} -> s{Writes[0]}";
}

/// <summary>Takes the state of a random generator, which moves on in the same step.</summary>
internal sealed class AdvanceRandomStep : Step
{
    private readonly VariableResource _variable;
    private readonly TensorLayout _layout;

    public AdvanceRandomStep(VariableResource variable, int blocks, TensorLayout layout, int slot)
    {
        _variable = variable;
        _layout = layout;
        Reads = [blocks];
        Writes = [slot];
    }

    public override void Run(Frame frame)
    {
        TensorData blocks = frame.Take(Reads[0], _layout);
        frame.Set(Writes[0], _variable.AdvanceRandom(blocks.ToLiteral().GetLong(0)));
        blocks.Release();
    }

    public override string Describe() => $"advance {_variable} by s{Reads[0]} -> s{Writes[0]}";
}

/// <summary>Makes a tensor the variable's value.</summary>
internal sealed class AssignVariableStep : Step
{
    private readonly VariableResource _variable;
    private readonly TensorLayout _layout;

    public AssignVariableStep(VariableResource variable, int slot, TensorLayout layout)
    {
        _variable = variable;
        _layout = layout;
        Reads = [slot];
    }

    public override void Run(Frame frame) => _variable.Assign(frame.Take(Reads[0], _layout));

    public override string Describe() => $"assign {_variable} = s{Reads[0]}";
}
