using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Adds updates into a slot that holds the start values. In row-major order of the updates, so the bits never change. Float32 updates of a row beyond
/// the first few are summed in double precision.
/// </summary>
internal sealed unsafe class ScatterAddStep(ScatterAddCommand c) : Step(c)
{
    // Float32 updates of one row beyond which their sum, one after the other, loses accuracy. Counts are bytes.
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
        bool many = typeof(T) == typeof(float) && _table.Positions > Few;
        using BusyRows? busy = many ? new BusyRows(_table) : null;
        for (long batch = 0; batch < _table.Batches; batch++)
        {
            for (long outer = 0; outer < _table.Outer; outer++)
            {
                if (busy is null) AddRows(sums, updates, positions, batch * _table.Positions);
                else AddRows((float*)sums, (float*)updates, positions, batch * _table.Positions, busy);
                sums += _table.Size * _table.Inner;
                updates += _table.Positions * _table.Inner;
            }
        }
    }

    private void AddRows<T>(T* sums, T* updates, byte* positions, long first)
        where T : unmanaged, INumber<T>
    {
        PlaceTable table = _table;
        long inner = table.Inner;
        for (long i = 0; i < table.Positions; i++, updates += inner)
        {
            T* row = sums + table.Position(positions, first + i, _node) * inner;
            for (long k = 0; k < inner; k++) row[k] = unchecked(row[k] + updates[k]);
        }
    }

    private void AddRows(float* sums, float* updates, byte* positions, long first, BusyRows busy)
    {
        PlaceTable table = _table;
        long inner = table.Inner;
        byte* counts = busy.Clear();
        for (long i = 0; i < table.Positions; i++, updates += inner)
        {
            long position = table.Position(positions, first + i, _node);
            if (counts[position] < Few)
            {
                counts[position]++;
                float* row = sums + position * inner;
                for (long k = 0; k < inner; k++) row[k] += updates[k];
            }
            else
            {
                double* row = busy.Row(position);
                if (inner == 1) *row += *updates;
                else AddWide(row, updates, inner);
            }
        }
        busy.AddTo(sums);
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

    /// <summary>Counts the updates of each row; those beyond the first few are summed apart.</summary>
    private sealed class BusyRows(PlaceTable table) : IDisposable
    {
        private readonly byte* _counts = (byte*)NativeMemory.Alloc((nuint)table.Size, 1);
        private readonly int* _places = (int*)NativeMemory.Alloc((nuint)table.Size, sizeof(int));
        private readonly double* _sums = (double*)NativeMemory.Alloc((nuint)(table.Positions / Few * table.Inner), sizeof(double));
        private readonly List<long> _positions = [];

        /// <summary>Starts again: no row has updates.</summary>
        public byte* Clear()
        {
            NativeMemory.Clear(_counts, (nuint)table.Size);
            _positions.Clear();
            return _counts;
        }

        /// <summary>The sums of a row that has had a few updates.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public double* Row(long position)
        {
            if (_counts[position] == Few) Add(position);
            return _sums + _places[position] * table.Inner;
        }

        /// <summary>Adds all sums to the rows.</summary>
        public void AddTo(float* rows)
        {
            for (int place = 0; place < _positions.Count; place++)
            {
                float* row = rows + _positions[place] * table.Inner;
                double* sum = _sums + place * table.Inner;
                for (long k = 0; k < table.Inner; k++) row[k] = (float)(row[k] + sum[k]);
            }
        }

        public void Dispose()
        {
            NativeMemory.Free(_counts);
            NativeMemory.Free(_places);
            NativeMemory.Free(_sums);
        }

        private void Add(long position)
        {
            _counts[position]++;
            _places[position] = _positions.Count;
            NativeMemory.Clear(_sums + _positions.Count * table.Inner, (nuint)(table.Inner * sizeof(double)));
            _positions.Add(position);
        }
    }
}
