namespace TensorGraph.Staleness;

/// <summary>Events to come, by time; of two things at one time the one that was entered first comes first.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Action, (long Time, long Number)> _entries = new();
    private long _number;

    public long Now { get; private set; }

    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Time of the next entry.</summary>
    public long Next => _entries.TryPeek(out _, out var key) ? key.Time : long.MaxValue;

    public void At(long time, Action action) => _entries.Enqueue(action, (Math.Max(time, Now), _number++));

    public void After(double seconds, Action action) => At(VirtualTime.After(Now, seconds), action);

    public void RunNext()
    {
        _entries.TryDequeue(out var action, out var key);
        Now = key.Time;
        action!();
    }
}
