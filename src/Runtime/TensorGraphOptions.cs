using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Settings. Those of the process are <see cref="Default"/>; <see cref="Use"/> sets others for a flow of control: what runs until the scope is
/// disposed, and the tasks that it starts.
/// </summary>
public sealed record TensorGraphOptions
{
    private static readonly AsyncLocal<Scope?> Innermost = new();
    private static TensorGraphOptions s_default = new();
    private static volatile bool s_isScoped;
    private static volatile bool s_isCancellable;
    private static volatile bool s_isPlaced;

    private readonly bool? _runImperatively;
    private readonly int? _unrollLimit;
    private readonly TextWriter? _output;
    private readonly TextWriter? _warnings;

    /// <summary>The settings of the process.</summary>
    public static TensorGraphOptions Default
    {
        get => s_default;
        set => s_default = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>The settings of this flow of control.</summary>
    public static TensorGraphOptions Current => s_isScoped ? Innermost.Value?.Options ?? s_default : s_default;

    /// <summary>
    /// The device for new tensors and for ops without tensors; null for the one that <c>TENSORGRAPH_DEVICE</c> names, else the managed one.
    /// </summary>
    public Device? Device { get; init; }

    /// <summary>Takes the calls on its device; null for the device's own, <see cref="Device.Stream"/>.</summary>
    public DeviceStream? Stream { get; init; }

    /// <summary>Those of other devices, one for each.</summary>
    internal ImmutableList<DeviceStream> OtherStreams { get; init; } = [];

    /// <summary>
    /// Runs every graph function as plain C#, op by op: breakpoints hit, nothing is traced. True, unless set, in a process without dynamic code.
    /// </summary>
    public bool RunImperatively
    {
        get => _runImperatively ?? !RuntimeFeature.IsDynamicCodeSupported;
        init => _runImperatively = value;
    }

    /// <summary>
    /// True: a call of a graph function that takes long returns before its work is done, see <see cref="DeviceStream"/>. False: each call is finished
    /// when it returns.
    /// </summary>
    public bool IsAsynchronous { get; init; } = true;

    /// <summary>Stops calls and loops of graphs with <see cref="OperationCanceledException"/>, at loop heads and between kernels.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Most concrete functions that one function of one instance keeps; the least recently used one goes first.</summary>
    public int ConcreteFunctionLimit { get; init; } = 64;

    /// <summary>
    /// A C# loop that records more nodes than this while tracing is reported as TG6001; 0 reports none. <c>TENSORGRAPH_UNROLL</c>, unless set.
    /// </summary>
    public int UnrollLimit
    {
        get => _unrollLimit ?? Math.Max(0, Flags.Number("UNROLL"));
        init => _unrollLimit = value;
    }

#pragma warning disable RS0030 // This is the one place that may name the console.

    /// <summary>Takes what <c>print</c> writes: the console, unless set.</summary>
    public TextWriter Output
    {
        get => _output ?? Console.Out;
        init => _output = value;
    }

    /// <summary>Takes warnings that no handler takes: the standard error stream, unless set.</summary>
    public TextWriter Warnings
    {
        get => _warnings ?? Console.Error;
        init => _warnings = value;
    }

#pragma warning restore RS0030

    /// <summary>The placement in force that ops obey; null for most programs.</summary>
    internal static object? CurrentPlacement => s_isPlaced ? Current.Placement : null;

    /// <summary>Sends all ops to one device, whatever their inputs.</summary>
    internal object? Placement { get; init; }

    /// <summary>Makes these the settings of this flow of control, until the result is disposed.</summary>
    public IDisposable Use()
    {
        s_isScoped = true;
        s_isCancellable |= Cancellation.CanBeCanceled;
        s_isPlaced |= Placement is not null;
        return Innermost.Value = new Scope(this, Innermost.Value);
    }

    /// <summary>Throws when this flow of control is cancelled.</summary>
    /// <exception cref="OperationCanceledException">It is.</exception>
    public static void ThrowIfCancelled()
    {
        if (s_isCancellable) Current.Cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Changes a setting where it is in force: in the innermost scope, else in the process.</summary>
    public static void Change(Func<TensorGraphOptions, TensorGraphOptions> change)
    {
        if (Innermost.Value is { } scope) scope.Options = change(scope.Options);
        else Default = change(Default);
    }

    private sealed class Scope(TensorGraphOptions options, Scope? outer) : IDisposable
    {
        private bool _isClosed;

        public TensorGraphOptions Options { get; set; } = options;

        private Scope? Outer => outer;

        // Scopes may be closed in any order, and twice.
        public void Dispose()
        {
            _isClosed = true;
            while (Innermost.Value is { _isClosed: true } closed) Innermost.Value = closed.Outer;
        }
    }
}
