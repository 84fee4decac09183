using System.Collections.Concurrent;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>Runs one of several regions: <c>if</c> (then, else) or <c>switch</c>.</summary>
internal sealed class BranchStep(BranchCommand c, GpuProgram[] regions) : GpuStep(c)
{
    public override IEnumerable<(string Name, GpuProgram Program)> Inner => regions.Select((region, i) => ($"region {i}", region));

    public override void Run(GpuFrame frame)
    {
        DType dtype = c.Layouts[0].Type.DType;
        frame.ThrowFaults();
        byte[] selector = frame.Bytes(Reads[0], 0, dtype.Size());
        int region = dtype == DType.Bool
            ? selector[0] != 0 ? 0 : 1
            : (int)Math.Min((uint)BitConverter.ToInt32(selector), (uint)regions.Length - 1);
        var inputs = new TensorData[Reads.Length - 1];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i + 1], c.Layouts[i + 1]);
        var results = new TensorData[Writes.Length];
        try
        {
            regions[region].Run(inputs, results, frame.Cancellation, donated: 0);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }
}

/// <summary>
/// Runs a body while a condition holds. The condition is read back each time, unless the number of iterations is known: then the condition is not
/// run, and all iterations are in the queue at once.
/// </summary>
internal sealed class WhileStep(WhileCommand c, GpuProgram condition, GpuProgram body) : GpuStep(c)
{
    // A condition that only computes is not missed.
    private readonly long? _trips = Array.TrueForAll(c.Condition.Commands, command => command is LoopCommand) ? c.Trips : null;

    public override IEnumerable<(string Name, GpuProgram Program)> Inner => [("condition", condition), ("body", body)];

    public override void Run(GpuFrame frame)
    {
        var values = new TensorData[Reads.Length];
        var next = new TensorData[c.Carried];
        for (int i = 0; i < values.Length; i++) values[i] = frame.Take(Reads[i], c.Layouts[i]);
        long trips = 0;
        try
        {
            frame.ThrowFaults();
            while (true)
            {
                frame.Cancellation.ThrowIfCancellationRequested();
                if (!(_trips is { } known ? trips < known : Holds(frame, values))) break;
                body.Run(values, next, frame.Cancellation, donated: c.Carried);
                trips++;
                for (int i = 0; i < c.Carried; i++)
                {
                    values[i].Release();
                    values[i] = next[i];
                }
            }
            for (int i = 0; i < c.Carried; i++)
            {
                values[i].Retain();
                frame.Set(Writes[i], values[i]);
            }
        }
        finally
        {
            if (trips > c.MostTrips) c.MostTrips = trips;
            foreach (TensorData value in values) value.Release();
        }
    }

    private bool Holds(GpuFrame frame, TensorData[] values)
    {
        var holds = new TensorData[1];
        condition.Run(values, holds, frame.Cancellation, donated: 0);
        bool goesOn = holds[0].Element<bool>(0);
        holds[0].Release();
        return goesOn;
    }
}

/// <summary>Runs a body once for each row of its sequences, which share their memory, and stacks what it yields.</summary>
internal sealed class ScanStep(ScanCommand c, GpuProgram body) : GpuStep(c)
{
    private readonly TensorLayout[] _rows = [.. c.Layouts.Skip(c.Carried).Take(c.Sequences).Select(layout => TensorLayout.Of(layout.Type.Element))];

    public override IEnumerable<(string Name, GpuProgram Program)> Inner => [("body", body)];

    public override void Run(GpuFrame frame)
    {
        var values = new TensorData[Reads.Length];
        var sequences = new TensorData[c.Sequences];
        var next = new TensorData[c.Results.Length];
        var stacked = new TensorData[c.Results.Length - c.Carried];
        for (int i = 0; i < values.Length; i++)
        {
            TensorData value = frame.Take(Reads[i], c.Layouts[i]);
            int sequence = i - c.Carried;
            if (sequence >= 0 && sequence < c.Sequences) sequences[sequence] = value;
            else values[i] = value;
        }
        for (int i = 0; i < stacked.Length; i++) stacked[i] = frame.Device.Allocate(c.Results[c.Carried + i]);
        try
        {
            frame.ThrowFaults();
            for (long step = 0; step < c.Length; step++)
            {
                frame.Cancellation.ThrowIfCancellationRequested();
                long at = c.IsReverse ? c.Length - 1 - step : step;
                for (int i = 0; i < c.Sequences; i++) values[c.Carried + i] = sequences[i].Row(at, _rows[i]);
                body.Run(values, next, frame.Cancellation, donated: c.Carried);
                for (int i = 0; i < c.Sequences; i++) values[c.Carried + i].Release();
                for (int i = 0; i < c.Carried; i++)
                {
                    values[i].Release();
                    values[i] = next[i];
                }
                for (int i = 0; i < stacked.Length; i++) Stack(frame, next[c.Carried + i], stacked[i], at);
            }
            for (int i = 0; i < c.Results.Length; i++)
            {
                TensorData result = i < c.Carried ? values[i] : stacked[i - c.Carried];
                result.Retain();
                frame.Set(Writes[i], result);
            }
        }
        finally
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (i < c.Carried || i >= c.Carried + c.Sequences) values[i].Release();
            }
            foreach (TensorData value in sequences.Concat(stacked)) value.Release();
        }
    }

    private static void Stack(GpuFrame frame, TensorData row, TensorData to, long at)
    {
        if (row.Strings is { } text) text.CopyTo(to.Strings!, at * text.Length);
        else Move.Row(frame.Device, row, to, at);
        row.Release();
    }
}

/// <summary>
/// A region in which <c>bind_size</c> finds out a size: what comes before it runs first, then what follows, lowered once for each number that the
/// size has had.
/// </summary>
internal sealed class SizedStep(SizedCommand c, GpuProgram first, Func<long, GpuProgram> renderRest) : GpuStep(c)
{
    // A region with more sizes than this starts over.
    private const int MaxPrograms = 256;

    private readonly ConcurrentDictionary<long, GpuProgram> _rest = new();

    public override IEnumerable<(string Name, GpuProgram Program)> Inner =>
        _rest.OrderBy(pair => pair.Key).Select(pair => (FormattableString.Invariant($"size {pair.Key}"), pair.Value)).Prepend(("first", first));

    public override void Run(GpuFrame frame)
    {
        var inputs = new TensorData[Reads.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i], c.Layouts[i]);
        var middle = new TensorData[first.ResultCount];
        var results = new TensorData[Writes.Length];
        try
        {
            frame.ThrowFaults();
            first.Run(inputs, middle, frame.Cancellation, donated: 0);
            long size = middle[0].Element<long>(0);
            if (size > c.Largest) c.Largest = size;
            if (_rest.Count >= MaxPrograms && !_rest.ContainsKey(size)) _rest.Clear();
            _rest.GetOrAdd(size, renderRest).Run(middle.AsSpan(1), results, frame.Cancellation, donated: 0);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
            foreach (TensorData? value in middle) value?.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }
}
