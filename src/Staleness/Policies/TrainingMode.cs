using System.Globalization;

namespace TensorGraph.Staleness;

/// <summary>
/// How workers share what they learn. <see cref="Parse"/> reads the text forms: <c>sequential</c>, <c>synchronous</c>, <c>backup:1</c>,
/// <c>asynchronous</c>, <c>softsync:2</c>, <c>delayed:0.5</c>, <c>ssp:3</c>, <c>local:8</c>, <c>ring</c>, <c>gossip</c>, <c>parameters:0.5</c>.
/// </summary>
/// <param name="Kind">The kind.</param>
/// <param name="Setting">The number of the kind, 0 where it has none.</param>
public sealed record TrainingMode(ModeKind Kind, double Setting = 0)
{
    private static readonly Dictionary<string, (ModeKind Kind, bool HasSetting)> s_names = new(StringComparer.Ordinal)
    {
        ["sequential"] = (ModeKind.Sequential, false),
        ["synchronous"] = (ModeKind.Synchronous, false),
        ["backup"] = (ModeKind.Backup, true),
        ["asynchronous"] = (ModeKind.Asynchronous, false),
        ["softsync"] = (ModeKind.SoftSynchronous, true),
        ["limited"] = (ModeKind.Limited, true),
        ["delayed"] = (ModeKind.Delayed, true),
        ["ssp"] = (ModeKind.StaleSynchronous, true),
        ["parameters"] = (ModeKind.ParameterExchange, true),
        ["local"] = (ModeKind.LocalSteps, true),
        ["ring"] = (ModeKind.Ring, false),
        ["gossip"] = (ModeKind.Gossip, false),
    };

    /// <summary>One worker, one gradient after the other.</summary>
    public static TrainingMode Sequential { get; } = new(ModeKind.Sequential);

    /// <summary>A step waits for a gradient of each worker and takes their mean.</summary>
    public static TrainingMode Synchronous { get; } = new(ModeKind.Synchronous);

    /// <summary>Each gradient is applied as it arrives.</summary>
    public static TrainingMode Asynchronous { get; } = new(ModeKind.Asynchronous);

    /// <summary>Each worker averages its weights with those of both neighbours after each step.</summary>
    public static TrainingMode Ring { get; } = new(ModeKind.Ring);

    /// <summary>Each worker averages its weights with those of a random other one after each step.</summary>
    public static TrainingMode Gossip { get; } = new(ModeKind.Gossip);

    /// <summary>True for modes without a server: each worker has weights of its own, and what travels is weights.</summary>
    public bool IsDecentralised => Kind is ModeKind.LocalSteps or ModeKind.Ring or ModeKind.Gossip;

    /// <summary>Synchronous, and a step drops the slowest gradients. Errors: TG2004 below 0.</summary>
    /// <param name="workers">How many.</param>
    public static TrainingMode Backup(int workers) => new TrainingMode(ModeKind.Backup, workers).Checked();

    /// <summary>A gradient is applied <paramref name="seconds"/> after it arrived. Errors: TG2004 a negative number.</summary>
    /// <param name="seconds">The delay.</param>
    public static TrainingMode Delayed(double seconds) => new TrainingMode(ModeKind.Delayed, seconds).Checked();

    /// <summary>An update is the mean of some gradients from whichever workers. Errors: TG2004 below 1.</summary>
    /// <param name="gradients">Gradients of an update: ⌊workers / n⌋ for n-softsync.</param>
    public static TrainingMode SoftSynchronous(int gradients) => new TrainingMode(ModeKind.SoftSynchronous, gradients).Checked();

    /// <summary>Asynchronous, and gradients that are staler than a limit are dropped. Errors: TG2004 below 0.</summary>
    /// <param name="staleness">The limit.</param>
    public static TrainingMode Limited(int staleness) => new TrainingMode(ModeKind.Limited, staleness).Checked();

    /// <summary>Asynchronous, and no worker is further ahead of the slowest than a bound. Errors: TG2004 below 0.</summary>
    /// <param name="bound">Iterations.</param>
    public static TrainingMode StaleSynchronous(int bound) => new TrainingMode(ModeKind.StaleSynchronous, bound).Checked();

    /// <summary>
    /// Asynchronous, and what workers push is their weights after a step of their own: server ← server + mixing · (worker − server). Errors: TG2004
    /// outside of (0, 1].
    /// </summary>
    /// <param name="mixing">Share of the worker's weights.</param>
    public static TrainingMode ParameterExchange(double mixing) => new TrainingMode(ModeKind.ParameterExchange, mixing).Checked();

    /// <summary>Workers take steps of their own, and then all take the mean of their weights. Errors: TG2004 below 1.</summary>
    /// <param name="steps">Steps between two means.</param>
    public static TrainingMode LocalSteps(int steps) => new TrainingMode(ModeKind.LocalSteps, steps).Checked();

    /// <summary>Reads a text form. Errors: TG1002 null, TG2004 another form, or a number out of range.</summary>
    /// <param name="text">Such as <c>delayed:0.5</c>.</param>
    public static TrainingMode Parse(string text)
    {
        string[] parts = Throw.IfNull(text).Split(':', 2);
        double setting = 0;
        if (!s_names.TryGetValue(parts[0].Trim(), out var known) || known.HasSetting != (parts.Length == 2)
            || (known.HasSetting && !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out setting)))
        {
            throw Check.Unreadable("mode", text, $"one of {string.Join(", ", s_names.Select(entry => entry.Key + (entry.Value.HasSetting ? ":NUMBER" : "")))}");
        }

        return new TrainingMode(known.Kind, setting).Checked();
    }

    /// <summary>The decisions of the server in this mode. Errors: TG2004 a decentralised mode, which has no server, or fewer workers than it
    /// needs.</summary>
    /// <param name="workers">Workers that begin.</param>
    public ServerPolicy CreatePolicy(int workers)
    {
        Checked();
        return Kind switch
        {
            ModeKind.Sequential => new SynchronousPolicy(Check.Range(workers == 1, workers, "1 in sequential mode", "mode")),
            ModeKind.Synchronous => new SynchronousPolicy(workers),
            ModeKind.Backup => new SynchronousPolicy(workers - (int)Check.Range(Setting < workers, Setting, $"below the {workers} workers", "mode", Name)),
            ModeKind.Asynchronous or ModeKind.ParameterExchange => new AsynchronousPolicy(1, limit: null),
            ModeKind.SoftSynchronous => new AsynchronousPolicy((int)Setting, limit: null),
            ModeKind.Limited => new AsynchronousPolicy(1, (int)Setting),
            ModeKind.Delayed => new DelayedPolicy(VirtualTime.FromSeconds(Setting)),
            ModeKind.StaleSynchronous => new StaleSynchronousPolicy((int)Setting),
            _ => throw new GraphException(DiagnosticIds.OutOfRange, $"mode: '{this}' has no server", "Simulate it, or choose a mode with a server."),
        };
    }

    /// <summary>The text form.</summary>
    public override string ToString()
    {
        return s_names.GetValueOrDefault(Name).HasSetting ? string.Create(CultureInfo.InvariantCulture, $"{Name}:{Setting}") : Name;
    }

    private string Name => s_names.FirstOrDefault(entry => entry.Value.Kind == Kind).Key ?? Kind.ToString();

    /// <summary>Errors: TG2004 a kind that is none, or a setting out of range.</summary>
    internal TrainingMode Checked()
    {
        Check.Range(Enum.IsDefined(Kind), Kind, $"one of {string.Join(", ", Enum.GetNames<ModeKind>())}", "mode");
        (double least, double most, bool isWhole) = Kind switch
        {
            ModeKind.Delayed => (0, 1e9, false),
            ModeKind.ParameterExchange => (1e-12, 1, false),
            ModeKind.SoftSynchronous or ModeKind.LocalSteps => (1, int.MaxValue, true),
            ModeKind.Backup or ModeKind.Limited or ModeKind.StaleSynchronous => (0, int.MaxValue, true),
            _ => (0.0, 0.0, true),
        };
        string range = string.Create(CultureInfo.InvariantCulture, $"{(isWhole ? "a whole number" : "a number")} from {least} to {most}");
        Check.Range(Setting >= least && Setting <= most && (!isWhole || Setting == Math.Floor(Setting)), Setting, range, "mode", Name);
        return this;
    }
}

/// <summary>Kinds of <see cref="TrainingMode"/>.</summary>
public enum ModeKind
{
    /// <summary>One worker.</summary>
    Sequential,

    /// <summary>A step waits for all workers.</summary>
    Synchronous,

    /// <summary>A step waits for all but some workers; the setting counts these.</summary>
    Backup,

    /// <summary>Gradients are applied as they arrive.</summary>
    Asynchronous,

    /// <summary>An update is the mean of as many gradients as the setting says.</summary>
    SoftSynchronous,

    /// <summary>Asynchronous, without gradients that are staler than the setting.</summary>
    Limited,

    /// <summary>Gradients wait in a queue for as many seconds as the setting says.</summary>
    Delayed,

    /// <summary>Workers are at most as many iterations apart as the setting says.</summary>
    StaleSynchronous,

    /// <summary>Workers push weights, which the server mixes in with the share of the setting.</summary>
    ParameterExchange,

    /// <summary>Workers average their weights after as many steps as the setting says.</summary>
    LocalSteps,

    /// <summary>Neighbours on a ring average their weights.</summary>
    Ring,

    /// <summary>Random pairs average their weights.</summary>
    Gossip,
}
