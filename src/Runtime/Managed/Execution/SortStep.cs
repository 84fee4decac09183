using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Sorts lines, stable, NaNs last, and tells where each element was.</summary>
internal sealed unsafe class SortStep(SortCommand c) : Step(c)
{
    private readonly LineSpace _space = c.Space;
    private readonly View _x = c.X;
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
        var values = new T[_space.Count];
        var order = new int[_space.Count];
        bool descending = _descending;

        // Equal elements by their place: that makes any sort stable.
        int Compare(int i, int j)
        {
            T a = values[i];
            T b = values[j];
            bool lastA = T.IsNaN(a);
            bool lastB = T.IsNaN(b);
            if (lastA || lastB) return lastA == lastB ? i.CompareTo(j) : lastA ? 1 : -1;
            return a == b ? i.CompareTo(j) : a < b != descending ? -1 : 1;
        }

        for (long line = 0; line < _space.Outer * _space.Inner; line++)
        {
            long first = line / _space.Inner * _space.Count * _space.Inner + line % _space.Inner;
            for (int k = 0; k < order.Length; k++)
            {
                values[k] = x[first + k * _space.Inner];
                order[k] = k;
            }
            order.AsSpan().Sort(Compare);
            for (int k = 0; k < order.Length; k++)
            {
                sorted[first + k * _space.Inner] = values[order[k]];
                places[first + k * _space.Inner] = order[k];
            }
        }
    }
}
