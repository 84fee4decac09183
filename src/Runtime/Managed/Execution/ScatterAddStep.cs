using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Adds updates into a slot that holds the start values. In row-major order of the updates, so the bits never change. Rows of float32 that get many
/// updates are summed in double precision.
/// </summary>
internal sealed unsafe class ScatterAddStep(ScatterAddCommand c) : Step(c)
{
    // Float32 updates of one row beyond which their sum, one after the other, loses accuracy.
    private const int Few = 64;

    private readonly PlaceTable _table = c.Table;
    private readonly DType _dtype = c.DType;
    private readonly Node _node = c.Node;
    private readonly View _positions = c.Positions;
    private readonly View _updates = c.Updates;

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
        where T : unmanaged, INumber<T>
    {
        T* sums = (T*)frame.Address(Writes[0]);
        T* updates = (T*)frame.Address(_updates.Slot) + _updates.Offset;
        byte* positions = frame.Address(_positions.Slot) + _positions.Offset * _positions.DType.Size();
        bool many = typeof(T) == typeof(float) && _table.Positions > Few && _table.Size <= Array.MaxLength;
        int[] places = many ? ArrayPool<int>.Shared.Rent((int)_table.Size) : [];
        try
        {
            for (long batch = 0; batch < _table.Batches; batch++)
            {
                long first = batch * _table.Positions;
                int busy = many ? FindBusyRows(places, positions, first) : 0;
                double* apart = busy > 0 ? (double*)NativeMemory.Alloc((nuint)(busy * _table.Inner), sizeof(double)) : null;
                try
                {
                    for (long outer = 0; outer < _table.Outer; outer++)
                    {
                        AddRows(sums, updates, positions, first, places, apart, busy);
                        sums += _table.Size * _table.Inner;
                        updates += _table.Positions * _table.Inner;
                    }
                }
                finally
                {
                    NativeMemory.Free(apart);
                }
            }
        }
        finally
        {
            if (many) ArrayPool<int>.Shared.Return(places);
        }
    }

    // Numbers the rows with many updates from 1; the others get 0.
    private int FindBusyRows(int[] places, byte* positions, long first)
    {
        Span<int> rows = places.AsSpan(0, (int)_table.Size);
        rows.Clear();
        for (long i = 0; i < _table.Positions; i++)
        {
            ref int count = ref places[_table.Position(positions, first + i, _node)];
            if (count <= Few) count++;
        }
        int busy = 0;
        foreach (ref int row in rows) row = row > Few ? ++busy : 0;
        return busy;
    }

    private void AddRows<T>(T* sums, T* updates, byte* positions, long first, int[] places, double* apart, int busy)
        where T : unmanaged, INumber<T>
    {
        long inner = _table.Inner;
        NativeMemory.Clear(apart, (nuint)(busy * inner * sizeof(double)));
        for (long i = 0; i < _table.Positions; i++, updates += inner)
        {
            long position = _table.Position(positions, first + i, _node);
            if (busy > 0 && places[position] is int place and > 0)
            {
                AddWide(apart + (place - 1) * inner, (float*)updates, inner);
            }
            else
            {
                T* row = sums + position * inner;
                for (long k = 0; k < inner; k++) row[k] = unchecked(row[k] + updates[k]);
            }
        }
        if (busy == 0) return;
        for (long position = 0; position < _table.Size; position++)
        {
            if (places[position] is not (int place and > 0)) continue;
            T* row = sums + position * inner;
            for (long k = 0; k < inner; k++) row[k] = T.CreateTruncating(double.CreateTruncating(row[k]) + apart[(place - 1) * inner + k]);
        }
    }

    private static void AddWide(double* to, float* from, long count)
    {
        long i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(from + i), out Vector<double> low, out Vector<double> high);
            (Vector.Load(to + i) + low).Store(to + i);
            (Vector.Load(to + i + Vector<double>.Count) + high).Store(to + i + Vector<double>.Count);
        }
        for (; i < count; i++) to[i] += from[i];
    }
}
