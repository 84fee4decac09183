using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// A variable whose value stays on the device. An assignment replaces the tensor; it never writes into it, so tensors read
/// before keep their value. The memory of the old one is free again once nobody holds it.
/// </summary>
public sealed class VariableResource(string name, TensorType type) : Resource(name, ResourceKind.Variable, type)
{
    // Elements that are updated faster than a call is made.
    private const int ShortUpdate = 1 << 12;

    private readonly Lock _gate = new();
    private TensorData? _data;
    private long _assignments;

    /// <summary>How often it was assigned.</summary>
    internal long Assignments => Volatile.Read(ref _assignments);

    /// <inheritdoc/>
    public override Literal Advance(long blocks)
    {
        TensorData before = AdvanceRandom(blocks);
        Literal copy = before.ToLiteral();
        before.Release();
        return copy;
    }

    /// <summary>The tensor of another library that has the same value; null for most.</summary>
    internal VariableMirror? Mirror { get; set; }

    /// <summary>Its place in the order of calls.</summary>
    internal VariableUses Uses { get; } = new();

    /// <summary>The current value; null before the first assignment.</summary>
    public TensorData? Value
    {
        get => _data is null ? null : Read();
        set
        {
            Assign(value?.Keep());
        }
    }

    /// <summary>The device of the value; null before the first assignment, and for text.</summary>
    public Device? Device => _data?.Device;

    /// <inheritdoc/>
    public override Literal? HostValue
    {
        get
        {
            if (Value is not { } value) return null;
            Literal copy = value.ToLiteral();
            value.Release();
            return copy;
        }
        set => Assign(value is null ? null : (_data?.Device ?? Device.Current).From(value));
    }

    /// <summary>Runs an op on it, or queues it where calls that use the variable are not finished.</summary>
    internal TensorData[] Run(Device device, OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        if (op == OpDefs.AssignVariable && Type != inputs[0].Type) GraphBuilder.Infer(op, [inputs[0].Type], attrs);
        VariableUse use = VariableProgram.UseOf(op);
        if (use == VariableUse.Read && Uses.IsFree(use)) return [Read()];
        if (inputs.IsEmpty || inputs[0].IsReady)
        {
            using Lock.Scope order = QueuedCall.Order.EnterScope();
            if (Uses.IsFree(use)) return Run(op, inputs);
        }
        device = _data?.Device ?? device;
        bool moves = op == OpDefs.AssignVariable && !inputs[0].IsOn(device);
        return DeviceStream.Current(device).Call(new VariableProgram(this, device, op, moves), inputs);
    }

    /// <summary>Assigns an op's result on its value and an operand, as one step in the order of its uses.</summary>
    /// <exception cref="GraphException">TG2001 or TG2002 when the result is of another type.</exception>
    public void Update(OpDef op, TensorData operand)
    {
        TensorType type = Type!.Value;
        if (operand.Type != type)
        {
            TensorType result = GraphBuilder.Infer(op, [type, operand.Type], Attrs.Empty)[0];
            if (result != type) GraphBuilder.Infer(OpDefs.AssignVariable, [result], Attrs.Of("var", this));
        }
        Device device = _data?.Device ?? Device.Current;
        if (!operand.IsOn(device)) throw device.Mixed($"{op.Name}: variable {this}", operand, operand.Device!);
        // What is short and waits for nothing needs no call of its own.
        if (type.Shape.ElementCount.Value <= ShortUpdate && operand.IsReady)
        {
            using Lock.Scope order = QueuedCall.Order.EnterScope();
            if (Uses.IsFree(VariableUse.Write) && _data is { IsReady: true })
            {
                TensorData value = Read();
                Assign(device.RunSingle(op, Attrs.Empty, value, operand));
                value.Release();
                return;
            }
        }
        DeviceStream.Current(device).Call(new UpdateProgram(this, device, op, null), [operand]);
    }

    /// <summary>Runs C# code that reads and assigns it, as one step in the order of its uses.</summary>
    public void Update(Action update)
    {
        Device device = _data?.Device ?? Device.Current;
        DeviceStream.Current(device).Call(new UpdateProgram(this, device, null, update), []);
    }

    /// <summary>Runs an op on it now.</summary>
    internal TensorData[] Run(OpDef op, ReadOnlySpan<TensorData> inputs)
    {
        if (op == OpDefs.ReadVariable) return [Read()];
        if (op == OpDefs.AdvanceRandom) return [AdvanceRandom(inputs[0].ToLiteral().GetLong(0))];
        Value = inputs[0];
        return [];
    }

    /// <summary>The value, with one more holder.</summary>
    internal TensorData Read()
    {
        lock (_gate)
        {
            TensorData data = _data ?? throw new GraphException(
                DiagnosticIds.VariableCreation, $"read_variable: variable {this} has no value", "Assign it before it is read.");
            data.Retain();
            return data;
        }
    }

    /// <summary>True where the value is in a buffer.</summary>
    internal bool IsIn(Buffer buffer)
    {
        lock (_gate) return _data is { IsReady: true } data && data.Buffer == buffer;
    }

    /// <summary>The state of a random generator, with one more holder; it moves on in the same step.</summary>
    internal TensorData AdvanceRandom(long blocks)
    {
        lock (_gate)
        {
            TensorData before = Read();
            Assign((before.Device ?? Device.Current).From(OpDefs.Advanced(before.ToLiteral(), blocks)));
            return before;
        }
    }

    /// <summary>Takes over a tensor unless there were other assignments; false where there were.</summary>
    internal bool TryAssign(TensorData data, long assignments)
    {
        TensorData? old;
        lock (_gate)
        {
            if (_assignments != assignments) return false;
            old = _data;
            _data = data;
            _assignments++;
        }
        old?.Release();
        return true;
    }

    /// <summary>Takes over a tensor, with its holder.</summary>
    internal void Assign(TensorData? data)
    {
        TensorData? old;
        lock (_gate)
        {
            old = _data;
            _data = data;
            _assignments++;
        }
        old?.Release();
    }
}
