namespace TensorGraph.Staleness;

/// <summary>
/// The parameter server's part in a mode of training: when gradients are applied, and when workers get weights. It knows no clock, no network and no
/// tensors: a simulation calls it in virtual time, a real server in real time. Calls must not overlap. The mode makes it:
/// <see cref="TrainingMode.CreatePolicy"/>.
/// </summary>
public abstract class ServerPolicy
{
    private readonly SortedSet<int> _members = [];

    /// <summary>Updates so far: the server's clock.</summary>
    public long Version { get; private set; }

    /// <summary>Workers that are there, as far as the server knows.</summary>
    public IReadOnlySet<int> Members => _members;

    /// <summary>When <see cref="Tick"/> must be called next, if nothing else happens; null for never.</summary>
    public virtual long? NextTick => null;

    /// <summary>True when the shards of a server can decide each for itself.</summary>
    public virtual bool IsPerShard => false;

    /// <summary>A worker came, or came back.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="now">Server's time.</param>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public void Join(int worker, long now, ICollection<Decision> decisions)
    {
        if (_members.Contains(worker))
            Leave(worker, now, decisions);
        _members.Add(worker);
        OnJoin(worker);
    }

    /// <summary>A worker is gone, as the server has noticed. Gradients that it sent before stay.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="now">Server's time.</param>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public void Leave(int worker, long now, ICollection<Decision> decisions)
    {
        if (_members.Remove(worker))
            OnLeave(worker, now, Throw.IfNull(decisions));
    }

    /// <summary>A gradient arrived.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="now">Server's time.</param>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public abstract void Push(PushedGradient gradient, long now, ICollection<Decision> decisions);

    /// <summary>A worker asks for weights.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="now">Server's time.</param>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public virtual void Pull(int worker, long now, ICollection<Decision> decisions) => Throw.IfNull(decisions).Add(new Decision.Grant(worker));

    /// <summary>Time has passed.</summary>
    /// <param name="now">Server's time.</param>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public virtual void Tick(long now, ICollection<Decision> decisions)
    {
    }

    /// <summary>The run is over: what waits is dropped.</summary>
    /// <param name="decisions">Gets what is to be done, in order.</param>
    public virtual void End(ICollection<Decision> decisions)
    {
    }

    /// <summary>After a worker has become a member.</summary>
    private protected virtual void OnJoin(int worker)
    {
    }

    /// <summary>After a worker has ceased to be a member.</summary>
    private protected virtual void OnLeave(int worker, long now, ICollection<Decision> decisions)
    {
    }

    private protected void Apply(ICollection<Decision> decisions, params IEnumerable<PushedGradient> gradients)
    {
        decisions.Add(new Decision.Apply([.. gradients]));
        Version++;
    }

    private protected static void DropAll(IEnumerable<PushedGradient> gradients, ICollection<Decision> decisions)
    {
        foreach (var gradient in gradients)
            decisions.Add(new Decision.Drop(gradient, DropReason.RunEnded));
    }
}
