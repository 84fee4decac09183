namespace TensorGraph.Staleness;

/// <summary>
/// The delay queue of the test bed: a gradient goes to the back of a double-ended queue with its time tᵢ, and leaves it at the front, to be applied,
/// once τ₀ − delay > tᵢ. The server handles a message within the tick of its clock in which it came, and looks at the queue in the next one: with a
/// delay of 0 a gradient is applied before the pull that follows it. Weights are sent at once.
/// </summary>
internal sealed class DelayedPolicy(long delay) : ServerPolicy
{
    private readonly LinkedList<(PushedGradient Gradient, long Time)> _queue = [];

    public override bool IsPerShard => true;

    public override long? NextTick => _queue.First is { } front ? front.Value.Time + delay : null;

    public override void Push(PushedGradient gradient, long now, ICollection<Decision> decisions)
    {
        _queue.AddLast((gradient, now));
        Tick(now, decisions);
    }

    public override void Pull(int worker, long now, ICollection<Decision> decisions)
    {
        Tick(now, decisions);
        base.Pull(worker, now, decisions);
    }

    public override void Tick(long now, ICollection<Decision> decisions)
    {
        long next = now + 1;
        while (_queue.First is { } front && next - delay > front.Value.Time)
        {
            _queue.RemoveFirst();
            Apply(decisions, front.Value.Gradient);
        }
    }

    public override void End(ICollection<Decision> decisions) => DropAll(_queue.Select(entry => entry.Gradient), decisions);
}
