using System.Numerics;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>A row-major tensor as lines along one axis: line (o, i) begins at (o·Count·Inner) + i and steps by Inner.</summary>
internal readonly record struct LineSpace(long Outer, long Count, long Inner)
{
    public static LineSpace Of(long[] sizes, int axis)
    {
        long outer = 1;
        long inner = 1;
        for (int i = 0; i < axis; i++) outer *= sizes[i];
        for (int i = axis + 1; i < sizes.Length; i++) inner *= sizes[i];
        return new LineSpace(outer, sizes[axis], inner);
    }
}

/// <summary>Place of the first largest or smallest element; a NaN beats everything.</summary>
internal sealed unsafe class ArgStep : Step
{
    private readonly LineSpace _space;
    private readonly View _x;
    private readonly bool _largest;

    public ArgStep(LineSpace space, View x, int result, bool largest)
    {
        (_space, _x, _largest) = (space, x, largest);
        Reads = [x.Slot];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        switch (_x.DType)
        {
            case DType.F32: Find<float>(frame); break;
            case DType.F64: Find<double>(frame); break;
            case DType.I64: Find<long>(frame); break;
            case DType.Bool: Find<byte>(frame); break;
            default: Find<int>(frame); break;
        }
    }

    private void Find<T>(Frame frame)
        where T : unmanaged, INumber<T>
    {
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        int* result = (int*)frame.Address(Writes[0]);
        for (long outer = 0; outer < _space.Outer; outer++, x += _space.Count * _space.Inner)
        {
            for (long inner = 0; inner < _space.Inner; inner++)
            {
                T* line = x + inner;
                T best = *line;
                int place = 0;
                for (int k = 1; k < _space.Count && !T.IsNaN(best); k++)
                {
                    T value = line[k * _space.Inner];
                    if (!(_largest ? value > best : value < best) && !T.IsNaN(value)) continue;
                    best = value;
                    place = k;
                }
                *result++ = place;
            }
        }
    }

    public override string Describe() => $"{(_largest ? "arg_max" : "arg_min")} s{_x.Slot} -> s{Writes[0]}";
}

/// <summary>Running sums.</summary>
internal sealed unsafe class CumSumStep : Step
{
    private readonly LineSpace _space;
    private readonly View _x;
    private readonly bool _reverse;
    private readonly bool _exclusive;

    public CumSumStep(LineSpace space, View x, int result, bool reverse, bool exclusive)
    {
        (_space, _x, _reverse, _exclusive) = (space, x, reverse, exclusive);
        Reads = [x.Slot];
        Writes = [result];
    }

    public override void Run(Frame frame)
    {
        switch (_x.DType)
        {
            case DType.F32: Sum<float, double>(frame); break;
            case DType.F64: Sum<double, double>(frame); break;
            case DType.I64: Sum<long, long>(frame); break;
            default: Sum<int, int>(frame); break;
        }
    }

    private void Sum<T, TSum>(Frame frame)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        T* x = (T*)frame.Address(_x.Slot) + _x.Offset;
        T* result = (T*)frame.Address(Writes[0]);
        long line = _space.Count * _space.Inner;
        for (long outer = 0; outer < _space.Outer; outer++, x += line, result += line)
        {
            for (long inner = 0; inner < _space.Inner; inner++)
            {
                TSum sum = TSum.Zero;
                for (long k = 0; k < _space.Count; k++)
                {
                    long at = (_reverse ? _space.Count - 1 - k : k) * _space.Inner + inner;
                    TSum before = sum;
                    sum = unchecked(sum + TSum.CreateTruncating(x[at]));
                    result[at] = T.CreateTruncating(_exclusive ? before : sum);
                }
            }
        }
    }

    public override string Describe() => $"cum_sum s{_x.Slot} -> s{Writes[0]}";
}
