using System.Globalization;
using System.Text;

namespace TensorGraph.Backends.Managed;

/// <summary>What memory a slot has while a program runs.</summary>
internal enum SlotKind
{
    /// <summary>The caller's tensor.</summary>
    Input,

    /// <summary>A tensor that belongs to the program.</summary>
    Constant,

    /// <summary>A place in the arena, shared with other slots that live at other times.</summary>
    Arena,

    /// <summary>A block of its own, since it leaves the program or is shared with a variable or an inner program.</summary>
    Heap,

    /// <summary>A tensor that a step hands in: a variable's value, a result of an inner program, strings.</summary>
    Handed,
}

/// <summary>One value of a program.</summary>
internal sealed class Slot(SlotKind kind, TensorLayout layout)
{
    public SlotKind Kind { get; set; } = kind;
    public TensorLayout Layout { get; } = layout;
    public TensorData? Constant { get; init; }

    /// <summary>Place in the arena.</summary>
    public long Offset { get; set; }
}

/// <summary>One action of a program.</summary>
internal abstract class Step
{
    public IReadOnlyList<int> Reads { get; protected init; } = [];
    public IReadOnlyList<int> Writes { get; protected init; } = [];

    /// <summary>A slot in <see cref="Reads"/> whose memory this written slot may take, when it is read for the last time here.</summary>
    public virtual bool MayOverwrite(int read, int written) => false;

    public abstract void Run(Frame frame);

    /// <summary>One line for dumps.</summary>
    public abstract string Describe();
}

/// <summary>
/// A block lowered for one binding of its symbolic sizes: slots, the steps in order, and where results lie. Immutable and
/// free of run state, so several threads may run it.
/// </summary>
internal sealed class Program
{
    private Frame? _spare;

    public required ManagedDevice Device { get; init; }
    public required Slot[] Slots { get; init; }
    public required Step[] Steps { get; init; }

    /// <summary>Slots of the parameters.</summary>
    public required int[] Inputs { get; init; }

    /// <summary>Slots of the results, and the type under which each is seen: null for the tensor's own.</summary>
    public required (int Slot, TensorLayout? Layout)[] Results { get; init; }

    public required long ArenaBytes { get; init; }

    /// <summary>Runs. The results are the caller's to release, or to let go.</summary>
    /// <param name="inputs">One for each parameter.</param>
    /// <param name="results">Takes one for each result.</param>
    /// <param name="context">The run.</param>
    /// <param name="given">How many of the inputs, in front, the caller does not need any more: the program may write over one that nobody else holds.</param>
    public void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, RunContext context, int given = 0)
    {
        Frame frame = Interlocked.Exchange(ref _spare, null) ?? new Frame(this);
        frame.Begin(inputs, context, given);
        try
        {
            foreach (Step step in Steps) step.Run(frame);
            for (int i = 0; i < results.Length; i++) results[i] = frame.Take(Results[i].Slot, Results[i].Layout);
        }
        finally
        {
            frame.End();
        }
        GC.KeepAlive(inputs.Length > 0 ? inputs[0] : null);
        _spare = frame;
    }

    /// <summary>The steps as text.</summary>
    public string Dump()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Slots.Length; i++)
        {
            Slot slot = Slots[i];
            text.Append(CultureInfo.InvariantCulture, $"  s{i}: {slot.Layout.Type} {slot.Kind.ToString().ToLowerInvariant()}");
            if (slot.Kind == SlotKind.Arena) text.Append(CultureInfo.InvariantCulture, $" +{slot.Offset}");
            text.Append('\n');
        }
        foreach (Step step in Steps) text.Append("  ").Append(step.Describe().Replace("\n", "\n  ", StringComparison.Ordinal)).Append('\n');
        return text.ToString();
    }
}

/// <summary>What a run needs besides its tensors.</summary>
internal sealed record RunContext(CancellationToken Cancellation)
{
    public static RunContext None { get; } = new(CancellationToken.None);
}
