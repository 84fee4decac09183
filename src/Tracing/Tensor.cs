using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// A multi-dimensional array of one element type. Concrete when it has a value; symbolic while a graph function is traced, where it stands
/// for the value that a later run will have. Immutable.
/// </summary>
/// <example>
/// <code>
/// Tensor x = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
/// Console.WriteLine(x.Type); // f32[2, 3]
/// Console.WriteLine(x[1, 0]); // 4
/// Console.WriteLine((x * 10).Sum(0)); // [50, 70, 90]
/// Console.WriteLine(x[x &gt; 4]); // [5, 6]
/// </code>
/// </example>
[System.Diagnostics.DebuggerDisplay("{DebuggerText,nq}")]
public sealed partial class Tensor : IFormattable
{
    private TensorData? _data;

    internal Tensor(TensorData data, bool isFree = false)
    {
        _data = data;
        IsFree = isFree;
        Type = data.Type;
    }

    internal Tensor(Value value, TraceContext trace)
    {
        Value = value;
        Trace = trace;
        Type = trace.Sizes.See(value.Type);
    }

    /// <summary>
    /// Element type and shape. Sizes of a symbolic tensor are numbers to C# code, see <see cref="Dim"/>: a graph serves only calls in which what C#
    /// asks of them has the same answer.
    /// </summary>
    public TensorType Type { get; }

    /// <summary>Element type.</summary>
    public DType DType => Type.DType;

    /// <summary>Sizes of the axes.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>Number of axes.</summary>
    public int Rank => Type.Shape.Rank;

    /// <summary>True while the tensor stands for a value inside a graph.</summary>
    public bool IsSymbolic => Trace is not null;

    /// <summary>
    /// True for what is made of C# numbers and random numbers alone. Its device is chance: it goes to that of the tensor that it meets.
    /// </summary>
    internal bool IsFree { get; }

    internal Value Value { get; }

    internal TraceContext? Trace { get; }

    /// <summary>Set where each use must read the value anew; <see cref="Value"/> is the first one.</summary>
    internal TensorName? Named { get; init; }

    /// <summary>The value as it is here, as a tensor that names nothing.</summary>
    internal Tensor Unnamed => Named?.Read() ?? this;

    /// <summary>The type as the graph has it, for code of ours that handles names of sizes.</summary>
    internal TensorType GraphType => Trace is null ? Type : Value.Type;

    /// <summary>The device that holds the value; null for text, which is on the host whatever the device, and for a symbolic tensor.</summary>
    public Device? Device => _data?.Device;

    /// <summary>
    /// The tensor on a device: itself when it is there, else a copy. In a graph function it says where a result goes; <see cref="Ops.OnDevice{T}"/>
    /// says where ops run.
    /// </summary>
    /// <exception cref="GraphException">TG1002 for null; TG5004 in a graph or under a tape, where the device must have been registered.</exception>
    public Tensor To(Device device)
    {
        Check.NotNull(device);
        if (_data is null)
            return Dispatch.Run(OpDefs.ToDevice, Attrs.Of("device", Placement.NameOf(device)), this);
        if (_data.Device is not { } from)
            return this;
        if (from == device)
            return IsFree ? Settled(_data) : this;
        if (ExecutionContext.Current is { Notes: false } context && !context.Tapes.Any(tape => tape.Tracks(this)))
            return new(device.Copy(_data));
        return Dispatch.Run(OpDefs.ToDevice, Attrs.Of(("device", Placement.NameOf(device)), ("from", Placement.NameOf(from))), this);
    }

    private static Tensor Settled(TensorData data)
    {
        data.Retain();
        return new(data);
    }

    /// <summary>True when the value is there; false while the call that gives it is queued or runs, on its device too.</summary>
    public bool IsReady => _data is { IsReady: true } data && data.Buffer.Work is not { IsDone: false };

    /// <summary>Waits for the value without blocking a thread; <c>await tensor</c> does the same.</summary>
    /// <returns>The tensor itself.</returns>
    /// <exception cref="GraphException">TG1001 for a symbolic tensor; what the call failed of that had to give it.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first; the call goes on.</exception>
    public async Task<Tensor> ReadyAsync(CancellationToken cancellation = default)
    {
        var data = _data ?? throw NoValue("ready_async");
        Task there = data.Completion();
        if (!there.IsCompletedSuccessfully)
            await there.WaitAsync(cancellation).ConfigureAwait(false);
        data.Wait();
        return this;
    }

    /// <summary>Lets <c>await</c> wait for the value.</summary>
    public System.Runtime.CompilerServices.TaskAwaiter<Tensor> GetAwaiter() => ReadyAsync().GetAwaiter();

    /// <summary>True when another library may write to the value.</summary>
    internal bool IsBorrowed => _data is { } data && TensorData.AnyBorrowed([data]);

    internal TensorData Data => _data ?? throw NoValue("read");

    /// <summary>The elements in row-major order, as an array of the dtype's .NET type.</summary>
    /// <exception cref="GraphException">TG1001 for a symbolic tensor, TG5003 when there are more elements than an array can have.</exception>
    public Literal ToLiteral() => Data.ToLiteral();

    /// <summary>The elements in row-major order.</summary>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    /// <exception cref="GraphException">
    /// TG1001 for a symbolic tensor, TG2002 when the dtype differs, TG5003 when there are more elements than an array can have.
    /// </exception>
    public T[] ToArray<T>()
    {
        var data = ToLiteral().Data;
        if (data is not T[] typed || typeof(T) != DType.Clr())
            throw CannotRead("to_array", typeof(T));
        return typed;
    }

    /// <summary>The only element.</summary>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    /// <exception cref="GraphException">TG2001 when there is not exactly one element; else as for <see cref="ToArray{T}"/>.</exception>
    public T Item<T>()
    {
        T[] data = ToArray<T>();
        if (data.Length != 1)
            Throw.Shape("item", $"a {Type} has {data.Length} elements", "Reduce it, or index it, to one element.");
        return data[0];
    }

    /// <summary>The only element as a double, whatever the numeric dtype.</summary>
    public double ToDouble()
    {
        var literal = ToLiteral();
        if (literal.Count != 1)
            Throw.Shape("item", $"a {Type} has {literal.Count} elements", "Reduce it, or index it, to one element.");
        return literal.GetDouble(0);
    }

    /// <summary>A concrete tensor prints its values, a symbolic one its name, dtype and shape.</summary>
    public override string ToString() => ToString(null);

    /// <summary>
    /// The same with a format of C# for each number: <c>$"{x:f3}"</c>; with <c>$"{x:t}"</c> or <c>$"{x:tf3}"</c> the type comes after it. The culture
    /// does not matter.
    /// </summary>
    /// <exception cref="GraphException">TG2007 when the numbers have no such format.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider = null) => Trace is null
        ? _data is { } data ? TensorText.Print(data.ToLiteral(), format) : $"Tensor(disposed: {Type})"
        : $"Tensor({SymbolName()}: {GraphType})";

    // Never waits for a value, and records nothing about sizes.
    private string DebuggerText => Trace is not null ? ToString()
        : _data is not { } data ? $"disposed {Type}"
        : !data.IsReady ? $"{Type}, not ready"
        : data.Type.Shape.ElementCount.Value <= MostShown ? $"{Type} {data.ToLiteral()}" : Type.ToString();

    private const int MostShown = 100;

    // A size that only a run knows has a number that is another one in each trace.
    private string SymbolText() => FreshName().Replace(ToString(), "?");

    [System.Text.RegularExpressions.GeneratedRegex(@"\b_u\d+\b", System.Text.RegularExpressions.RegexOptions.CultureInvariant)]
    private static partial System.Text.RegularExpressions.Regex FreshName();

    private string SymbolName() => Value.Node.Op == OpDefs.Parameter ? Value.Node.Attrs.Get("name", "?") : Value.Node.Op.Name;

    internal GraphException SymbolicUse(string use) => new(
        DiagnosticIds.SymbolicAsValue, $"{use}: the symbolic tensor {SymbolText()} has no value while '{Trace?.Name}' is traced",
        use == Condition
            ? "This condition is in code that is not converted, such as a library or a delegate from outside: use Ops.Where, or write it in a method of this project that the graph function calls by its name."
            : "It gets one each time the graph runs: compute with tensors (a condition on a tensor becomes part of the graph), look at values with Ops.Print, run C# on them with Ops.HostCall, or read the result in the caller.",
        SourceSpan.Capture());

    // A tensor as the condition of an if or while.
    private const string Condition = "a condition";
}
