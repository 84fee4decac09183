namespace TensorGraph.Staleness;

/// <summary>
/// A step takes the first <paramref name="wanted"/> gradients that were computed on the current weights, and drops those that come later. With as many
/// workers as are wanted it waits for all of them; the workers above that are backup workers. When workers are gone, a step takes as many as can
/// still come. Source: Chen et al. 2016.
/// </summary>
internal sealed class SynchronousPolicy(int wanted) : ServerPolicy
{
    private readonly List<PushedGradient> _step = [];
    private readonly HashSet<int> _senders = [];
    private readonly List<int> _waiting = [];

    public override void Push(PushedGradient gradient, long now, ICollection<Decision> decisions)
    {
        // A worker that failed and is back may have sent one before, on the same weights.
        if (gradient.Version != Version || !_senders.Add(gradient.Worker))
        {
            decisions.Add(new Decision.Drop(gradient, DropReason.Late));
            return;
        }

        _step.Add(gradient);
        StepIfComplete(decisions);
    }

    public override void Pull(int worker, long now, ICollection<Decision> decisions)
    {
        if (_senders.Contains(worker))
            _waiting.Add(worker);
        else
            base.Pull(worker, now, decisions);
    }

    public override void End(ICollection<Decision> decisions) => DropAll(_step, decisions);

    private protected override void OnLeave(int worker, long now, ICollection<Decision> decisions)
    {
        _waiting.Remove(worker);
        StepIfComplete(decisions);
    }

    private void StepIfComplete(ICollection<Decision> decisions)
    {
        if (_step.Count == 0)
            return;
        int possible = _step.Count < wanted ? _step.Count + Members.Count - _senders.Count(Members.Contains) : wanted;
        if (_step.Count < Math.Min(wanted, possible))
            return;
        // In the order of workers, so that the sum does not depend on who was first.
        Apply(decisions, _step.OrderBy(gradient => gradient.Worker).ThenBy(gradient => gradient.Id));
        _step.Clear();
        _senders.Clear();
        foreach (int worker in _waiting)
            decisions.Add(new Decision.Grant(worker));
        _waiting.Clear();
    }
}
