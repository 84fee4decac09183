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
/// <param name="Events">The events, in order.</param>
public sealed record Schedule(TrainingMode Mode, int Workers, int Shards, bool IsComplete, ImmutableArray<ScheduleEvent> Events)
{
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

    /// <summary>True when both have the same events.</summary>
    /// <param name="other">The other schedule.</param>
    public bool Equals(Schedule? other) => other is not null
        && (Mode, Workers, Shards, IsComplete) == (other.Mode, other.Workers, other.Shards, other.IsComplete) && Events.SequenceEqual(other.Events);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, Workers, Shards, Events.Length);

    internal IEnumerable<ScheduleEvent> Of(params EventKind[] kinds) => Events.Where(entry => kinds.Contains(entry.Kind));
}
