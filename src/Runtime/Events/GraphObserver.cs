namespace TensorGraph;

/// <summary>Gets what happens while a recording is made: the recorder of the layer above.</summary>
internal abstract class GraphObserver
{
    /// <summary>A warning (TG6xxx).</summary>
    public abstract void Warned(string id, string message);

    /// <summary>A call was put into a device's queue, which has this many now.</summary>
    public abstract void Queued(Device device, int depth);
}
