using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Commands that can run on a few rows of a batch of matrices at a time, in order. The first one is a product that makes such rows.
/// </summary>
internal sealed class TileGroup
{
    // A sum over rows in parts has the order of the whole one: products add blocks of this many terms, and halve what is longer.
    private const long SumBlock = 256, LongestSum = 8192;

    // Low tiles read the other operand of a product too often; a multiple of the rows that a product has in registers.
    private const long Height = 252, HeightStep = 42;

    private readonly IReadOnlyList<Slot> _slots;
    private readonly long _matrices, _rows;
    private readonly List<(Command Command, TileUse Use)> _parts = [];
    private readonly Dictionary<int, long> _rowBytes = [];
    private readonly HashSet<int> _sums = [];
    private readonly HashSet<int> _touched = [];

    private TileGroup(IReadOnlyList<Slot> slots, long matrices, long rows) => (_slots, _matrices, _rows) = (slots, matrices, rows);

    public IReadOnlyList<(Command Command, TileUse Use)> Parts => _parts;

    /// <summary>The slots of which the commands make rows.</summary>
    public IEnumerable<int> RowSlots => _rowBytes.Keys;

    public TileSpace Space
    {
        get
        {
            bool hasSums = _sums.Count > 0;
            if (_rows < Height + Height / 4) return new TileSpace(_matrices, _rows, _rows, hasSums);
            if (hasSums) return new TileSpace(_matrices, _rows, SumBlock, hasSums);
            long tiles = (_rows + Height - 1) / Height, rowsOfTile = (_rows + tiles - 1) / tiles;
            return new TileSpace(_matrices, _rows, (rowsOfTile + HeightStep - 1) / HeightStep * HeightStep, hasSums);
        }
    }

    /// <summary>A group that begins with a product; null if it is not one of many matrices.</summary>
    public static TileGroup? Start(Command command, IReadOnlyList<Slot> slots)
    {
        if (command is not DotCommand { DType: DType.F32 or DType.F64 } dot) return null;
        long matrices = Extents.Product(dot.Batch);
        if (matrices < 2 || dot.M < TilePlan.LeastRows || dot.N == 0 || dot.K == 0) return null;
        var group = new TileGroup(slots, matrices, dot.M);
        return group.TryAdd(command) ? group : null;
    }

    /// <summary>True when one of the commands reads or writes a slot.</summary>
    public bool Touches(int slot) => _touched.Contains(slot);

    /// <summary>True when one of the commands writes a slot.</summary>
    public bool Writes(int slot) => _rowBytes.ContainsKey(slot) || _sums.Contains(slot);

    /// <summary>Bytes of a row of a slot.</summary>
    public long RowBytes(int slot) => _rowBytes[slot];

    /// <summary>True when a command uses something that one of the group does.</summary>
    public bool IsBeside(Command command) => command.Reads.Concat(command.Writes).Any(_touched.Contains);

    /// <summary>Adds a command if it can run on some rows before the others run on the next ones.</summary>
    public bool TryAdd(Command command)
    {
        bool isFirst = _parts.Count == 0;
        // A value has one maker, and what is made of all rows is not there yet.
        if (command.Writes.Any(_touched.Contains) || command.Reads.Any(_sums.Contains)) return false;
        TileUse? use = command switch
        {
            LoopCommand loop when RunsByRow(loop) => TileUse.Rows,
            DotCommand { DType: DType.F32 or DType.F64 } dot when MakesRows(dot) => TileUse.Rows,
            DotCommand { DType: DType.F32 or DType.F64 } dot when !isFirst && SumsRows(dot) => TileUse.Sums,
            _ => null,
        };
        if (use is null) return false;
        foreach (int slot in command.Writes)
        {
            if (use == TileUse.Sums) _sums.Add(slot);
            else _rowBytes[slot] = _slots[slot].Layout.Bytes / (_matrices * _rows);
        }
        _touched.UnionWith(command.Reads);
        _touched.UnionWith(command.Writes);
        _parts.Add((command, use.Value));
        return true;
    }

    private bool RunsByRow(LoopCommand loop)
    {
        LoopNest nest = loop.Nest;
        if (nest.IsEmpty || RowAxes(nest.Extents, _matrices * _rows) is not { } axes || nest.Extents[axes - 1] % _rows != 0) return false;
        for (int k = 0; k < loop.Slots.Length; k++)
        {
            bool isOutput = nest.Kernel.Operands[k].IsOutput;
            if ((isOutput || _rowBytes.ContainsKey(loop.Slots[k])) && !IsInRows(nest, k, loop.Slots[k], axes)) return false;
        }
        return true;
    }

    /// <summary>The number of outer axes that are the rows together; null if there is none.</summary>
    public static int? RowAxes(long[] extents, long rows)
    {
        long product = 1;
        for (int axis = 0; axis < extents.Length; axis++)
        {
            product *= extents[axis];
            if (product == rows) return axis + 1;
        }
        return null;
    }

    // An iteration of the outer axes has the bytes of its row, and no others.
    private bool IsInRows(LoopNest nest, int k, int slot, int axes)
    {
        long bytes = _slots[slot].Layout.Bytes, rowBytes = bytes / (_matrices * _rows);
        if (rowBytes == 0 || bytes % (_matrices * _rows) != 0) return false;
        long stride = rowBytes;
        for (int axis = axes - 1; axis >= 0; stride *= nest.Extents[axis--])
        {
            if (nest.Strides[k][axis] != stride) return false;
        }
        long end = nest.Offsets[k] + nest.Kernel.Operands[k].DType.Size();
        for (int axis = axes; axis < nest.Extents.Length; axis++)
        {
            if (nest.Strides[k][axis] < 0) return false;
            end += nest.Strides[k][axis] * (nest.Extents[axis] - 1);
        }
        return nest.Offsets[k] >= 0 && end <= rowBytes;
    }

    // C[rows, n] = A[rows, k]·B: B must be there as a whole.
    private bool MakesRows(DotCommand dot) => Extents.Product(dot.Batch) == _matrices && dot.M == _rows && dot.K > 0 && dot.N > 0
        && !_rowBytes.ContainsKey(dot.B.Slot)
        && (!_rowBytes.ContainsKey(dot.A.Slot) || IsInRows(dot, dot.A, dot.A.RowStride, dot.A.ColumnStride, dot.K));

    // C[m, n] = Σ A[m, row]·B[row, n]. Single rows and columns have an order of their own.
    private bool SumsRows(DotCommand dot) => Extents.Product(dot.Batch) == _matrices
        && dot.K == _rows && dot.K <= LongestSum && dot.M > 4 && dot.N > 4
        && (!_rowBytes.ContainsKey(dot.A.Slot) || IsInRows(dot, dot.A, dot.A.ColumnStride, dot.A.RowStride, dot.M))
        && (!_rowBytes.ContainsKey(dot.B.Slot) || IsInRows(dot, dot.B, dot.B.RowStride, dot.B.ColumnStride, dot.N));

    private bool IsInRows(DotCommand dot, DotOperand operand, long rowStride, long stride, long count)
    {
        long row = _rowBytes[operand.Slot] / dot.DType.Size();
        if (_slots[operand.Slot].Layout.Type.DType != dot.DType || rowStride != row || stride < 0) return false;
        if (operand.Offset < 0 || operand.Offset + stride * (count - 1) >= row) return false;
        long batch = row * _rows;
        for (int axis = dot.Batch.Length - 1; axis >= 0; axis--)
        {
            if (dot.Batch[axis] == 1) continue;
            if (operand.BatchStrides[axis] != batch) return false;
            batch *= dot.Batch[axis];
        }
        return true;
    }
}
