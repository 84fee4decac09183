using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The loops of gather and scatter: for each of <c>Batches</c>, <c>Outer</c> and <c>Positions</c> a run of <c>Inner</c> elements moves
/// between row <c>position</c> of <c>Size</c> rows and the next place of the other side.
/// </summary>
internal sealed record PlaceTable(long Batches, long Outer, long Positions, long Inner, long Size, bool IsLong, int Axis, TensorType Type)
{
    public static PlaceTable Of(Instance instance)
    {
        long[] x = instance.Inputs[0].Layout.Sizes;
        TensorLayout positions = instance.Inputs[1].Layout;
        int axis = (int)instance.Node.Attrs.Get<long>("axis");
        int batch = (int)instance.Node.Attrs.Get("batch", 0L);
        return new PlaceTable(
            Product(x, 0, batch), Product(x, batch, axis), Product(positions.Sizes, batch, positions.Sizes.Length), Product(x, axis + 1, x.Length),
            x[axis], positions.Type.DType == DType.I64, axis, instance.Inputs[0].Layout.Type);
    }

    public unsafe long Position(byte* positions, long index, Node node)
    {
        long position = IsLong ? ((long*)positions)[index] : ((int*)positions)[index];
        if ((ulong)position >= (ulong)Size)
        {
            throw new GraphException(
                DiagnosticIds.OutOfRange, $"{node.Op.Name}: position {position} is out of range for axis {Axis} of {Type}",
                Op.InRange("Positions", Size - 1), node.Source.OrCaller());
        }
        return position;
    }

    private static long Product(long[] sizes, int from, int to)
    {
        long product = 1;
        for (int axis = from; axis < to; axis++) product *= sizes[axis];
        return product;
    }
}

internal sealed unsafe class GatherStep : Step
{
    private readonly PlaceTable _table;
    private readonly Node _node;
    private readonly View _x;
    private readonly View _positions;

    public GatherStep(PlaceTable table, View x, View positions, int result, Node node)
    {
        (_table, _x, _positions, _node) = (table, x, positions, node);
        Reads = [x.Slot, positions.Slot];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        int size = _x.DType.Size();
        byte* x = frame.Address(_x.Slot) + _x.Offset * size;
        byte* positions = frame.Address(_positions.Slot) + _positions.Offset * _positions.DType.Size();
        byte* to = frame.Address(Writes[0]);
        long run = _table.Inner * size;
        for (long batch = 0; batch < _table.Batches; batch++)
        {
            for (long outer = 0; outer < _table.Outer; outer++, x += _table.Size * run)
            {
                for (long i = 0; i < _table.Positions; i++, to += run)
                {
                    long position = _table.Position(positions, batch * _table.Positions + i, _node);
                    System.Buffer.MemoryCopy(x + position * run, to, run, run);
                }
            }
        }
    }

    public override string Describe() => $"gather (s{Reads[0]}, s{Reads[1]}) -> s{Writes[0]}";
}

/// <summary>
/// The start of a tensor that differs from an input in some elements: the input itself when nobody else needs it, as what a loop carries, else a copy.
/// So a loop that changes an element at each turn does not copy the others.
/// </summary>
internal sealed unsafe class StartStep : Step
{
    private readonly TensorLayout _layout;

    public StartStep(int input, int result, TensorLayout layout)
    {
        _layout = layout;
        Reads = [input];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        TensorData tensor = frame.Tensor(Reads[0]);
        if (frame.MayOverwrite(Reads[0]))
        {
            tensor.Retain();
        }
        else
        {
            TensorData copy = frame.Device.Allocate(_layout);
            System.Buffer.MemoryCopy(tensor.Address(), copy.Address(), _layout.Bytes, _layout.Bytes);
            GC.KeepAlive(tensor);
            tensor = copy;
        }
        frame.Set(Writes[0], tensor);
    }

    public override string Describe() => $"start from s{Reads[0]} -> s{Writes[0]}";
}

/// <summary>Adds updates into a slot that holds the start values. In row-major order of the updates, so the bits never change.</summary>
internal sealed unsafe class ScatterAddStep : Step
{
    private readonly PlaceTable _table;
    private readonly DType _dtype;
    private readonly Node _node;
    private readonly View _positions;
    private readonly View _updates;

    public ScatterAddStep(PlaceTable table, DType dtype, View positions, View updates, int sums, Node node)
    {
        (_table, _dtype, _positions, _updates, _node) = (table, dtype, positions, updates, node);
        Reads = [positions.Slot, updates.Slot, sums];
        Writes = [sums];
    }

    public override void Run(Frame frame)
    {
        switch (_dtype)
        {
            case DType.F32: Add<float>(frame); break;
            case DType.F64: Add<double>(frame); break;
            case DType.I64: Add<long>(frame); break;
            default: Add<int>(frame); break;
        }
    }

    private void Add<T>(Frame frame)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        T* sums = (T*)frame.Address(Writes[0]);
        T* updates = (T*)frame.Address(_updates.Slot) + _updates.Offset;
        byte* positions = frame.Address(_positions.Slot) + _positions.Offset * _positions.DType.Size();
        long inner = _table.Inner;
        for (long batch = 0; batch < _table.Batches; batch++)
        {
            for (long outer = 0; outer < _table.Outer; outer++, sums += _table.Size * inner)
            {
                for (long i = 0; i < _table.Positions; i++, updates += inner)
                {
                    T* row = sums + _table.Position(positions, batch * _table.Positions + i, _node) * inner;
                    for (long k = 0; k < inner; k++) row[k] = unchecked(row[k] + updates[k]);
                }
            }
        }
    }

    public override string Describe() => $"scatter_add {_dtype.Name()} (s{Reads[0]}, s{Reads[1]}) -> s{Writes[0]}";
}

/// <summary>Copies a block whose place in the larger side is known when the step runs.</summary>
internal sealed unsafe class BlockStep : Step
{
    private readonly Node _node;
    private readonly View _from;
    private readonly View _to;
    private readonly (int Slot, bool IsLong, long Offset)[] _starts;
    private readonly long[] _whole;
    private readonly long[] _block;
    private readonly bool _startsAtSource;

    public BlockStep(Node node, View from, View to, (int Slot, bool IsLong, long Offset)[] starts, long[] whole, long[] block, bool startsAtSource)
    {
        (_node, _from, _to, _starts, _whole, _block, _startsAtSource) = (node, from, to, starts, whole, block, startsAtSource);
        Reads = [from.Slot, .. starts.Select(start => start.Slot), .. startsAtSource ? Array.Empty<int>() : [to.Slot]];
        Writes = [to.Slot];
    }

    public override void Run(Frame frame)
    {
        int size = _from.DType.Size();
        byte* from = frame.Address(_from.Slot) + _from.Offset * size;
        byte* to = frame.Address(_to.Slot) + _to.Offset * size;
        for (int axis = 0; axis < _starts.Length; axis++)
        {
            byte* address = frame.Address(_starts[axis].Slot);
            long start = _starts[axis].IsLong ? ((long*)address)[_starts[axis].Offset] : ((int*)address)[_starts[axis].Offset];
            long room = _whole[axis] - _block[axis];
            if (start < 0 || start > room)
            {
                throw new GraphException(
                    DiagnosticIds.OutOfRange, $"{_node.Op.Name}: start {start} of a block [{string.Join(", ", _block)}] is out of range for axis {axis} of [{string.Join(", ", _whole)}]",
                    Op.InRange("Starts", room), _node.Source.OrCaller());
            }
            if (_startsAtSource) from += start * _from.Strides[axis] * size;
            else to += start * _to.Strides[axis] * size;
        }
        if (Array.Exists(_block, extent => extent == 0)) return;
        Copy(from, to, 0, size);
    }

    private void Copy(byte* from, byte* to, int axis, int size)
    {
        if (axis == _block.Length)
        {
            System.Buffer.MemoryCopy(from, to, size, size);
            return;
        }
        if (axis == _block.Length - 1 && _from.Strides[axis] == 1 && _to.Strides[axis] == 1)
        {
            long bytes = _block[axis] * size;
            System.Buffer.MemoryCopy(from, to, bytes, bytes);
            return;
        }
        for (long i = 0; i < _block[axis]; i++) Copy(from + i * _from.Strides[axis] * size, to + i * _to.Strides[axis] * size, axis + 1, size);
    }

    public override string Describe() => $"{_node.Op.Name} (s{_from.Slot}) -> s{_to.Slot}";
}
