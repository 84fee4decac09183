using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Conversions between lane kinds whose 64-bit lanes fill 512 bits.</summary>
internal static unsafe class Convert512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Truncates; what does not fit keeps the low bits of the saturated 64-bit integer.</summary>
    [MethodImpl(Inline)]
    public static Lanes512<int> F32ToI32(Lanes512<float> v) =>
        Vector512.LessThanAll(Vector512.Abs(v.V), Vector512.Create(2147483648f)) ? new(Vector512.ConvertToInt32(v.V)) : F32ToI32Wrapping(v);

    [MethodImpl(Inline)] public static Lanes512<float> I32ToF32(Lanes512<int> v) => new(Vector512.ConvertToSingle(v.V));
    [MethodImpl(Inline)] public static Lanes512<long> F64ToI64(Lanes512<double> v) => new(Vector512.ConvertToInt64(v.V));
    [MethodImpl(Inline)] public static Lanes512<double> I64ToF64(Lanes512<long> v) => new(Vector512.ConvertToDouble(v.V));
    [MethodImpl(Inline)] public static Lanes512<double> F32ToF64(Lanes256<float> v) => new(Vector512.WidenLower(v.V.ToVector512Unsafe()));
    [MethodImpl(Inline)] public static Lanes256<float> F64ToF32(Lanes512<double> v) => new(Vector256.Narrow(v.V.GetLower(), v.V.GetUpper()));
    [MethodImpl(Inline)] public static Lanes512<long> I32ToI64(Lanes256<int> v) => new(Vector512.WidenLower(v.V.ToVector512Unsafe()));
    [MethodImpl(Inline)] public static Lanes256<int> I64ToI32(Lanes512<long> v) => new(Vector256.Narrow(v.V.GetLower(), v.V.GetUpper()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes512<int> F32ToI32Wrapping(Lanes512<float> v)
    {
        int* r = stackalloc int[Lanes512<int>.Count];
        for (int i = 0; i < Lanes512<int>.Count; i++) r[i] = unchecked((int)(long)v.V[i]);
        return Lanes512<int>.Load((byte*)r);
    }
}
