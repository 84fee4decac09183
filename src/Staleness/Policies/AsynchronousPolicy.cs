namespace TensorGraph.Staleness;

/// <summary>
/// Applies the mean of <paramref name="group"/> gradients once so many have arrived, from whichever workers; of one gradient at once. Weights are sent
/// at once. Source: Downpour (Dean et al. 2012) for a group of 1, n-softsync (Gupta et al. 2015) for more.
/// </summary>
internal sealed class AsynchronousPolicy(int group, int? limit) : ServerPolicy
{
    private readonly List<PushedGradient> _waiting = [];

    public override bool IsPerShard => true;

    public override void Push(PushedGradient gradient, long now, ICollection<Decision> decisions)
    {
        if (Version - gradient.Version > limit)
        {
            decisions.Add(new Decision.Drop(gradient, DropReason.TooStale));
            return;
        }

        _waiting.Add(gradient);
        if (_waiting.Count < group)
            return;
        Apply(decisions, _waiting);
        _waiting.Clear();
    }

    public override void End(ICollection<Decision> decisions) => DropAll(_waiting, decisions);
}
