using System.Numerics;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The taps of a row's windows as lines of their own: element c of a tap is what it sees at column c. With a stride the lines of the input are first
/// split into one for each remainder, so that columns lie next to each other and are folded a register at a time.
/// </summary>
internal readonly unsafe ref struct WindowTaps<T>
    where T : unmanaged, INumber<T>
{
    private const MethodImplOptions Hot = MethodImplOptions.AggressiveOptimization;

    private readonly WindowGeometry _geometry;
    private readonly T** _taps;
    private readonly long* _places;
    private readonly T* _split;
    private readonly int _window;
    private readonly int _stride;
    private readonly int _pitch;
    private readonly int _from;
    private readonly int _end;

    // Of the widest register that a row fills; 0 for none.
    private readonly int _bits;

    public WindowTaps(WindowGeometry geometry, byte* scratch)
    {
        _geometry = geometry;
        (_from, _end) = ((int)geometry.InnerFrom, (int)geometry.InnerEnd);
        (_window, _stride) = ((int)geometry.Window[^1], (int)geometry.Stride[^1]);
        _pitch = Pitch(geometry);
        _bits = LaneSet.MachineWidth;
        while (_bits >= 128 && _bits / 8 / sizeof(T) > _end - _from) _bits /= 2;
        if (_bits < 128) _bits = 0;
        _taps = (T**)scratch;
        _places = (long*)(_taps + geometry.Taps);
        _split = (T*)(_places + geometry.Taps);
        if (_stride == 1) return;
        for (int t = 0; t < geometry.Taps; t++)
        {
            long at = geometry.FirstElement(t % _window), quotient = (long)Math.Floor((double)at / _stride);
            _taps[t] = _split + ((long)(t / _window) * _stride + at - quotient * _stride) * _pitch + quotient;
        }
    }

    public static long ScratchBytes(WindowGeometry geometry) =>
        geometry.Taps * (sizeof(T*) + sizeof(long)) + geometry.Taps / geometry.Window[^1] * geometry.Stride[^1] * Pitch(geometry) * sizeof(T);

    private static int Pitch(WindowGeometry geometry) => geometry.Stride[^1] == 1 ? 0 : (int)(geometry.Sizes[^1] / geometry.Stride[^1]) + 1;

    /// <summary>Finds the taps of a row's windows; <paramref name="lines"/> are offsets of lines of the input.</summary>
    [MethodImpl(Hot)]
    public void Find(T* x, ReadOnlySpan<long> lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (_stride == 1) for (int k = 0; k < _window; k++) _taps[i * _window + k] = x + lines[i] + _geometry.FirstElement(k);
            else Split(x + lines[i], _split + (long)i * _stride * _pitch);
        }
    }

    // to[r·pitch + j] = line[j·stride + r].
    [MethodImpl(Hot)]
    private void Split(T* line, T* to)
    {
        int size = (int)_geometry.Sizes[^1], whole = size / _stride;
        if (_stride == 2)
        {
            T* odd = to + _pitch;
            for (int j = 0; j < whole; j++)
            {
                to[j] = line[2 * j];
                odd[j] = line[2 * j + 1];
            }
        }
        else
        {
            for (int r = 0; r < _stride; r++)
            {
                for (int j = 0; j < whole; j++) to[r * _pitch + j] = line[j * _stride + r];
            }
        }
        for (int r = 0; r < size - whole * _stride; r++) to[r * _pitch + whole] = line[whole * _stride + r];
    }

    /// <summary>The sum or the largest element of each window.</summary>
    public void Fold(WindowFold fold, int lines, T* result)
    {
        switch (_bits)
        {
            case 512: Fold<Lanes512<T>>(fold, lines, result); break;
            case 256: Fold<Lanes256<T>>(fold, lines, result); break;
            case 128: Fold<Lanes128<T>>(fold, lines, result); break;
            default: FoldEach(fold, lines, result); break;
        }
    }

    [MethodImpl(Hot)]
    private void Fold<V>(WindowFold fold, int lines, T* result)
        where V : unmanaged, ILanes<V, T>
    {
        for (int c = _from; c < _end; c += V.Count)
        {
            // The last register overlaps the one before it.
            int at = Math.Min(c, _end - V.Count);
            V folded = V.Load((byte*)(_taps[0] + at));
            for (int t = 1; t < lines * _window; t++)
            {
                V value = V.Load((byte*)(_taps[t] + at));
                folded = fold == WindowFold.Sum ? folded + value : V.Select(Wins<V>(value, folded), value, folded);
            }
            V.Store((byte*)(result + at), folded);
        }
    }

    [MethodImpl(Hot)]
    private void FoldEach(WindowFold fold, int lines, T* result)
    {
        for (int c = _from; c < _end; c++)
        {
            T folded = _taps[0][c];
            for (int t = 1; t < lines * _window; t++)
            {
                T value = _taps[t][c];
                folded = fold == WindowFold.Sum ? unchecked(folded + value) : Wins(value, folded) ? value : folded;
            }
            result[c] = folded;
        }
    }

    /// <summary>The place of the largest element of each window.</summary>
    public void ArgMax(ReadOnlySpan<long> lines, long* result)
    {
        int taps = 0;
        foreach (long line in lines)
        {
            for (int k = 0; k < _window; k++) _places[taps++] = line + _geometry.FirstElement(k);
        }
        switch (_bits)
        {
            case 512: ArgMax<Lanes512<T>>(taps, result); break;
            case 256: ArgMax<Lanes256<T>>(taps, result); break;
            case 128: ArgMax<Lanes128<T>>(taps, result); break;
            default: ArgMaxEach(taps, result); break;
        }
    }

    [MethodImpl(Hot)]
    private void ArgMax<V>(int taps, long* result)
        where V : unmanaged, ILanes<V, T>
    {
        T* numbers = stackalloc T[V.Count];
        for (int c = _from; c < _end; c += V.Count)
        {
            int at = Math.Min(c, _end - V.Count);
            V best = V.Load((byte*)(_taps[0] + at)), number = V.Broadcast(T.Zero);
            for (int t = 1; t < taps; t++)
            {
                V value = V.Load((byte*)(_taps[t] + at)), wins = Wins<V>(value, best);
                best = V.Select(wins, value, best);
                number = V.Select(wins, V.Broadcast(T.CreateTruncating(t)), number);
            }
            V.Store((byte*)numbers, number);
            for (int i = 0; i < V.Count; i++) result[at + i] = _places[int.CreateTruncating(numbers[i])] + (long)(at + i) * _stride;
        }
    }

    [MethodImpl(Hot)]
    private void ArgMaxEach(int taps, long* result)
    {
        for (int c = _from; c < _end; c++)
        {
            int first = 0;
            for (int t = 1; t < taps; t++) first = Wins(_taps[t][c], _taps[first][c]) ? t : first;
            result[c] = _places[first] + (long)c * _stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Wins<V>(V value, V best)
        where V : unmanaged, ILanes<V, T> => V.Equal(best, best) & ~V.LessOrEqual(value, best);

    /// <summary>True for a larger element. Of equal ones the first one stays, and of NaNs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Wins(T value, T best) => !(value <= best) && !T.IsNaN(best);
}
