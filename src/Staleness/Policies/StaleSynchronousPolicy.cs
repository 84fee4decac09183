namespace TensorGraph.Staleness;

/// <summary>
/// Each gradient is applied at once. A worker's clock counts its gradients; it gets weights for the next iteration only while its clock is at most
/// <paramref name="bound"/> ahead of the slowest member's, and waits otherwise. Source: Ho et al. 2013.
/// </summary>
internal sealed class StaleSynchronousPolicy(int bound) : ServerPolicy
{
    private readonly Dictionary<int, long> _clocks = [];
    private readonly List<int> _waiting = [];

    public override void Push(PushedGradient gradient, long now, ICollection<Decision> decisions)
    {
        Apply(decisions, gradient);
        if (!_clocks.TryGetValue(gradient.Worker, out long clock))
            return;
        _clocks[gradient.Worker] = clock + 1;
        WakeWaiting(decisions);
    }

    public override void Pull(int worker, long now, ICollection<Decision> decisions)
    {
        if (MayRun(worker, Slowest))
            base.Pull(worker, now, decisions);
        else
            _waiting.Add(worker);
    }

    // A worker that comes late would otherwise hold up all others until it has caught up.
    private protected override void OnJoin(int worker) => _clocks[worker] = Slowest;

    private protected override void OnLeave(int worker, long now, ICollection<Decision> decisions)
    {
        _clocks.Remove(worker);
        _waiting.Remove(worker);
        WakeWaiting(decisions);
    }

    private long Slowest => _clocks.Count == 0 ? 0 : _clocks.Values.Min();

    private bool MayRun(int worker, long slowest) => _clocks.TryGetValue(worker, out long clock) && clock - slowest <= bound;

    private void WakeWaiting(ICollection<Decision> decisions)
    {
        if (_waiting.Count == 0)
            return;
        long slowest = Slowest;
        int[] ready = [.. _waiting.Where(worker => MayRun(worker, slowest))];
        foreach (int worker in ready)
        {
            _waiting.Remove(worker);
            decisions.Add(new Decision.Grant(worker));
        }
    }
}
