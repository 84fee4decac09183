using System.Numerics;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;

namespace TensorGraph.Backends.Managed;

/// <summary>For each image and group: result[outputs, positions] = weights[outputs, channels·taps] · what the taps see.</summary>
internal sealed unsafe class ConvStep(ConvCommand c, ProductLibrary? library) : Step(c)
{
    private readonly ConvSpace _space = c.Space;
    private readonly View _x = c.X;
    private readonly View _weights = c.Weights;
    private readonly TiledConv? _tiled = IsTiled(c) ? new(c.Space, c.X.DType) : null;

    /// <summary>True for a convolution that runs in register tiles.</summary>
    public static bool IsTiled(ConvCommand c) =>
        c.X.DType.IsFloat() && c.Space.Products > 0 && !IsProduct(c.Space) && !DirectConv.Serves(c.Space);

    // A window of one element that moves by one: the image is the matrix.
    private static bool IsProduct(ConvSpace space) =>
        space.Taps == 1 && space.Positions > 1 && IsPlain(space.Depth) && IsPlain(space.Height) && IsPlain(space.Width);

    private static bool IsPlain(ConvAxis axis) => axis is { Stride: 1, Spread: 1, Low: 0 } && axis.Size == axis.Result;

    public override void Run(Frame frame)
    {
        byte* x = frame.Address(_x.Slot) + _x.Offset * _x.DType.Size();
        byte* weights = frame.Address(_weights.Slot) + _weights.Offset * _x.DType.Size();
        byte* result = frame.Address(Writes[0]);
        WorkerPool workers = frame.Device.Workers;
        if (_space.Products == 0)
        {
            // No channel or no tap.
            NativeMemory.Clear(result, (nuint)((long)_space.Batch * _space.Groups * _space.Outputs * _space.Positions * _x.DType.Size()));
            return;
        }
        if (library?.Convolve(_space, _x.DType, x, weights, result) == true) return;
        switch (_x.DType)
        {
            case DType.F32 when _tiled is not null: _tiled.Run(workers, (float*)x, (float*)weights, (float*)result); break;
            case DType.F64 when _tiled is not null: _tiled.Run(workers, (double*)x, (double*)weights, (double*)result); break;
            case DType.F32 or DType.F64 when IsProduct(_space): Product(workers, x, weights, result); break;
            case DType.F32: Direct(workers, (float*)x, (float*)weights, (float*)result); break;
            case DType.F64: Direct(workers, (double*)x, (double*)weights, (double*)result); break;
            case DType.I64: Direct(workers, (long*)x, (long*)weights, (long*)result); break;
            default: Direct(workers, (int*)x, (int*)weights, (int*)result); break;
        }
    }

    private void Direct<T>(WorkerPool workers, T* x, T* weights, T* result)
        where T : unmanaged, INumber<T> => EachJob(workers, job => DirectConv.Run(
            _space, x + job * _space.Channels * _space.ImageSize, weights + job % _space.Groups * _space.Outputs * _space.Channels * _space.Taps,
            result + job * _space.Outputs * _space.Positions));

    private void Product(WorkerPool workers, byte* x, byte* weights, byte* result)
    {
        int size = _x.DType.Size();
        EachJob(workers, job => Gemm.Multiply(
            workers, _x.DType,
            new Matrix(weights + job % _space.Groups * _space.Outputs * _space.Channels * size, _space.Channels, 1),
            new Matrix(x + job * _space.Channels * _space.Positions * size, _space.Positions, 1),
            result + job * _space.Outputs * _space.Positions * size, _space.Positions, _space.Outputs, _space.Positions, _space.Channels));
    }

    // Images and groups, on several threads where there are enough of them.
    private void EachJob(WorkerPool workers, Action<long> run)
    {
        long jobs = (long)_space.Batch * _space.Groups;
        int parts = jobs < workers.Threads ? 1 : (int)Math.Clamp(_space.Products / CommandTime.ConvPart, 1, workers.Threads);
        workers.Run(parts, part =>
        {
            for (long job = jobs * part / parts; job < jobs * (part + 1) / parts; job++) run(job);
        });
    }
}
