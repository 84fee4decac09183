using System.Collections.Immutable;

namespace TensorGraph.Staleness;

/// <summary>A gradient that a worker has sent.</summary>
/// <param name="Id">Number of the gradient in its run, from 0.</param>
/// <param name="Worker">The worker that computed it.</param>
/// <param name="Version">Updates that the weights had seen on which it was computed.</param>
public readonly record struct PushedGradient(long Id, int Worker, long Version);

/// <summary>Why a gradient was never applied.</summary>
public enum DropReason
{
    /// <summary>It was applied.</summary>
    None,

    /// <summary>
    /// Its step was over, or had one of its worker: it is of one of the backup workers, or of a worker that was thought dead or came back.
    /// </summary>
    Late,

    /// <summary>Its staleness was above the limit.</summary>
    TooStale,

    /// <summary>Its worker failed before it was sent, or the message was lost.</summary>
    WorkerFailed,

    /// <summary>The run ended first.</summary>
    RunEnded,
}

/// <summary>A decision of a <see cref="ServerPolicy"/>.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>One update of the weights by the mean of some gradients; the version counts on by one.</summary>
    /// <param name="Gradients">At least one.</param>
    public sealed record Apply(ImmutableArray<PushedGradient> Gradients) : Decision;

    /// <summary>Forgets a gradient.</summary>
    /// <param name="Gradient">The gradient.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Drop(PushedGradient Gradient, DropReason Reason) : Decision;

    /// <summary>Sends the weights as they are now to a worker that asked for them.</summary>
    /// <param name="Worker">The worker.</param>
    public sealed record Grant(int Worker) : Decision;
}
