using TensorGraph.Backends.Commands;
namespace TensorGraph.Backends.Managed;

/// <summary>Runs one of several blocks: <c>if</c> (then, else) or <c>switch</c>.</summary>
internal sealed unsafe class BranchStep(BranchCommand c, ManagedProgram[] blocks) : Step(c)
{
    private readonly TensorLayout[] _layouts = c.Layouts;

    public override IEnumerable<(string Name, ManagedProgram Program)> Inner => blocks.Select((block, i) => ($"region {i}", block));

    public override void Run(Frame frame)
    {
        byte* selector = frame.Address(Reads[0]);
        int block = _layouts[0].Type.DType == DType.Bool
            ? *selector != 0 ? 0 : 1
            : (int)Math.Min((uint)*(int*)selector, (uint)blocks.Length - 1);
        var inputs = new TensorData[Reads.Length - 1];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Lend(Reads[i + 1], _layouts[i + 1]);
        var results = new TensorData[Writes.Length];
        try
        {
            blocks[block].Run(inputs, results, frame.Cancellation);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }
}

/// <summary>Runs a body while a condition holds. Cancellation is looked at before every round.</summary>
internal sealed unsafe class WhileStep(WhileCommand c, ManagedProgram condition, ManagedProgram body) : Step(c)
{
    private readonly int _carried = c.Carried;
    private readonly TensorLayout[] _layouts = c.Layouts;

    public override IEnumerable<(string Name, ManagedProgram Program)> Inner => [("condition", condition), ("body", body)];

    public override void Run(Frame frame)
    {
        var values = new TensorData[Reads.Length];
        var next = new TensorData[_carried];
        var holds = new TensorData[1];
        for (int i = 0; i < values.Length; i++) values[i] = frame.Lend(Reads[i], _layouts[i]);
        long trips = 0;
        try
        {
            while (true)
            {
                frame.Cancellation.ThrowIfCancellationRequested();
                condition.Run(values, holds, frame.Cancellation);
                bool goesOn = *holds[0].Address() != 0;
                GC.KeepAlive(holds[0]);
                holds[0].Release();
                if (!goesOn) break;
                body.Run(values, next, frame.Cancellation, donated: _carried);
                trips++;
                for (int i = 0; i < _carried; i++)
                {
                    values[i].Release();
                    values[i] = next[i];
                }
            }
            for (int i = 0; i < _carried; i++)
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
}

/// <summary>Runs a body once for each row of its sequences and stacks what it yields.</summary>
internal sealed unsafe class ScanStep(ScanCommand c, ManagedProgram body) : Step(c)
{
    private readonly int _carried = c.Carried;
    private readonly int _sequences = c.Sequences;
    private readonly long _length = c.Length;
    private readonly bool _reverse = c.IsReverse;
    private readonly TensorLayout[] _layouts = c.Layouts;
    private readonly TensorLayout[] _results = c.Results;
    private readonly TensorLayout[] _rows = [.. c.Layouts.Skip(c.Carried).Take(c.Sequences).Select(layout => TensorLayout.Of(layout.Type.Element))];

    public override IEnumerable<(string Name, ManagedProgram Program)> Inner => [("body", body)];

    public override void Run(Frame frame)
    {
        var values = new TensorData[Reads.Length];
        var next = new TensorData[_results.Length];
        var stacked = new TensorData[_results.Length - _carried];
        for (int i = 0; i < values.Length; i++)
            values[i] = i >= _carried && i < _carried + _sequences ? frame.Device.Allocate(_rows[i - _carried]) : frame.Lend(Reads[i], _layouts[i]);
        for (int i = 0; i < stacked.Length; i++) stacked[i] = frame.Device.Allocate(_results[_carried + i]);
        try
        {
            for (long step = 0; step < _length; step++)
            {
                frame.Cancellation.ThrowIfCancellationRequested();
                long at = _reverse ? _length - 1 - step : step;
                for (int i = 0; i < _sequences; i++)
                {
                    // A fresh row each time: the body may have kept the last one as a carried value.
                    long bytes = _rows[i].Bytes;
                    TensorData row = frame.Device.Allocate(_rows[i]);
                    System.Buffer.MemoryCopy(frame.Address(Reads[_carried + i]) + at * bytes, row.Address(), bytes, bytes);
                    values[_carried + i].Release();
                    values[_carried + i] = row;
                }
                body.Run(values, next, frame.Cancellation, donated: _carried + _sequences);
                for (int i = 0; i < _carried; i++)
                {
                    values[i].Release();
                    values[i] = next[i];
                }
                for (int i = 0; i < stacked.Length; i++)
                {
                    TensorData row = next[_carried + i];
                    System.Buffer.MemoryCopy(row.Address(), stacked[i].Address() + at * row.Layout.Bytes, row.Layout.Bytes, row.Layout.Bytes);
                    GC.KeepAlive(row);
                    row.Release();
                }
            }
            for (int i = 0; i < _carried; i++)
            {
                values[i].Retain();
                frame.Set(Writes[i], values[i]);
            }
            for (int i = 0; i < stacked.Length; i++)
            {
                stacked[i].Retain();
                frame.Set(Writes[_carried + i], stacked[i]);
            }
        }
        finally
        {
            foreach (TensorData value in values) value.Release();
            foreach (TensorData value in stacked) value.Release();
        }
    }
}
