using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Folds the elements of sliding windows; padding is no element.</summary>
internal sealed unsafe class WindowStep(WindowCommand c) : Step(c)
{
    private readonly WindowFold _fold = c.Fold;
    private readonly View _x = c.X;
    private readonly long[] _result = c.Sizes;
    private readonly long[] _window = c.Window;
    private readonly long[] _stride = c.Stride;
    private readonly long[] _dilation = c.Dilation;
    private readonly long[] _low = c.Low;
    private readonly double _empty = c.Empty;

    public override void Run(Frame frame)
    {
        int last = _result.Length - 1;
        long rows = 1;
        for (int axis = 0; axis < last; axis++) rows *= _result[axis];
        if (rows * _result[last] == 0) return;
        long work = rows * _result[last] * _window.Aggregate(1L, (product, size) => product * size);
        int parts = (int)Math.Min(Math.Min(frame.Device.Workers.Threads, rows), Math.Max(1, work / CommandTime.WindowPart));
        frame.Device.Workers.Run(parts, part => RunRows(frame, rows * part / parts, rows * (part + 1) / parts));
    }

    private void RunRows(Frame frame, long from, long to)
    {
        switch (_x.DType)
        {
            case DType.F32: Rows<float, double>(frame, from, to); break;
            case DType.F64: Rows<double, double>(frame, from, to); break;
            case DType.I64: Rows<long, long>(frame, from, to); break;
            default: Rows<int, int>(frame, from, to); break;
        }
    }

    // A row is everything along the last axis; its windows share the taps of all other axes.
    private void Rows<T, TSum>(Frame frame, long fromRow, long toRow)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        int last = _result.Length - 1;
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        byte* result = frame.Address(Writes[0]);
        long columns = _result[last];
        T empty = T.CreateSaturating(_empty);
        var position = new long[last];
        var tap = new long[last];
        var lines = new List<long>();
        for (long row = fromRow; row < toRow; row++)
        {
            long rest = row;
            for (int axis = last - 1; axis >= 0; axis--)
            {
                position[axis] = rest % _result[axis];
                rest /= _result[axis];
            }
            CollectLines(position, tap, lines);
            for (long column = 0; column < columns; column++)
            {
                T best = empty;
                TSum sum = TSum.Zero;
                long place = -1;
                foreach (long line in lines)
                {
                    TSum part = TSum.Zero;
                    long at = column * _stride[last] - _low[last];
                    for (long k = 0; k < _window[last]; k++, at += _dilation[last])
                    {
                        if ((ulong)at >= (ulong)_x.Sizes[last]) continue;
                        T value = x[line + at];
                        if (_fold == WindowFold.Sum)
                        {
                            part = unchecked(part + TSum.CreateTruncating(value));
                        }
                        else if (place < 0 || value > best || (T.IsNaN(value) && !T.IsNaN(best)))
                        {
                            best = value;
                            place = line + at;
                        }
                    }
                    sum = unchecked(sum + part);
                }
                if (_fold == WindowFold.ArgMax) ((long*)result)[row * columns + column] = place;
                else ((T*)result)[row * columns + column] = _fold == WindowFold.Sum ? T.CreateTruncating(sum) : best;
            }
        }
    }

    // Offsets of the input's rows that the windows at a position touch, in row-major order of the taps.
    private void CollectLines(long[] position, long[] tap, List<long> lines)
    {
        lines.Clear();
        Array.Clear(tap);
        while (true)
        {
            long offset = 0;
            bool inside = true;
            for (int axis = 0; axis < tap.Length; axis++)
            {
                long at = position[axis] * _stride[axis] + tap[axis] * _dilation[axis] - _low[axis];
                inside &= (ulong)at < (ulong)_x.Sizes[axis];
                offset += at * _x.Strides[axis];
            }
            if (inside) lines.Add(offset);
            int next = tap.Length - 1;
            while (next >= 0 && ++tap[next] == _window[next]) tap[next--] = 0;
            if (next < 0) return;
        }
    }
}
