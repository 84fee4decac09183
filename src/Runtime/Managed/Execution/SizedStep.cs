using System.Collections.Concurrent;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// A block in which <c>bind_size</c> finds out a size: what comes before it runs first, then what follows, lowered once for each number that
/// the size has had.
/// </summary>
internal sealed unsafe class SizedStep(SizedCommand c, ManagedProgram first, Func<long, ManagedProgram> renderRest) : Step(c)
{
    // A region with more sizes than this starts over.
    private const int MaxPrograms = 256;

    private readonly TensorLayout[] _layouts = c.Layouts;
    private readonly ConcurrentDictionary<long, ManagedProgram> _rest = new();

    public override IEnumerable<(string Name, ManagedProgram Program)> Inner =>
        _rest.OrderBy(pair => pair.Key).Select(pair => (FormattableString.Invariant($"size {pair.Key}"), pair.Value)).Prepend(("first", first));

    public override void Run(Frame frame)
    {
        var inputs = new TensorData[Reads.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Lend(Reads[i], _layouts[i]);
        var middle = new TensorData[first.ResultCount];
        var results = new TensorData[Writes.Length];
        try
        {
            first.Run(inputs, middle, frame.Cancellation);
            long size = *(long*)middle[0].Address();
            GC.KeepAlive(middle[0]);
            if (size > c.Largest) c.Largest = size;
            if (_rest.Count >= MaxPrograms && !_rest.ContainsKey(size)) _rest.Clear();
            _rest.GetOrAdd(size, renderRest).Run(middle.AsSpan(1), results, frame.Cancellation);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
            foreach (TensorData? value in middle) value?.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }
}
