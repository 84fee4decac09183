using System.Numerics;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The taps of the windows of several rows as lines of their own: element r · pitch + c of a tap is what it sees in row r at column c, so that rows
/// are folded as one line, a register at a time. With a stride the lines of the input are first split into one for each remainder. What lies
/// between the columns of two rows means nothing.
/// </summary>
internal readonly unsafe ref struct WindowTaps<T>
    where T : unmanaged, INumber<T>
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    // Of what is split for rows that are folded together: it stays in the first-level cache.
    private const long SplitBytes = 16 << 10;

    private readonly WindowGeometry _geometry;
    private readonly T** _taps;
    private readonly long* _places;
    private readonly T* _split;
    private readonly T* _folded;
    private readonly int _window;
    private readonly int _stride;
    private readonly int _rowStride;
    private readonly int _pitch;
    private readonly int _from;
    private readonly int _end;

    public WindowTaps(WindowGeometry geometry, int planes, byte* scratch)
    {
        _geometry = geometry;
        (_from, _end) = ((int)geometry.InnerFrom, (int)geometry.InnerEnd);
        (_window, _stride, _rowStride, _pitch) = ((int)geometry.Window[^1], (int)geometry.Stride[^1], (int)geometry.Stride[^2], Pitch(geometry));
        Rows = (int)RowsTogether(geometry, planes);
        _taps = (T**)scratch;
        _places = (long*)(_taps + geometry.Taps);
        _split = (T*)(_places + geometry.Taps);
        _folded = _split + planes * Remainders(geometry) * LinesOf(geometry, Rows) * _pitch;
    }

    /// <summary>The most rows at a time.</summary>
    public int Rows { get; }

    public static long ScratchBytes(WindowGeometry geometry, int planes)
    {
        long rows = RowsTogether(geometry, planes), lines = planes * Remainders(geometry) * LinesOf(geometry, rows) + rows;
        // With padding as wide as a window the last row of the result is longer than its line.
        long elements = lines * Pitch(geometry) + Math.Max(0, geometry.InnerEnd - Pitch(geometry));
        return geometry.Taps * (sizeof(T*) + sizeof(long)) + elements * sizeof(T);
    }

    private static int Pitch(WindowGeometry geometry) =>
        (int)(geometry.Stride[^1] == 1 ? geometry.Strides[^2] : (geometry.Sizes[^1] + geometry.Stride[^1] - 1) / geometry.Stride[^1]);

    private static long RowsTogether(WindowGeometry geometry, int planes) => geometry.Stride[^1] == 1 && geometry.Stride[^2] > 1 ? 1
        : Math.Clamp(SplitBytes / Math.Max(1, planes * Math.Max(1, Remainders(geometry)) * Pitch(geometry) * sizeof(T)), 1, geometry.Rows);

    // Lines that one line of the result needs side by side; none where the input is read in place.
    private static long Remainders(WindowGeometry geometry) => geometry.Stride[^1] == 1 ? 0
        : geometry.Stride[^1] * Math.Min(geometry.Stride[^2], (geometry.Window[^2] - 1) * geometry.Dilation[^2] + 1);

    private static long LinesOf(WindowGeometry geometry, long rows) => rows + (geometry.Window[^2] - 1) * geometry.Dilation[^2] / geometry.Stride[^2];

    /// <summary>Finds the taps of rows whose windows have the same ones of the row axis.</summary>
    /// <param name="x">The input.</param>
    /// <param name="planes">Offsets of planes of the input.</param>
    /// <param name="line">The line of a plane that the first tap of the first row sees.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="rowTaps">How many taps of the row axis.</param>
    /// <returns>The number of taps.</returns>
    [MethodImpl(Hot)]
    public int Find(T* x, ReadOnlySpan<long> planes, long line, int rows, int rowTaps)
    {
        long lineStride = _geometry.Strides[^2], dilation = _geometry.Dilation[^2];
        // Elements of the lines of one remainder, and of those of one plane.
        long part = LinesOf(_geometry, Rows) * _pitch, whole = part * Remainders(_geometry);
        int taps = 0;
        for (int p = 0; p < planes.Length; p++)
        {
            T* plane = x + planes[p] + line * lineStride, split = _split + p * whole;
            int reach = (int)((rowTaps - 1) * dilation);
            if (_stride > 1) SplitLines(plane, split, part, (rows - 1) * _rowStride + reach, reach);
            for (int i = 0; i < rowTaps; i++)
            {
                long at = i * dilation;
                for (int k = 0; k < _window; k++)
                {
                    long element = _geometry.FirstElement(k);
                    _places[taps] = planes[p] + (line + at) * lineStride + element;
                    _taps[taps++] = _stride == 1 ? x + _places[taps - 1] : Tap(split, part, at, element);
                }
            }
        }
        return taps;
    }

    private T* Tap(T* split, long part, long line, long element)
    {
        long column = (long)Math.Floor((double)element / _stride);
        return split + (line % _rowStride * _stride + element - column * _stride) * part + line / _rowStride * _pitch + column;
    }

    // Element j · stride + r of line i · row stride + q comes to place j of line i of part q · stride + r.
    private void SplitLines(T* plane, T* split, long part, int last, int reach)
    {
        long lineStride = _geometry.Strides[^2], step = lineStride * _rowStride;
        int whole = (int)_geometry.Sizes[^1] / _stride, left = (int)_geometry.Sizes[^1] % _stride;
        for (int q = 0; q < _rowStride && q <= reach; q++, split += _stride * part)
        {
            int lines = (last - q) / _rowStride + 1;
            T* from = plane + q * lineStride;
            if (_stride == 2) Alternating.Split(from, step, split, split + part, _pitch, lines, whole);
            else for (int r = 0; r < _stride; r++) Pick(from + r, step, split + r * part, lines, whole);
            for (int r = 0; r < left; r++) Pick(from + whole * _stride + r, step, split + r * part + whole, lines, 1);
        }
    }

    [MethodImpl(Hot)]
    private void Pick(T* from, long step, T* to, int lines, int count)
    {
        for (int i = 0; i < lines; i++, from += step, to += _pitch)
        {
            for (int j = 0; j < count; j++) to[j] = from[j * _stride];
        }
    }

    /// <summary>The sum or the largest element of each window.</summary>
    public void Fold(WindowFold fold, int taps, int rows, T* result)
    {
        int columns = (int)_geometry.Columns, end = (rows - 1) * _pitch + _end;
        // Columns at the ends of lines come later.
        T* to = _pitch == columns ? result : _folded;
        switch (LaneSet.WidthFor(end - _from, sizeof(T)))
        {
            case 512: Fold<Lanes512<T>>(fold, taps, end, to); break;
            case 256: Fold<Lanes256<T>>(fold, taps, end, to); break;
            case 128: Fold<Lanes128<T>>(fold, taps, end, to); break;
            default: FoldEach(fold, taps, end, to); break;
        }
        if (to == result) return;
        for (int r = 0; r < rows; r++)
            new ReadOnlySpan<T>(to + r * _pitch + _from, _end - _from).CopyTo(new Span<T>(result + (long)r * columns + _from, _end - _from));
    }

    [MethodImpl(Hot)]
    private void Fold<V>(WindowFold fold, int taps, int end, T* result)
        where V : unmanaged, ILanes<V, T>
    {
        for (int c = _from; c < end; c += V.Count)
        {
            // The last register overlaps the one before it.
            int at = Math.Min(c, end - V.Count);
            V folded = V.Load((byte*)(_taps[0] + at));
            for (int t = 1; t < taps; t++)
            {
                V value = V.Load((byte*)(_taps[t] + at));
                folded = fold == WindowFold.Sum ? folded + value : V.Select(Wins<V>(value, folded), value, folded);
            }
            V.Store((byte*)(result + at), folded);
        }
    }

    [MethodImpl(Hot)]
    private void FoldEach(WindowFold fold, int taps, int end, T* result)
    {
        for (int c = _from; c < end; c++)
        {
            T folded = _taps[0][c];
            for (int t = 1; t < taps; t++)
            {
                T value = _taps[t][c];
                folded = fold == WindowFold.Sum ? unchecked(folded + value) : Wins(value, folded) ? value : folded;
            }
            result[c] = folded;
        }
    }

    /// <summary>The place of the largest element of each window.</summary>
    [MethodImpl(Hot)]
    public void ArgMax(int taps, int rows, long* result)
    {
        int end = (rows - 1) * _pitch + _end;
        switch (LaneSet.WidthFor(end - _from, sizeof(T)))
        {
            case 512: ArgMax<Lanes512<T>>(taps, end); break;
            case 256: ArgMax<Lanes256<T>>(taps, end); break;
            case 128: ArgMax<Lanes128<T>>(taps, end); break;
            default: ArgMaxEach(taps, end); break;
        }
        long lineStride = _geometry.Strides[^2] * _rowStride;
        for (int r = 0; r < rows; r++, result += _geometry.Columns)
        {
            T* numbers = _folded + r * _pitch;
            long place = r * lineStride + (long)_from * _stride;
            for (int c = _from; c < _end; c++, place += _stride) result[c] = _places[NumberOf(numbers[c])] + place;
        }
    }

    [MethodImpl(Hot)]
    private void ArgMax<V>(int taps, int end)
        where V : unmanaged, ILanes<V, T>
    {
        for (int c = _from; c < end; c += V.Count)
        {
            int at = Math.Min(c, end - V.Count);
            V best = V.Load((byte*)(_taps[0] + at)), number = V.Broadcast(Numbered(0));
            for (int t = 1; t < taps; t++)
            {
                V value = V.Load((byte*)(_taps[t] + at)), wins = Wins<V>(value, best);
                best = V.Select(wins, value, best);
                number = V.Select(wins, V.Broadcast(Numbered(t)), number);
            }
            V.Store((byte*)(_folded + at), number);
        }
    }

    [MethodImpl(Hot)]
    private void ArgMaxEach(int taps, int end)
    {
        for (int c = _from; c < end; c++)
        {
            int first = 0;
            for (int t = 1; t < taps; t++) first = Wins(_taps[t][c], _taps[first][c]) ? t : first;
            _folded[c] = Numbered(first);
        }
    }

    // The number of a tap in the bits of an element.
    private static T Numbered(int tap) => sizeof(T) == sizeof(int) ? Unsafe.BitCast<int, T>(tap) : Unsafe.BitCast<long, T>(tap);

    private static int NumberOf(T element) => sizeof(T) == sizeof(int) ? Unsafe.BitCast<T, int>(element) : (int)Unsafe.BitCast<T, long>(element);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Wins<V>(V value, V best)
        where V : unmanaged, ILanes<V, T> => V.Equal(best, best) & ~V.LessOrEqual(value, best);

    /// <summary>True for a larger element. Of equal ones the first one stays, and of NaNs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Wins(T value, T best) => !(value <= best) && !T.IsNaN(best);
}
