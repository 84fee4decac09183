using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>Indices as they are when a step runs.</summary>
internal static unsafe class Indices
{
    /// <summary>The value of an index.</summary>
    public static long Read(this IndexSlot index, Frame frame)
    {
        byte* address = frame.Address(index.Slot);
        return index.IsLong ? ((long*)address)[index.Offset] : ((int*)address)[index.Offset];
    }

    /// <summary>A position, which must be one of the table's rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Position(this PlaceTable table, byte* positions, long index, Node node)
    {
        long position = table.IsLong ? ((long*)positions)[index] : ((int*)positions)[index];
        if ((ulong)position >= (ulong)table.Size) throw OpDefs.PositionOutOfRange(node, position, table.Axis, table.Type);
        return position;
    }
}

internal sealed unsafe class GatherStep(GatherCommand c) : Step(c)
{
    private readonly PlaceTable _table = c.Table;
    private readonly Node _node = c.Node;
    private readonly View _x = c.X;
    private readonly View _positions = c.Positions;

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
}

internal sealed unsafe class StartStep(StartCommand c) : Step(c)
{
    private readonly TensorLayout _layout = c.Layout;

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
}

/// <summary>Copies a block whose place in the larger side is known when the step runs.</summary>
internal sealed unsafe class BlockStep(BlockCommand c) : Step(c)
{
    private readonly View _from = c.From;
    private readonly View _to = c.To;
    private readonly IndexSlot[] _starts = c.Starts;
    private readonly long[] _whole = c.Whole;
    private readonly long[] _block = c.Block;
    private readonly bool _startsAtSource = c.StartsAtSource;

    public override void Run(Frame frame)
    {
        int size = _from.DType.Size();
        byte* from = frame.Address(_from.Slot) + _from.Offset * size;
        byte* to = frame.Address(_to.Slot) + _to.Offset * size;
        for (int axis = 0; axis < _starts.Length; axis++)
        {
            long start = _starts[axis].Read(frame);
            long room = _whole[axis] - _block[axis];
            if (start < 0 || start > room) throw c.OutOfRange(axis, start);
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
}
