using System.Collections.Concurrent;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// A block in which <c>bind_size</c> finds out a size: what comes before it runs first, then what follows, lowered once for each number that
/// the size has had.
/// </summary>
internal sealed unsafe class SizedStep : Step
{
    // A program with more sizes than this starts over.
    private const int MaxPrograms = 256;

    private readonly Program _first;
    private readonly Func<long, Program> _lowerRest;
    private readonly TensorLayout[] _layouts;
    private readonly ConcurrentDictionary<long, Program> _rest = new();

    public SizedStep(Program first, Func<long, Program> lowerRest, int[] inputs, TensorLayout[] layouts, int[] outputs)
    {
        (_first, _lowerRest, _layouts) = (first, lowerRest, layouts);
        Reads = inputs;
        Writes = outputs;
    }

    public override void Run(Frame frame)
    {
        var inputs = new TensorData[Reads.Count];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i], _layouts[i]);
        var middle = new TensorData[_first.Results.Length];
        var results = new TensorData[Writes.Count];
        try
        {
            _first.Run(inputs, middle, frame.Context);
            long size = *(long*)middle[0].Address();
            GC.KeepAlive(middle[0]);
            if (_rest.Count >= MaxPrograms && !_rest.ContainsKey(size)) _rest.Clear();
            _rest.GetOrAdd(size, _lowerRest).Run(middle.AsSpan(1), results, frame.Context);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
            foreach (TensorData? value in middle) value?.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }

    public override string Describe()
    {
        string rest = string.Concat(_rest.OrderBy(pair => pair.Key).Select(pair => $"size {pair.Key}\n{pair.Value.Dump()}"));
        return $"sized\n{_first.Dump()}{rest}";
    }
}
