namespace TensorGraph.Staleness;

/// <summary>
/// Each gradient is applied at once. A worker's clock counts its iterations: it asks for weights after each, whether or not its gradient came. It
/// gets weights for the next iteration only while its clock is at most <paramref name="bound"/> ahead of the slowest member's, and waits otherwise.
/// Source: Ho et al. 2013.
/// </summary>
internal sealed class StaleSynchronousPolicy(int bound) : ServerPolicy
{
    private readonly Dictionary<int, long> _clocks = [];
    private readonly List<int> _waiting = [];

    // Those that were given weights since they came.
    private readonly HashSet<int> _running = [];

    public override void Push(PushedGradient gradient, long now, ICollection<Decision> decisions) => Apply(decisions, gradient);

    public override void Pull(int worker, long now, ICollection<Decision> decisions)
    {
        if (_running.Remove(worker))
        {
            _clocks[worker]++;
            WakeWaiting(decisions);
        }

        if (MayRun(worker, Slowest))
            Grant(worker, decisions);
        else
            _waiting.Add(worker);
    }

    // A worker that comes late would otherwise hold up all others until it has caught up.
    private protected override void OnJoin(int worker) => _clocks[worker] = Slowest;

    private void Grant(int worker, ICollection<Decision> decisions)
    {
        _running.Add(worker);
        decisions.Add(new Decision.Grant(worker));
    }

    private protected override void OnLeave(int worker, long now, ICollection<Decision> decisions)
    {
        _clocks.Remove(worker);
        _running.Remove(worker);
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
            Grant(worker, decisions);
        }
    }
}
