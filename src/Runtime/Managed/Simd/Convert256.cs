using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Conversions between lane kinds whose 64-bit lanes fill 256 bits.</summary>
internal static unsafe class Convert256
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Truncates; what does not fit keeps the low bits of the saturated 64-bit integer.</summary>
    [MethodImpl(Inline)]
    public static Lanes256<int> F32ToI32(Lanes256<float> v) =>
        Vector256.LessThanAll(Vector256.Abs(v.V), Vector256.Create(2147483648f)) ? new(Vector256.ConvertToInt32(v.V)) : F32ToI32Wrapping(v);

    [MethodImpl(Inline)] public static Lanes256<float> I32ToF32(Lanes256<int> v) => new(Vector256.ConvertToSingle(v.V));
    [MethodImpl(Inline)] public static Lanes256<long> F64ToI64(Lanes256<double> v) => new(Vector256.ConvertToInt64(v.V));
    [MethodImpl(Inline)] public static Lanes256<double> I64ToF64(Lanes256<long> v) => new(Vector256.ConvertToDouble(v.V));
    [MethodImpl(Inline)] public static Lanes256<double> F32ToF64(Lanes128<float> v) => new(Vector256.WidenLower(v.V.ToVector256Unsafe()));
    [MethodImpl(Inline)] public static Lanes128<float> F64ToF32(Lanes256<double> v) => new(Vector128.Narrow(v.V.GetLower(), v.V.GetUpper()));
    [MethodImpl(Inline)] public static Lanes256<long> I32ToI64(Lanes128<int> v) => new(Vector256.WidenLower(v.V.ToVector256Unsafe()));
    [MethodImpl(Inline)] public static Lanes128<int> I64ToI32(Lanes256<long> v) => new(Vector128.Narrow(v.V.GetLower(), v.V.GetUpper()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes256<int> F32ToI32Wrapping(Lanes256<float> v)
    {
        int* r = stackalloc int[Lanes256<int>.Count];
        for (int i = 0; i < Lanes256<int>.Count; i++) r[i] = unchecked((int)(long)v.V[i]);
        return Lanes256<int>.Load((byte*)r);
    }
}
