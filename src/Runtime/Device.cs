using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorGraph.Backends;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>
/// A holder of tensors that runs graphs: it owns memory, compiles graphs and runs single ops. An op runs on the device of its inputs; one without
/// tensors runs on <see cref="Current"/>.
/// </summary>
public abstract class Device
{
    private static Device? s_first;

    private volatile string? _loss;

    private readonly ConditionalWeakTable<Region, Executable> _regions = [];

    // Those beside its own, as long as somebody has them.
    private readonly ConditionalWeakTable<DeviceStream, object?> _streams = [];

    /// <summary>A device of that name.</summary>
    protected Device(string name)
    {
        Name = name;
        Stream = new DeviceStream(this);
    }

    /// <summary>Name in messages and of flag <c>TENSORGRAPH_DEVICE</c>.</summary>
    public string Name { get; }

    /// <summary>Takes the calls of all flows of control that do not choose another one.</summary>
    public DeviceStream Stream { get; }

    /// <summary>False when this machine does not have it.</summary>
    public virtual bool IsAvailable => true;

    /// <summary>True when it was declared lost.</summary>
    public bool IsLost => _loss is not null;

    /// <summary>Memory that its tensors take and that it keeps; zeros for a device that does not count.</summary>
    public virtual MemoryStatistics MemoryStatistics => default;

    /// <summary>
    /// The most bytes that it takes for tensors, live and free: what needs more fails with TG5002. None unless set; a device that does not count has
    /// none.
    /// </summary>
    /// <exception cref="GraphException">TG2004 when it is negative.</exception>
    public virtual long MemoryLimit
    {
        get;
        set => field = CheckedLimit(value);
    } = long.MaxValue;

    internal static long CheckedLimit(long bytes) => bytes >= 0 ? bytes : throw new GraphException(
        DiagnosticIds.OutOfRange, $"memory_limit: {bytes} is no number of bytes", "Set 0 or more; long.MaxValue is no limit.", Ir.SourceSpan.Capture());

    /// <summary>Work that it has been given so far; null for a device whose calls are finished when they return.</summary>
    internal virtual IDeviceWork? Work => null;

    /// <summary>Runs an action on a tensor in memory of the caller, where a result is wanted; on null for a device that can't write there.</summary>
    internal virtual void WithDestination<T>(TensorLayout layout, Span<T> memory, Action<TensorData?> run)
        where T : unmanaged => run(null);

    /// <summary>The device of the process where no other is chosen: the one that <c>TENSORGRAPH_DEVICE</c> names, else the managed one.</summary>
    public static Device Default
    {
        get => Of(TensorGraphOptions.Default);
        set => TensorGraphOptions.Default = TensorGraphOptions.Default with { Device = value };
    }

    /// <summary>The device for new tensors and for ops without tensors, in this flow of control.</summary>
    public static Device Current => Of(TensorGraphOptions.Current);

    /// <summary>Makes a device current in this flow of control, until the result is disposed.</summary>
    public static IDisposable Use(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return (TensorGraphOptions.Current with { Device = device }).Use();
    }

    /// <summary>
    /// Declares it lost for good: by the device itself when its hardware fails, or by a program that gives it up. Its tensors and calls, those that
    /// run or are queued too, fail with TG5006; other devices go on.
    /// </summary>
    /// <param name="reason">For messages.</param>
    public void Lose(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _loss ??= reason;
    }

    /// <summary>Throws when it is lost.</summary>
    /// <exception cref="GraphException">TG5006.</exception>
    internal void ThrowIfLost(string user, Exception? cause = null)
    {
        if (_loss is not null) throw Lost(user, cause);
    }

    /// <summary>Compiles a graph for all sizes of its symbolic dims. Passes that optimise are the caller's.</summary>
    public abstract Executable Compile(Ir.Graph graph);

    /// <summary>A stream of its own: what is called on it may run beside the calls on others.</summary>
    public DeviceStream CreateStream()
    {
        var stream = new DeviceStream(this);
        _streams.Add(stream, null);
        return stream;
    }

    /// <summary>
    /// Waits until all calls that were queued so far, on any of its streams, are finished, and until the device has done what they gave it.
    /// </summary>
    /// <exception cref="GraphException">A call failed, and nothing has told the program; TG5006 when the device has.</exception>
    public void Synchronize()
    {
        DeviceStream[] streams = Streams;
        foreach (DeviceStream stream in streams) stream.Record().Wait();
        foreach (DeviceStream stream in streams) stream.ThrowFailure();
    }

    /// <summary>Waits without blocking a thread; else as <see cref="Synchronize"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the calls go on.</exception>
    public async Task SynchronizeAsync(CancellationToken cancellation = default)
    {
        DeviceStream[] streams = Streams;
        await Task.WhenAll(streams.Select(stream => stream.Record().WaitAsync(cancellation))).ConfigureAwait(false);
        foreach (DeviceStream stream in streams) stream.ThrowFailure();
    }

    /// <summary>Runs an op; one tensor for each result. With inputs that are not there yet it is queued.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op (TG2xxx) or are on several devices (TG5001).</exception>
    public TensorData[] Run(OpDef op, Attrs attrs, params ReadOnlySpan<TensorData> inputs)
    {
        ThrowIfLost(op.Name);
        if (op.Effects is null)
        {
            SpecializedProgram program = Specialize(op, attrs, inputs);
            return TensorData.AreReady(inputs) ? program.Run(inputs) : DeviceStream.Current(this).Call(program, inputs);
        }
        return attrs.Find("var") is VariableResource variable ? variable.Run(this, op, attrs, inputs) : Specialize(op, attrs, inputs).Run(inputs);
    }

    /// <summary>Runs an op of one result without the array.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op (TG2xxx) or are on several devices (TG5001).</exception>
    public TensorData RunSingle(OpDef op, Attrs attrs, params ReadOnlySpan<TensorData> inputs)
    {
        ThrowIfLost(op.Name);
        if (op.Effects is null && TensorData.AreReady(inputs)) return RunPure(op, attrs, inputs);
        if (op == OpDefs.ReadVariable && attrs.Find("var") is VariableResource variable && variable.Uses.IsFree(VariableUse.Read)) return variable.Read();
        return Run(op, attrs, inputs)[0];
    }

    /// <summary>Runs a region as a graph of its own, as <c>call</c> does. It is optimised and compiled once.</summary>
    public TensorData[] Run(Region region, ReadOnlySpan<TensorData> inputs) =>
        _regions.GetValue(region, called => Compile(Pipeline.Run(new Ir.Graph("call", called)).Graph)).Call(inputs);

    /// <summary>A tensor with copies of a host value's elements.</summary>
    public TensorData From(Literal literal)
    {
        TensorData result = Allocate(TensorLayout.Of(literal.Type));
        if (result.Strings is { } strings) literal.Data.CopyTo(strings, 0);
        else foreach (var (offset, count) in literal.Parts()) result.Buffer.Write(result.Offset + offset, literal.Bytes(offset, count));
        return result;
    }

    /// <summary>A value of the specification here. A list is a literal too there, its elements one after the other.</summary>
    /// <param name="literal">The value.</param>
    /// <param name="declared">Its type in the graph. A list keeps that, with the sizes that the run found.</param>
    internal TensorData FromHost(Literal literal, TensorType declared)
    {
        if (!declared.IsList) return From(literal);
        var elements = new TensorData[literal.Type.Shape[0].Value];
        for (int i = 0; i < elements.Length; i++) elements[i] = FromHost(literal.Entry(i), declared.Element);
        return new TensorData(TensorLayout.Of(literal.Type.Element.List), new ListBuffer(this, new TensorList(elements)));
    }

    /// <summary>A tensor with copies of elements.</summary>
    public TensorData From<T>(TensorType type, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        if (type.DType.Clr() != typeof(T) || type.Shape.ElementCount.Value != elements.Length)
            throw new ArgumentException($"{elements.Length} elements of {typeof(T).Name} can't fill {type}", nameof(elements));
        TensorData result = Allocate(TensorLayout.Of(type));
        // Bytes of a span end at 2 GB.
        const int Part = 1 << 27;
        for (int i = 0; i < elements.Length; i += Math.Min(Part, elements.Length - i))
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(elements.Slice(i, Math.Min(Part, elements.Length - i)));
            result.Buffer.Write(result.Offset + (long)i * Unsafe.SizeOf<T>(), bytes);
        }
        return result;
    }

    /// <summary>The tensor on this device: itself, or a copy.</summary>
    public virtual TensorData Copy(TensorData tensor)
    {
        if (tensor.Device is null || tensor.Device == this) return tensor;
        if (!tensor.IsReady && !tensor.Type.IsList) return DeviceStream.Current(this).Call(new CopyProgram(this, tensor.Layout), [tensor])[0];
        if (tensor.List is not { } list) return From(tensor.ToLiteral());
        var elements = new TensorData[list.Count];
        for (int i = 0; i < elements.Length; i++) elements[i] = Copy(list[i]);
        return new TensorData(tensor.Layout, new ListBuffer(this, new TensorList(elements)));
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>The program of an op that is no access to a variable, for inputs like these.</summary>
    protected abstract SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs);

    /// <summary>Runs an op of one result that has no effects, on inputs that are there.</summary>
    protected virtual TensorData RunPure(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) => Specialize(op, attrs, inputs).Run(inputs)[0];

    /// <summary>Memory for elements that are not text.</summary>
    protected abstract TensorData AllocateElements(TensorLayout layout);

    /// <summary>The tensor on this device, which takes over the holder.</summary>
    internal TensorData Take(TensorData tensor)
    {
        TensorData copy = Copy(tensor);
        if (!ReferenceEquals(copy, tensor)) tensor.Release();
        return copy;
    }

    /// <summary>A tensor whose elements are yet to be written by the caller.</summary>
    internal TensorData Allocate(TensorLayout layout)
    {
        if (layout.Type.DType == DType.String) return new TensorData(layout, new TextBuffer(new string[layout.Count]));
        ThrowIfLost("allocate");
        return AllocateElements(layout);
    }

    /// <summary>Throws unless all tensors are on this device.</summary>
    internal void Check(string user, ReadOnlySpan<TensorData> inputs)
    {
        foreach (TensorData input in inputs)
        {
            if (!input.IsOn(this)) throw Mixed(user, input, input.Device!);
        }
    }

    internal GraphException Mixed(string user, TensorData tensor, Device other) => new(
        DiagnosticIds.MixedDevices, $"{user}: runs on device '{Name}' and got a {tensor.Type} that is on device '{other.Name}'",
        "Copy it first: tensor.To(device), or make both under the same Device.Use.", SourceSpan.Capture());

    private GraphException Lost(string user, Exception? cause) => new(
        DiagnosticIds.DeviceLost, $"{user}: device '{Name}' is lost: {_loss}",
        "Go on with another device: using (Device.Use(other)), with tensors and variables that are made there.", SourceSpan.Capture(), cause);

    private DeviceStream[] Streams => [Stream, .. _streams.Select(entry => entry.Key)];

    private static Device Of(TensorGraphOptions options) => options.Device ?? (s_first ??= First(options));

    private static Device First(TensorGraphOptions options)
    {
        string name = Flags.Get("DEVICE");
        if (RuntimeFeature.IsDynamicCodeSupported || name != Devices.Managed.Name) return Devices.Find(name);
        options.Warnings.WriteLine(
            "TensorGraph: this process can't make code (Native AOT), so ops run on the interpreter device, slowly, and graph functions as plain C#.");
        return Devices.Interpreter;
    }
}
