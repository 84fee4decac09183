using System.Numerics;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>Place of the first largest or smallest element; a NaN beats everything.</summary>
internal sealed unsafe class ArgStep(ArgCommand c) : Step(c)
{
    private readonly LineSpace _space = c.Space;
    private readonly View _x = c.X;
    private readonly bool _largest = c.IsLargest;

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
}

/// <summary>Running sums.</summary>
internal sealed unsafe class CumSumStep(CumSumCommand c) : Step(c)
{
    private readonly LineSpace _space = c.Space;
    private readonly View _x = c.X;
    private readonly bool _reverse = c.IsReverse;
    private readonly bool _exclusive = c.IsExclusive;

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
}
