using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Folds the elements of sliding windows; padding is no element.</summary>
internal sealed unsafe class WindowStep(WindowCommand c) : Step(c)
{
    // Taps that are folded element by element of a register; sums of more lose accuracy so.
    private const int MostTaps = 1024;
    private const int MostSummed = 64;
    private const int MostStride = 64;

    private readonly WindowFold _fold = c.Fold;
    private readonly View _x = c.X;
    private readonly WindowGeometry? _geometry = c.Sizes.Contains(0) ? null : new(c);
    private readonly double _empty = c.Empty;

    public override void Run(Frame frame)
    {
        if (_geometry is null) return;
        long rows = Extents.Product(_geometry.Result.AsSpan(..^1));
        long work = rows * _geometry.Columns * _geometry.Taps;
        int parts = (int)Math.Min(Math.Min(frame.Device.Workers.Threads, rows), Math.Max(1, work / CommandTime.WindowPart));
        frame.Device.Workers.Run(parts, part => RunRows(frame, _geometry, rows * part / parts, rows * (part + 1) / parts));
    }

    private void RunRows(Frame frame, WindowGeometry geometry, long from, long to)
    {
        switch (_x.DType)
        {
            case DType.F32: Rows<float, double>(frame, geometry, from, to); break;
            case DType.F64: Rows<double, double>(frame, geometry, from, to); break;
            case DType.I64: Rows<long, long>(frame, geometry, from, to); break;
            default: Rows<int, int>(frame, geometry, from, to); break;
        }
    }

    // A row is everything along the last axis; its windows share the taps of all other axes.
    private void Rows<T, TSum>(Frame frame, WindowGeometry geometry, long fromRow, long toRow)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        byte* result = frame.Address(Writes[0]);
        T empty = T.CreateSaturating(_empty);
        var lines = new WindowLines(geometry);
        bool together = geometry.Taps <= (_fold == WindowFold.Sum ? MostSummed : MostTaps)
            && geometry.Stride[^1] <= MostStride && geometry.InnerEnd > geometry.InnerFrom;
        using var scratch = Scratch.Rent(together ? WindowTaps<T>.ScratchBytes(geometry) : 0);
        WindowTaps<T> taps = together ? new(geometry, scratch.Take(WindowTaps<T>.ScratchBytes(geometry))) : default;
        for (long row = fromRow; row < toRow; row++)
        {
            if (row == fromRow) lines.Find(row);
            else lines.FindNext();
            T* to = (T*)result + row * geometry.Columns;
            long* places = (long*)result + row * geometry.Columns;
            long inner = geometry.InnerFrom;
            if (together && lines.Count > 0)
            {
                taps.Find(x, lines.Offsets);
                inner = geometry.InnerEnd;
                if (_fold == WindowFold.ArgMax) taps.ArgMax(lines.Offsets, places);
                else taps.Fold(_fold, lines.Count, to);
            }
            for (long column = 0; column < geometry.Columns; column++)
            {
                if (column == geometry.InnerFrom) column = inner;
                if (column < geometry.Columns) One<T, TSum>(geometry, x, lines.Offsets, column, empty, to, places);
            }
        }
    }

    private void One<T, TSum>(WindowGeometry geometry, T* x, ReadOnlySpan<long> lines, long column, T empty, T* result, long* places)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        int last = geometry.Last;
        T best = empty;
        TSum sum = TSum.Zero;
        long place = -1;
        (long from, long end) = geometry.TapsInside(last, column);
        foreach (long line in lines)
        {
            TSum part = TSum.Zero;
            long at = column * geometry.Stride[last] - geometry.Low[last] + from * geometry.Dilation[last];
            for (long k = from; k < end; k++, at += geometry.Dilation[last])
            {
                T value = x[line + at];
                if (_fold == WindowFold.Sum)
                {
                    part = unchecked(part + TSum.CreateTruncating(value));
                }
                else if (place < 0 || WindowTaps<T>.Wins(value, best))
                {
                    best = value;
                    place = line + at;
                }
            }
            sum = unchecked(sum + part);
        }
        if (_fold == WindowFold.ArgMax) places[column] = place;
        else result[column] = _fold == WindowFold.Sum ? T.CreateTruncating(sum) : best;
    }
}
