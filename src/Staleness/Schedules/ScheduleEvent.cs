using System.Collections.Immutable;

namespace TensorGraph.Staleness;

/// <summary>Kinds of <see cref="ScheduleEvent"/>.</summary>
public enum EventKind
{
    /// <summary>A worker gets the weights of a shard as they are now.</summary>
    Pull,

    /// <summary>A worker begins a gradient, on the weights that it has.</summary>
    Compute,

    /// <summary>A worker has finished a gradient and sends it.</summary>
    Push,

    /// <summary>A shard is updated by the mean of some gradients.</summary>
    Apply,

    /// <summary>A gradient will not be applied to a shard.</summary>
    Drop,

    /// <summary>A worker without a server changes its own weights by its own gradient.</summary>
    LocalStep,

    /// <summary>Workers take the mean of their weights.</summary>
    Average,

    /// <summary>Each of the workers takes the mean of its weights and those of both neighbours, all at once.</summary>
    RingAverage,

    /// <summary>A worker takes the weights of another one; the other one is the first of <see cref="ScheduleEvent.Workers"/>.</summary>
    Copy,

    /// <summary>A worker came, or came back.</summary>
    Join,

    /// <summary>A worker failed: what it was computing is lost.</summary>
    Fail,
}

/// <summary>A gradient in an update.</summary>
/// <param name="Id">Number of the gradient.</param>
/// <param name="Worker">The worker that computed it.</param>
/// <param name="Staleness">Updates of the shard since its weights were read.</param>
public readonly record struct AppliedGradient(long Id, int Worker, long Staleness);

/// <summary>One event of a <see cref="Schedule"/>. Parts that an event of its kind does not have are −1 or empty.</summary>
/// <param name="Time">Nanoseconds since the start.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Worker">The worker; −1 for an update.</param>
public sealed record ScheduleEvent(long Time, EventKind Kind, int Worker)
{
    /// <summary>The shard of a pull, update or drop.</summary>
    public int Shard { get; init; }

    /// <summary>Number of the gradient.</summary>
    public long Gradient { get; init; } = -1;

    /// <summary>Number of the mini-batch that a gradient is computed on.</summary>
    public long Batch { get; init; } = -1;

    /// <summary>Updates of the shard before the event, for a pull or an update.</summary>
    public long Version { get; init; } = -1;

    /// <summary>Why a gradient was dropped.</summary>
    public DropReason Reason { get; init; }

    /// <summary>Gradients of an update; for a local step the one of the worker.</summary>
    public ImmutableArray<AppliedGradient> Applied { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Workers of a mean, or the one whose weights are copied.</summary>
    public ImmutableArray<int> Workers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>True for the same event, list by list.</summary>
    /// <param name="other">The other event.</param>
    public bool Equals(ScheduleEvent? other) =>
        other is not null && (Time, Kind, Worker, Shard, Gradient, Batch, Version, Reason)
            == (other.Time, other.Kind, other.Worker, other.Shard, other.Gradient, other.Batch, other.Version, other.Reason)
        && Applied.SequenceEqual(other.Applied) && Workers.SequenceEqual(other.Workers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Time, Kind, Worker, Shard, Gradient, Batch);
}
