using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Conversions between lane kinds whose 64-bit lanes fill 128 bits.</summary>
internal static unsafe class Convert128
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>Truncates; what does not fit keeps the low bits of the saturated 64-bit integer.</summary>
    [MethodImpl(Inline)]
    public static Lanes128<int> F32ToI32(Lanes128<float> v) =>
        Vector128.LessThanAll(Vector128.Abs(v.V), Vector128.Create(2147483648f)) ? new(Vector128.ConvertToInt32(v.V)) : F32ToI32Wrapping(v);

    [MethodImpl(Inline)] public static Lanes128<float> I32ToF32(Lanes128<int> v) => new(Vector128.ConvertToSingle(v.V));
    [MethodImpl(Inline)] public static Lanes128<long> F64ToI64(Lanes128<double> v) => new(Vector128.ConvertToInt64(v.V));
    [MethodImpl(Inline)] public static Lanes128<double> I64ToF64(Lanes128<long> v) => new(Vector128.ConvertToDouble(v.V));
    [MethodImpl(Inline)] public static Lanes128<double> F32ToF64(Lanes128<float> v) => new(Vector128.WidenLower(v.V));
    [MethodImpl(Inline)] public static Lanes128<float> F64ToF32(Lanes128<double> v) => new(Vector128.Narrow(v.V, v.V));
    [MethodImpl(Inline)] public static Lanes128<long> I32ToI64(Lanes128<int> v) => new(Vector128.WidenLower(v.V));
    [MethodImpl(Inline)] public static Lanes128<int> I64ToI32(Lanes128<long> v) => new(Vector128.Narrow(v.V, v.V));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Lanes128<int> F32ToI32Wrapping(Lanes128<float> v)
    {
        int* r = stackalloc int[Lanes128<int>.Count];
        for (int i = 0; i < Lanes128<int>.Count; i++) r[i] = unchecked((int)(long)v.V[i]);
        return Lanes128<int>.Load((byte*)r);
    }
}
