namespace AsyncDispatch;

/// <summary>A heavy call: when it returned and when its result was there.</summary>
public sealed record Queued(double QueuedMs, double FinishedMs);

/// <summary>A call that does next to nothing: run at once, queued and read by the caller, queued and run by another thread.</summary>
public sealed record HandOver(double AtOnceUs, double QueuedUs, double OtherThreadUs);

/// <summary>The same small steps three ways.</summary>
public sealed record SmallSteps(int Count, double ImperativeMs, double TracedPerStepMs, double TracedLoopMs);

/// <summary>A producer that outruns the device: most bytes of live tensors, and the time for all calls.</summary>
public sealed record Backlog(int Calls, double UnboundedPeakMb, double BoundedPeakMb, double UnboundedMs, double BoundedMs);

/// <summary>Preparing batches and computing on them, one after the other and at the same time.</summary>
public sealed record Overlap(int Batches, double SequentialMs, double OverlappedMs);

/// <summary>Training of the network 512 → 2048 → 512 → 1.</summary>
public sealed record Training(
    int Batches, int Batch, double ImperativeSecondsPer50, double TracedSecondsPer50, double ImperativeIncreasedMb, double TracedIncreasedMb);

/// <summary>All figures of a run.</summary>
public sealed record Figures(
    string Processor, int Cores, Queued Queued, HandOver HandOver, SmallSteps SmallSteps, Backlog Backlog, Overlap Overlap, Training Training);
