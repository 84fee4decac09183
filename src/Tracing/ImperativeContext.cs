using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Runs each op at once. Nodes are made only while a tape is open: then an op goes through <see cref="ImperativeBuilder"/>, which runs the node
/// and shows it to the tapes, so that gradient rules and user code take the same path.
/// </summary>
internal sealed partial class ImperativeContext : ExecutionContext
{
    private static readonly AsyncLocal<ImperativeContext?> Recording = new();
    private static readonly ImperativeContext Plain = new();
    private static volatile bool s_hasTapes;

    private readonly ImperativeContext? _around;
    private ImperativeBuilder? _build;
    private int _keepers;

    /// <summary>A context without tapes.</summary>
    public ImperativeContext()
    {
    }

    /// <summary>The context of a checkpointed block, which notes its ops.</summary>
    /// <param name="around">The context of the code around the block.</param>
    public ImperativeContext(ImperativeContext around) => (_around, Log) = (around, []);

    /// <summary>The ops so far, in a checkpointed block.</summary>
    public List<Node>? Log { get; }

    public override bool Notes => Log is not null;

    /// <summary>True when a tape records what runs, or a checkpointed block notes it.</summary>
    public bool IsRecording => Notes || (Tapes.Length > 0 && HasOpenTape() && Tapes.Any(tape => tape.IsRecording));

    public override IEnumerable<Tensor> WatchedTensors =>
        _around is null ? base.WatchedTensors : base.WatchedTensors.Concat(_around.WatchedTensors);

    /// <summary>The context that runs the nodes of a builder.</summary>
    public static ImperativeContext Of(GraphBuilder build) => ((ImperativeBuilder)build).Context;

    /// <summary>The context of this flow of control.</summary>
    public static ImperativeContext OfFlow => s_hasTapes ? Recording.Value ?? Plain : Plain;

    /// <summary>
    /// The context of this flow of control, for one more tape. It is a new one unless tapes are open: flows that were started before do not see it.
    /// </summary>
    public static ImperativeContext OfFlowForTape
    {
        get
        {
            s_hasTapes = true;
            if (Recording.Value is { } context && context.HasOpenTape())
                return context;
            return Recording.Value = new ImperativeContext();
        }
    }

    public override GraphBuilder Builder => _build ?? MakeBuild();

    /// <summary>Runs code that the tapes of this flow of control do not see, nor what tasks do that it starts.</summary>
    public static T WithoutTapes<T>(Func<T> code)
    {
        if (!s_hasTapes || Recording.Value is not { } context)
            return code();
        Recording.Value = null;
        try
        {
            return code();
        }
        finally
        {
            Recording.Value = context;
        }
    }

    public override Tensor[] Run(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        TensorGraphOptions.ThrowIfCancelled();
        if (Placement.Current is { } placement)
            inputs = placement.Move(op, attrs, inputs);
        if (Notes || (Tapes.Length > 0 && HasOpenTape()))
            return RunRecorded(op, attrs, inputs);
        var data = DataOf(inputs);
        TensorData[] results = Meet(inputs, data, HomeOf(op, attrs)).Run(op, attrs, data);
        bool isFree = IsFree(op, inputs);
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(results[i], isFree);
        return tensors;
    }

    public override Tensor RunSingle(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        TensorGraphOptions.ThrowIfCancelled();
        if (Placement.Current is { } placement)
            inputs = placement.Move(op, attrs, inputs);
        if (Notes || (Tapes.Length > 0 && HasOpenTape()))
            return RunRecorded(op, attrs, inputs)[0];
        switch (inputs.Length)
        {
            case 1:
                var x = Data(inputs[0]);
                return new Tensor((x.Device ?? Device.Current).RunSingle(op, attrs, x), IsFree(op, inputs));
            case 2 when inputs[0].Device == inputs[1].Device:
                TensorData a = Data(inputs[0]), b = Data(inputs[1]);
                return new Tensor((a.Device ?? Device.Current).RunSingle(op, attrs, a, b), IsFree(op, inputs));
            default:
                var data = DataOf(inputs);
                return new Tensor(Meet(inputs, data).RunSingle(op, attrs, data), IsFree(op, inputs));
        }
    }

    /// <summary>Takes a node that has run, with its results.</summary>
    public void Take(Node node, ReadOnlySpan<Tensor> results) => ((ImperativeBuilder)Builder).Take(node, results);

    public override Tensor TensorOf(Value value) => ((ImperativeBuilder)Builder).TensorOf(value);

    public override Value ValueOf(Tensor tensor) => ((ImperativeBuilder)Builder).ValueOf(tensor);

    // With another tape open since then the values are still there: it is the same builder.
    public override void Restore(GraphBuilder build)
    {
        using var alone = Gate.EnterScope();
        _build = (ImperativeBuilder)build;
    }

    public override void Release()
    {
        using var alone = Gate.EnterScope();
        if (Tapes.Length == 0 && _keepers == 0)
            _build = null;
    }

    public override void Hold(GraphBuilder build, TapeRecord tape)
    {
        using var alone = Gate.EnterScope();
        ((ImperativeBuilder)build).Tapes.Add(tape);
    }

    public override void LetGo(GraphBuilder build, TapeRecord tape)
    {
        using var alone = Gate.EnterScope();
        ((ImperativeBuilder)build).Tapes.Remove(tape);
        ((ImperativeBuilder)build).FreeUnneeded();
    }

    public override Keeping KeepValues()
    {
        using var alone = Gate.EnterScope();
        _keepers++;
        var build = Builder;
        ((ImperativeBuilder)build).Keepers++;
        return new(this, build);
    }

    protected override void EndKeeping(GraphBuilder build)
    {
        using var alone = Gate.EnterScope();
        _keepers--;
        ((ImperativeBuilder)build).Keepers--;
        ((ImperativeBuilder)build).FreeUnneeded();
        Release();
    }

    private ImperativeBuilder MakeBuild()
    {
        using var alone = Gate.EnterScope();
        return _build ??= new ImperativeBuilder(this);
    }

    // A tape that another thread disposed of is still here. Flows that share tapes take turns.
    private bool HasOpenTape()
    {
        bool isOneLost = false;
        foreach (var tape in Tapes)
        {
            if (!tape.IsClosed)
                continue;
            tape.Detach();
            isOneLost |= tape.IsLost;
        }

        if (isOneLost)
            ForgetLost();
        return Tapes.Length > 0;
    }

    private void ForgetLost()
    {
        using var alone = Gate.EnterScope();
        _build?.ForgetLost();
    }

    private Tensor[] RunRecorded(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        using var values = KeepValues();
        var arguments = new Value[inputs.Length];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = ValueOf(inputs[i]);
        var node = Builder.Emit(op, attrs, arguments);
        var results = new Tensor[node.Types.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = TensorOf(node[i]);
        return results;
    }

    /// <summary>
    /// The device of an op or a graph: that of its inputs. Those that are free are copied there; if all are, the first one's device decides.
    /// </summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="data">Their data.</param>
    /// <param name="home">The device of a variable that takes them.</param>
    public static Device Meet(ReadOnlySpan<Tensor> inputs, Span<TensorData> data, Device? home = null)
    {
        var device = home ?? DeviceOf(data, []);
        foreach (var item in data)
        {
            if (!item.IsOn(device))
                return Meet(data, [.. inputs.ToArray().Select(input => input.IsFree)], home);
        }

        return device;
    }

    private static Device Meet(Span<TensorData> data, ReadOnlySpan<bool> isFree, Device? home)
    {
        var device = home ?? DeviceOf(data, isFree);
        for (int i = 0; i < data.Length; i++)
        {
            if (isFree[i] && !data[i].IsOn(device))
                data[i] = device.Copy(data[i]);
        }

        return device;
    }

    private static Device DeviceOf(ReadOnlySpan<TensorData> data, ReadOnlySpan<bool> isFree)
    {
        Device? first = null;
        for (int i = 0; i < data.Length; i++)
        {
            if (data[i].Device is not { } device)
                continue;
            first ??= device;
            if (i >= isFree.Length || !isFree[i])
                return device;
        }

        return first ?? Device.Current;
    }

    // A variable stays where it is when a number is assigned, unless its device is lost.
    private static Device? HomeOf(OpDef op, Attrs attrs) =>
        op == OpDefs.AssignVariable && attrs.Get<VariableResource>("var").Device is { IsLost: false } home ? home : null;

    private static bool IsFree(OpDef op, ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
        {
            if (!input.IsFree)
                return false;
        }

        // The state of a generator is on some device; the numbers that it gives belong to none.
        return op.Effects is null || op == OpDefs.AdvanceRandom;
    }

    private static TensorData[] DataOf(ReadOnlySpan<Tensor> tensors)
    {
        var data = new TensorData[tensors.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = Data(tensors[i]);
        return data;
    }

    private static TensorData Data(Tensor tensor) => tensor.Trace is null ? tensor.Data : throw EscapedTensorException.For(tensor);
}
