using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// For each image and group: result[outputs, positions] = weights[outputs, channels·taps] · patches. With one channel and one
/// output there is nothing to multiply as matrices; then, if taps are few, and for integers, taps are added row by row.
/// </summary>
internal sealed unsafe class ConvStep(ConvCommand c) : Step(c)
{
    private readonly ConvSpace _space = c.Space;
    private readonly View _x = c.X;
    private readonly View _weights = c.Weights;

    // A sum of more taps than this, one after the other, loses accuracy.
    private const int FewTaps = 128;

    private bool IsDirect => !_x.DType.IsFloat() || (_space.Outputs == 1 && _space.Channels == 1 && _space.Taps <= FewTaps);

    public override void Run(Frame frame)
    {
        long jobs = (long)_space.Batch * _space.Groups;
        long work = jobs * _space.Outputs * _space.Channels * _space.Taps * _space.Positions;
        int parts = (int)Math.Max(1, Math.Min(Math.Min(frame.Device.Workers.Threads, jobs), work / CommandTime.ConvPart));
        frame.Device.Workers.Run(parts, part =>
        {
            for (long job = jobs * part / parts; job < jobs * (part + 1) / parts; job++) RunJob(frame, job);
        });
    }

    private void RunJob(Frame frame, long job)
    {
        switch (_x.DType)
        {
            case DType.F32: Job<float>(frame, job); break;
            case DType.F64: Job<double>(frame, job); break;
            case DType.I64: Direct<long>(frame, job); break;
            default: Direct<int>(frame, job); break;
        }
    }

    private void Job<T>(Frame frame, long job)
        where T : unmanaged, INumber<T>
    {
        if (IsDirect)
        {
            Direct<T>(frame, job);
            return;
        }
        Place(frame, job, out T* image, out T* weights, out T* result);
        var patches = new Patches<T>(image, _space.Depth, _space.Height, _space.Width);
        int depth = _space.Channels * _space.Taps;
        Gemm.Multiply(weights, depth, 1, patches, result, _space.Positions, _space.Outputs, _space.Positions, depth);
    }

    private void Place<T>(Frame frame, long job, out T* image, out T* weights, out T* result)
        where T : unmanaged
    {
        int group = (int)(job % _space.Groups);
        image = (T*)frame.Address(_x.Slot) + _x.Offset + job * _space.Channels * _space.ImageSize;
        weights = (T*)frame.Address(_weights.Slot) + _weights.Offset + (long)group * _space.Outputs * _space.Channels * _space.Taps;
        result = (T*)frame.Address(Writes[0]) + job * _space.Outputs * _space.Positions;
    }

    private void Direct<T>(Frame frame, long job)
        where T : unmanaged, INumber<T>
    {
        Place(frame, job, out T* image, out T* weights, out T* result);
        (ConvAxis depth, ConvAxis height, ConvAxis width) = (_space.Depth, _space.Height, _space.Width);
        NativeMemory.Clear(result, (nuint)_space.Outputs * (nuint)_space.Positions * (nuint)sizeof(T));
        for (int output = 0; output < _space.Outputs; output++)
        {
            for (int channel = 0; channel < _space.Channels; channel++)
            {
                T* plane = image + (nint)channel * _space.ImageSize;
                for (int tap = 0; tap < _space.Taps; tap++)
                {
                    T weight = *weights++;
                    int tapX = tap % width.Window;
                    int tapY = tap / width.Window % height.Window;
                    int tapZ = tap / (width.Window * height.Window);
                    for (int z = 0; z < depth.Result; z++)
                    {
                        int fromZ = depth.Tap(z, tapZ);
                        if (fromZ < 0) continue;
                        for (int y = 0; y < height.Result; y++)
                        {
                            int fromY = height.Tap(y, tapY);
                            if (fromY < 0) continue;
                            T* line = plane + ((nint)fromZ * height.Size + fromY) * width.Size;
                            T* to = result + (nint)output * _space.Positions + ((nint)z * height.Result + y) * width.Result;
                            AddTap(line, to, weight, width, tapX);
                        }
                    }
                }
            }
        }
    }

    /// <summary>to[x] += weight · the element that the tap sees at x.</summary>
    private static void AddTap<T>(T* line, T* to, T weight, ConvAxis axis, int tap)
        where T : unmanaged, INumber<T>
    {
        int x = 0;
        if (axis.Stride == 1 && axis.Spread == 1)
        {
            int shift = tap * axis.Dilation - axis.Low;
            x = Math.Max(0, -shift);
            int end = Math.Min(axis.Result, axis.Size - shift);
            var factor = new Vector<T>(weight);
            for (; x + Vector<T>.Count <= end; x += Vector<T>.Count)
                (Vector.Load(to + x) + factor * Vector.Load(line + x + shift)).Store(to + x);
            for (; x < end; x++) to[x] = unchecked(to[x] + weight * line[x + shift]);
            return;
        }
        for (; x < axis.Result; x++)
        {
            int at = axis.Tap(x, tap);
            if (at >= 0) to[x] = unchecked(to[x] + weight * line[at]);
        }
    }
}
