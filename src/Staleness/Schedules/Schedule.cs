using System.Collections.Immutable;

namespace TensorGraph.Staleness;

/// <summary>
/// The events of a run, simulated or real, in order: who read which weights, which batch was computed, which gradient was applied when. It holds
/// no tensors; a <see cref="Workload"/> does the work of a schedule, always with the same bits.
/// </summary>
/// <param name="Mode">The mode.</param>
/// <param name="Workers">Workers, also those that came later.</param>
/// <param name="Shards">Shards that decide each for itself; 1 where the server decides as a whole, 0 without a server.</param>
/// <param name="IsComplete">False when the run ended before as many gradients were applied as were wanted.</param>
/// <param name="Events">The events, in order. Errors: TG1002 null, also for the mode and for one of the events.</param>
public sealed record Schedule(TrainingMode Mode, int Workers, int Shards, bool IsComplete, ImmutableArray<ScheduleEvent> Events)
{
    /// <summary>The mode.</summary>
    public TrainingMode Mode { get; init => field = Throw.IfNull(value, nameof(Mode)); } = Throw.IfNull(Mode);

    /// <summary>The events, in order.</summary>
    public ImmutableArray<ScheduleEvent> Events { get; init => field = WithoutNull(value); } = WithoutNull(Events);

    /// <summary>When the last event was, in seconds.</summary>
    public double Seconds => Events.IsEmpty ? 0 : VirtualTime.ToSeconds(Events[^1].Time);

    /// <summary>Updates of the first shard, or local steps without a server.</summary>
    public int Updates => Of(EventKind.Apply, EventKind.LocalStep).Count(entry => entry.Shard == 0);

    /// <summary>Staleness of each applied gradient of a shard, in order.</summary>
    /// <param name="shard">Number of the shard.</param>
    public IEnumerable<long> Staleness(int shard = 0) =>
        Of(EventKind.Apply, EventKind.LocalStep).Where(entry => entry.Shard == shard).SelectMany(entry => entry.Applied)
            .Select(applied => applied.Staleness);

    /// <summary>Mean staleness of the applied gradients of a shard; 0 without any.</summary>
    /// <param name="shard">Number of the shard.</param>
    public double MeanStaleness(int shard = 0) => Staleness(shard).Select(staleness => (double)staleness).DefaultIfEmpty().Average();

    /// <summary>How many gradients had a staleness of 0, 1, …, up to the largest.</summary>
    /// <param name="shard">Number of the shard.</param>
    public long[] StalenessHistogram(int shard = 0)
    {
        var counts = Staleness(shard).CountBy(staleness => staleness).ToDictionary();
        var histogram = new long[counts.Count == 0 ? 0 : counts.Keys.Max() + 1];
        foreach (var (staleness, count) in counts)
            histogram[staleness] = count;
        return histogram;
    }

    /// <summary>Gradients that were dropped, by reason; of the first shard.</summary>
    public IReadOnlyDictionary<DropReason, int> Drops =>
        Of(EventKind.Drop).Where(entry => entry.Shard == 0).CountBy(entry => entry.Reason).ToDictionary();

    /// <summary>
    /// Refuses what no run could have recorded: a time that goes back, a gradient that is applied before it was sent or twice, a version or a
    /// staleness that earlier events contradict, more gradients in an update than the mode has. A schedule that is complete has an end for each
    /// gradient. Errors: TG1006 with the number of the event.
    /// </summary>
    public void Validate()
    {
        if ((this.Problem() ?? new ScheduleHistory(this).Problem()) is { } problem)
            throw new GraphException(DiagnosticIds.BadData, $"schedule: {problem}", "Take a schedule that a simulation or a run has recorded.");
    }

    /// <summary>True when both have the same events.</summary>
    /// <param name="other">The other schedule.</param>
    public bool Equals(Schedule? other) => other is not null
        && (Mode, Workers, Shards, IsComplete) == (other.Mode, other.Workers, other.Shards, other.IsComplete) && Events.SequenceEqual(other.Events);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, Workers, Shards, Events.Length);

    private static ImmutableArray<ScheduleEvent> WithoutNull(ImmutableArray<ScheduleEvent> events)
    {
        Throw.IfNull(events.IsDefault ? null : "", nameof(Events));
        foreach (var entry in events)
            Throw.IfNull(entry, nameof(Events));
        return events;
    }

    internal IEnumerable<ScheduleEvent> Of(params EventKind[] kinds) => Events.Where(entry => kinds.Contains(entry.Kind));
}
