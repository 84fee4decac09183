namespace TensorGraph.Backends.Managed;

/// <summary>Runs one of several blocks: <c>if</c> (then, else) or <c>switch</c>.</summary>
internal sealed unsafe class BranchStep : Step
{
    private readonly Program[] _blocks;
    private readonly TensorLayout[] _layouts;

    public BranchStep(Program[] blocks, int[] inputs, TensorLayout[] layouts, int[] outputs)
    {
        _blocks = blocks;
        _layouts = layouts;
        Reads = inputs;
        Writes = outputs;
    }

    public override void Run(Frame frame)
    {
        byte* selector = frame.Address(Reads[0]);
        int block = _layouts[0].Type.DType == DType.Bool
            ? *selector != 0 ? 0 : 1
            : (int)Math.Min((uint)*(int*)selector, (uint)_blocks.Length - 1);
        var inputs = new TensorData[Reads.Count - 1];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = frame.Take(Reads[i + 1], _layouts[i + 1]);
        var results = new TensorData[Writes.Count];
        try
        {
            _blocks[block].Run(inputs, results, frame.Context);
        }
        finally
        {
            foreach (TensorData input in inputs) input.Release();
        }
        for (int i = 0; i < results.Length; i++) frame.Set(Writes[i], results[i]);
    }

    public override string Describe() => $"branch s{Reads[0]} over {_blocks.Length} blocks";
}

/// <summary>Runs a body while a condition holds. Cancellation is looked at before every round.</summary>
internal sealed unsafe class WhileStep : Step
{
    private readonly Program _condition;
    private readonly Program _body;
    private readonly int _carried;
    private readonly TensorLayout[] _layouts;

    public WhileStep(Program condition, Program body, int carried, int[] inputs, TensorLayout[] layouts, int[] outputs)
    {
        _condition = condition;
        _body = body;
        _carried = carried;
        _layouts = layouts;
        Reads = inputs;
        Writes = outputs;
    }

    public override void Run(Frame frame)
    {
        var values = new TensorData[Reads.Count];
        var next = new TensorData[_carried];
        var condition = new TensorData[1];
        for (int i = 0; i < values.Length; i++) values[i] = frame.Take(Reads[i], _layouts[i]);
        try
        {
            while (true)
            {
                frame.Context.Cancellation.ThrowIfCancellationRequested();
                _condition.Run(values, condition, frame.Context);
                bool holds = *condition[0].Address() != 0;
                GC.KeepAlive(condition[0]);
                condition[0].Release();
                if (!holds) break;
                _body.Run(values, next, frame.Context, given: _carried);
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
            foreach (TensorData value in values) value.Release();
        }
    }

    public override string Describe() => $"while over {_carried} values\n{_condition.Dump()}do\n{_body.Dump()}";
}

/// <summary>Runs a body once for each row of its sequences and stacks what it yields.</summary>
internal sealed unsafe class ScanStep : Step
{
    private readonly Program _body;
    private readonly int _carried;
    private readonly int _sequences;
    private readonly long _length;
    private readonly bool _reverse;
    private readonly TensorLayout[] _layouts;
    private readonly TensorLayout[] _results;
    private readonly TensorLayout[] _rows;

    public ScanStep(Program body, int carried, int sequences, long length, bool reverse, int[] inputs, TensorLayout[] layouts, int[] outputs, TensorLayout[] results)
    {
        _body = body;
        _carried = carried;
        _sequences = sequences;
        _length = length;
        _reverse = reverse;
        _layouts = layouts;
        _results = results;
        _rows = [.. layouts.Skip(carried).Take(sequences).Select(layout => TensorLayout.Of(layout.Type.Element))];
        Reads = inputs;
        Writes = outputs;
    }

    public override void Run(Frame frame)
    {
        var values = new TensorData[Reads.Count];
        var next = new TensorData[_results.Length];
        var stacked = new TensorData[_results.Length - _carried];
        for (int i = 0; i < values.Length; i++)
            values[i] = i >= _carried && i < _carried + _sequences ? frame.Device.Allocate(_rows[i - _carried]) : frame.Take(Reads[i], _layouts[i]);
        for (int i = 0; i < stacked.Length; i++) stacked[i] = frame.Device.Allocate(_results[_carried + i]);
        try
        {
            for (long step = 0; step < _length; step++)
            {
                frame.Context.Cancellation.ThrowIfCancellationRequested();
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
                _body.Run(values, next, frame.Context, given: _carried + _sequences);
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

    public override string Describe() => $"scan {_length} rows of {_sequences} sequences over {_carried} values\n{_body.Dump()}";
}
