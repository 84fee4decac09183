namespace TensorGraph.Recording;

/// <summary>Warnings and queues of the process, for a recording.</summary>
internal sealed class RecordingObserver(GraphRecorder recorder) : GraphObserver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Device, (long Queued, int Deepest)> _queues = [];

    /// <summary>How many calls were queued on a device, and how many there were at once.</summary>
    public (long Queued, int Deepest) QueueOf(Device device)
    {
        lock (_gate)
            return _queues.GetValueOrDefault(device);
    }

    public override void Warned(string id, string message) => recorder.Append(new WarningEvent(id, message));

    public override void Queued(Device device, int depth)
    {
        lock (_gate)
        {
            var (queued, deepest) = _queues.GetValueOrDefault(device);
            _queues[device] = (queued + 1, Math.Max(deepest, depth));
        }
    }
}
