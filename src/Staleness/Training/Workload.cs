namespace TensorGraph.Staleness;

/// <summary>The work that a schedule puts in order. The same schedule is worked off in the same way each time, whatever the machine's clock
/// says.</summary>
public abstract class Workload
{
    /// <summary>The event that is worked off.</summary>
    protected ScheduleEvent Current { get; private set; } = new(0, EventKind.Join, 0);

    /// <summary>True when the rest of the schedule is of no use.</summary>
    public virtual bool IsStopped => false;

    /// <summary>
    /// Works off a schedule, event by event. Errors: TG1002 null, TG1006 a schedule that no run could have recorded
    /// (<see cref="Schedule.Validate"/>); those of the work.
    /// </summary>
    /// <param name="schedule">The schedule.</param>
    public void Run(Schedule schedule)
    {
        Throw.IfNull(schedule).Validate();
        foreach (var entry in schedule.Events)
        {
            if (IsStopped)
                return;
            Current = entry;
            switch (entry.Kind)
            {
                case EventKind.Join:
                    Join(entry.Worker);
                    break;
                case EventKind.Fail:
                    Fail(entry.Worker);
                    break;
                case EventKind.Pull:
                    Pull(entry.Worker, entry.Shard);
                    break;
                case EventKind.Compute:
                    Compute(entry.Worker, entry.Gradient, entry.Batch);
                    break;
                case EventKind.Apply:
                    Apply(entry.Shard, entry.Applied);
                    break;
                case EventKind.Drop:
                    Drop(entry.Shard, entry.Gradient);
                    break;
                case EventKind.LocalStep:
                    LocalStep(entry.Worker, entry.Applied[0]);
                    break;
                case EventKind.Average or EventKind.RingAverage:
                    Average(entry.Workers, entry.Kind == EventKind.RingAverage);
                    break;
                case EventKind.Copy:
                    Copy(entry.Workers[0], entry.Worker);
                    break;
            }
        }
    }

    /// <summary>A worker came, or came back.</summary>
    /// <param name="worker">The worker.</param>
    protected virtual void Join(int worker)
    {
    }

    /// <summary>A worker failed.</summary>
    /// <param name="worker">The worker.</param>
    protected virtual void Fail(int worker)
    {
    }

    /// <summary>A worker gets the weights of a shard.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="shard">The shard.</param>
    protected abstract void Pull(int worker, int shard);

    /// <summary>A worker computes a gradient on the weights that it has.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="gradient">Number of the gradient.</param>
    /// <param name="batch">Number of the mini-batch.</param>
    protected abstract void Compute(int worker, long gradient, long batch);

    /// <summary>A shard takes the mean of some gradients.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="gradients">The gradients.</param>
    protected abstract void Apply(int shard, IReadOnlyList<AppliedGradient> gradients);

    /// <summary>A shard will never take a gradient.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="gradient">Number of the gradient.</param>
    protected abstract void Drop(int shard, long gradient);

    /// <summary>A worker changes its own weights.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="gradient">Its gradient.</param>
    protected abstract void LocalStep(int worker, AppliedGradient gradient);

    /// <summary>Workers average their weights.</summary>
    /// <param name="workers">The workers.</param>
    /// <param name="onRing">True for the mean of each and its neighbours, false for the mean of all.</param>
    protected abstract void Average(IReadOnlyList<int> workers, bool onRing);

    /// <summary>A worker takes over weights.</summary>
    /// <param name="source">Whose weights.</param>
    /// <param name="worker">The worker.</param>
    protected abstract void Copy(int source, int worker);
}
