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

    private void Rows<T, TSum>(Frame frame, WindowGeometry geometry, long fromRow, long toRow)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        byte* result = frame.Address(Writes[0]);
        T empty = T.CreateSaturating(_empty);
        var planes = new WindowPlanes(geometry);
        bool together = geometry.Taps <= (_fold == WindowFold.Sum ? MostSummed : MostTaps)
            && geometry.Stride[^1] <= MostStride && geometry.Sizes[^1] <= int.MaxValue / 2 && geometry.InnerEnd > geometry.InnerFrom;
        long bytes = together ? WindowTaps<T>.ScratchBytes(geometry, planes.Most) : 0;
        using var scratch = Scratch.Rent(bytes);
        WindowTaps<T> taps = together ? new(geometry, planes.Most, scratch.Take(bytes)) : default;
        // Columns that are folded one by one: all, or those whose windows reach over the ends of a line.
        bool hasOthers = !together || geometry.InnerFrom > 0 || geometry.InnerEnd < geometry.Columns;
        long[] lines = new long[planes.Most * Math.Min(geometry.Window[^2], geometry.Sizes[^2])];
        for (long row = fromRow; row < toRow;)
        {
            if (row == fromRow) planes.Find(row / geometry.Rows);
            else planes.FindNext();
            long first = row % geometry.Rows, end = Math.Min(geometry.Rows, first + toRow - row);
            for (long inPlane = first; inPlane < end;)
            {
                (long tapsFrom, long tapsEnd) = geometry.TapsInside(geometry.Last - 1, inPlane);
                int rowTaps = (int)Math.Max(0, tapsEnd - tapsFrom);
                bool isFolded = together && rowTaps > 0 && planes.Count > 0;
                long rows = isFolded && inPlane >= geometry.InnerRowsFrom && inPlane < geometry.InnerRowsEnd
                    ? Math.Min(Math.Min(end, geometry.InnerRowsEnd) - inPlane, taps.Rows) : 1;
                long line = inPlane * geometry.Stride[^2] - geometry.Low[^2] + tapsFrom * geometry.Dilation[^2];
                long at = (row - first + inPlane) * geometry.Columns;
                T* to = (T*)result + at;
                long* places = (long*)result + at;
                if (isFolded)
                {
                    int found = taps.Find(x, planes.Offsets, line, (int)rows, rowTaps);
                    if (_fold == WindowFold.ArgMax) taps.ArgMax(found, (int)rows, places);
                    else taps.Fold(_fold, found, (int)rows, to);
                }
                for (long i = 0; i < rows && (hasOthers || !isFolded); i++)
                {
                    int count = LinesOf(geometry, planes.Offsets, line + i * geometry.Stride[^2], rowTaps, lines);
                    long offset = i * geometry.Columns;
                    Others<T, TSum>(geometry, x, lines.AsSpan(0, count), isFolded, empty, to + offset, places + offset);
                }
                inPlane += rows;
            }
            row += end - first;
        }
    }

    // Offsets of the lines that the windows of a row touch.
    private static int LinesOf(WindowGeometry geometry, ReadOnlySpan<long> planes, long line, int rowTaps, long[] lines)
    {
        int count = 0;
        foreach (long plane in planes)
        {
            for (int i = 0; i < rowTaps; i++) lines[count++] = plane + (line + i * geometry.Dilation[^2]) * geometry.Strides[^2];
        }
        return count;
    }

    // The columns of a row that are not folded together.
    private void Others<T, TSum>(WindowGeometry geometry, T* x, ReadOnlySpan<long> lines, bool isFolded, T empty, T* result, long* places)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        for (long column = 0; column < geometry.Columns; column++)
        {
            if (isFolded && column == geometry.InnerFrom) column = geometry.InnerEnd;
            if (column < geometry.Columns) One<T, TSum>(geometry, x, lines, column, empty, result, places);
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
