using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>One run of a function of <see cref="Ops.OnDevice{T}"/> op by op.</summary>
internal sealed class Placement(Device device)
{
    // A tensor that is read often is copied once.
    private readonly Dictionary<Tensor, Tensor> _copies = new(ReferenceEqualityComparer.Instance);
    private Device? _around;

    /// <summary>The tensor arrays that it changes: their elements come back too.</summary>
    public HashSet<TensorArray> Arrays { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The one in force.</summary>
    public static Placement? Current => (Placement?)TensorGraphOptions.CurrentPlacement;

    /// <summary>The name by which a graph refers to a device.</summary>
    /// <exception cref="GraphException">TG5004 when no device of that name is registered, or another one.</exception>
    public static string NameOf(Device device) => Devices.All.FirstOrDefault(known => known.Name == device.Name) == device
        ? device.Name
        : throw new GraphException(
        DiagnosticIds.UnknownDevice, $"device '{device.Name}' is not registered, so a graph can't refer to it",
        "Call Devices.Register(device) once, with a name that no other device has.", SourceSpan.Capture());

    /// <summary>Runs the function; results go to where the first tensor came from that was copied.</summary>
    public T Run<T>(Func<T> body)
    {
        T result;
        var outside = TensorGraphOptions.Current;
        var back = Device.Current;
        using ((outside with { Device = device, Placement = this, RunImperatively = true }).Use())
            result = body();
        back = _around ?? back;
        foreach (var array in Arrays)
            array.State = array.State.With([.. array.State.Leaves.Select(leaf => leaf.To(back))]);
        return Structure.Restore(result, [.. Structure.Flatten(result, "on_device", "the result").Select(part => part.Value.To(back))]);
    }

    /// <summary>The inputs of an op where it runs: the device, or that of its variable.</summary>
    public ReadOnlySpan<Tensor> Move(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        if (op == OpDefs.ToDevice)
            return inputs;
        var target = attrs.Find("var") is VariableResource variable ? variable.Device ?? device : device;
        var moved = new Tensor[inputs.Length];
        for (int i = 0; i < moved.Length; i++)
            moved[i] = inputs[i].Device is { } from && from != target ? Copy(inputs[i], from, target) : inputs[i];
        return moved;
    }

    /// <summary>Inputs of a node that is not made as an op is, where the placement in force runs it.</summary>
    public static Tensor[] Gather(Tensor[] inputs) =>
        Current is { } placement ? placement.Move(OpDefs.Call, Attrs.Empty, inputs).ToArray() : inputs;

    private Tensor Copy(Tensor tensor, Device from, Device target)
    {
        if (target != device)
            return tensor.To(target);
        lock (_copies)
        {
            _around ??= from;
            if (!_copies.TryGetValue(tensor, out var copy))
                _copies[tensor] = copy = tensor.To(target);
            return copy;
        }
    }
}
