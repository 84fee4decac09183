using TensorGraph.Ir;

namespace TensorGraph.Backends.Commands;

/// <summary>An op without a kernel: its reference meaning, on copies of the tensors.</summary>
internal sealed record HostCommand(Node Node, int[] Inputs, TensorLayout[] Layouts, int[] Outputs, Func<string, long> SizeOf)
    : Command(Inputs, Outputs)
{
    public override string Describe() => $"host {Node.Op.Name} {Text(Inputs)} -> {Text(Outputs)}";
}

/// <summary>Runs a region on another device: inputs are copied there, results come back.</summary>
internal sealed record OnDeviceCommand(string Device, Region Region, int[] Inputs, TensorLayout[] Layouts, int[] Outputs, Func<string, long> SizeOf)
    : Command(Inputs, Outputs)
{
    public override string Describe() => $"on {Device} {Text(Inputs)} -> {Text(Outputs)}";
}

/// <summary>Takes a variable's tensor as it is now.</summary>
internal sealed record ReadVariableCommand(VariableResource Variable, int Result, TensorLayout Layout) : Command([], [Result])
{
    public override string Describe() => $"read {Variable} -> s{Result}";

    /// <summary>Throws unless the variable's value is on the device, with the sizes that the graph was compiled for.</summary>
    /// <exception cref="GraphException">TG5001 or TG2001.</exception>
    public void Check(Device device, TensorData value)
    {
        if (!value.IsOn(device)) throw device.Mixed($"read_variable: variable {Variable}", value, value.Device!);
        if (value.Layout == Layout) return;
        throw new GraphException(
            DiagnosticIds.ShapeMismatch, $"read_variable: variable {Variable} is {value.Type}, the graph was compiled for {Layout.Type}",
            "Keep the variable's shape, or make the size of that axis an argument's size.");
    }
}

/// <summary>Makes a tensor the variable's value.</summary>
internal sealed record AssignVariableCommand(VariableResource Variable, int Value, TensorLayout Layout) : Command([Value], [])
{
    public override string Describe() => $"assign {Variable} = s{Value}";
}

/// <summary>Takes the state of a random generator, which moves on in the same step.</summary>
internal sealed record AdvanceRandomCommand(VariableResource Variable, int Blocks, TensorLayout Layout, int Result) : Command([Blocks], [Result])
{
    public override string Describe() => $"advance {Variable} by s{Blocks} -> s{Result}";
}
