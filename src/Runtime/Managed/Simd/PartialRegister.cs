using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary>The ragged end of a row of 4- or 8-byte elements: masked loads and stores, which touch nothing beyond the end.</summary>
internal static unsafe class PartialRegister
{
    /// <summary>True when <see cref="Load"/> and <see cref="Store"/> exist for a register width.</summary>
    public static bool IsSupported(int width) => width == 512 ? Avx512F.IsSupported : Avx2.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, T>(byte* address, nint count)
        where V : struct, ILanes<V, T>
        where T : unmanaged
    {
        V mask = TailMask.Get<V, T>(count);
        if (V.Count * sizeof(T) == 64)
        {
            return sizeof(T) == 4
                ? Unsafe.BitCast<Vector512<float>, V>(Avx512F.MaskLoad((float*)address, Unsafe.BitCast<V, Vector512<float>>(mask),
                Vector512<float>.Zero))
                : Unsafe.BitCast<Vector512<double>, V>(Avx512F.MaskLoad((double*)address, Unsafe.BitCast<V, Vector512<double>>(mask),
                Vector512<double>.Zero));
        }
        if (V.Count * sizeof(T) == 32)
        {
            return sizeof(T) == 4
                ? Unsafe.BitCast<Vector256<float>, V>(Avx.MaskLoad((float*)address, Unsafe.BitCast<V, Vector256<float>>(mask)))
                : Unsafe.BitCast<Vector256<double>, V>(Avx.MaskLoad((double*)address, Unsafe.BitCast<V, Vector256<double>>(mask)));
        }
        return sizeof(T) == 4
            ? Unsafe.BitCast<Vector128<float>, V>(Avx.MaskLoad((float*)address, Unsafe.BitCast<V, Vector128<float>>(mask)))
            : Unsafe.BitCast<Vector128<double>, V>(Avx.MaskLoad((double*)address, Unsafe.BitCast<V, Vector128<double>>(mask)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<V, T>(byte* address, V value, nint count)
        where V : struct, ILanes<V, T>
        where T : unmanaged
    {
        V mask = TailMask.Get<V, T>(count);
        if (V.Count * sizeof(T) == 64)
        {
            if (sizeof(T) == 4) Avx512F.MaskStore((float*)address, Unsafe.BitCast<V, Vector512<float>>(mask),
                Unsafe.BitCast<V, Vector512<float>>(value));
            else Avx512F.MaskStore((double*)address, Unsafe.BitCast<V, Vector512<double>>(mask), Unsafe.BitCast<V, Vector512<double>>(value));
        }
        else if (V.Count * sizeof(T) == 32)
        {
            if (sizeof(T) == 4) Avx.MaskStore((float*)address, Unsafe.BitCast<V, Vector256<float>>(mask), Unsafe.BitCast<V, Vector256<float>>(value));
            else Avx.MaskStore((double*)address, Unsafe.BitCast<V, Vector256<double>>(mask), Unsafe.BitCast<V, Vector256<double>>(value));
        }
        else if (sizeof(T) == 4)
        {
            Avx.MaskStore((float*)address, Unsafe.BitCast<V, Vector128<float>>(mask), Unsafe.BitCast<V, Vector128<float>>(value));
        }
        else
        {
            Avx.MaskStore((double*)address, Unsafe.BitCast<V, Vector128<double>>(mask), Unsafe.BitCast<V, Vector128<double>>(value));
        }
    }
}
