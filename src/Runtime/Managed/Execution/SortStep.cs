using System.Numerics;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Sorts lines, stable, NaNs last, and tells where each element was; of long lines it may give the first elements only.</summary>
internal sealed unsafe class SortStep(SortCommand c) : Step(c)
{
    private readonly LineSpace _space = c.Space;
    private readonly View _x = c.X;
    private readonly long _count = c.Count;
    private readonly bool _descending = c.IsDescending;

    public override void Run(Frame frame)
    {
        switch (_x.DType)
        {
            case DType.F32: Sort<float>(frame); break;
            case DType.F64: Sort<double>(frame); break;
            case DType.I64: Sort<long>(frame); break;
            default: Sort<int>(frame); break;
        }
    }

    private void Sort<T>(Frame frame)
        where T : unmanaged, INumber<T>
    {
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        T* sorted = (T*)frame.Address(Writes[0]);
        int* places = (int*)frame.Address(Writes[1]);
        var first = FirstOfLine.Pays(_space.Count, _count) ? new FirstOfLine((int)_count) : null;
        var line = new SortedLine(first is null ? (int)_space.Count : 0, (int)_count, sizeof(T));
        for (long i = 0; i < _space.Outer * _space.Inner; i++)
        {
            T* from = x + i / _space.Inner * _space.Count * _space.Inner + i % _space.Inner;
            long to = i / _space.Inner * _count * _space.Inner + i % _space.Inner;
            ulong[] keys = line.Keys;
            for (int k = 0; k < keys.Length; k++) keys[k] = Key(from[k * _space.Inner]);
            for (int k = 0; first is not null && k < _space.Count; k++) first.Add(Key(from[k * _space.Inner]), k);
            ReadOnlySpan<int> order = first is null ? line.Sort() : first.Take();
            for (int k = 0; k < order.Length; k++)
            {
                sorted[to + k * _space.Inner] = from[order[k] * _space.Inner];
                places[to + k * _space.Inner] = order[k];
            }
        }
    }

    // Unsigned numbers in the order of the elements: those of NaNs are the largest, and 0 and −0 have the same.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Key<T>(T value)
        where T : unmanaged, INumber<T>
    {
        if (T.IsNaN(value)) return sizeof(T) == 8 ? ulong.MaxValue : uint.MaxValue;
        if (T.IsZero(value)) value = T.Zero;
        if (sizeof(T) == 8)
        {
            ulong bits = Unsafe.BitCast<T, ulong>(value);
            bits ^= typeof(T) == typeof(double) && bits >> 63 != 0 ? ulong.MaxValue : 1UL << 63;
            return _descending ? ~bits : bits;
        }

        uint half = Unsafe.BitCast<T, uint>(value);
        half ^= typeof(T) == typeof(float) && half >> 31 != 0 ? uint.MaxValue : 1U << 31;
        return _descending ? ~half : half;
    }
}
