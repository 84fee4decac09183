using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Elements of 1, 2 and 4 bytes to and from 32-bit lanes: 8 elements.</summary>
internal static unsafe class Memory256
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static Lanes256<int> LoadU8(byte* p) =>
        new(Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsByte().ToVector256Unsafe())).AsInt32());
    [MethodImpl(Inline)] public static Lanes256<int> LoadI8(byte* p) =>
        new(Vector256.WidenLower(Vector256.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsSByte().ToVector256Unsafe())));
    [MethodImpl(Inline)] public static Lanes256<int> LoadU16(byte* p) =>
        new(Vector256.WidenLower(Vector128.Load((ushort*)p).ToVector256Unsafe()).AsInt32());
    [MethodImpl(Inline)] public static Lanes256<int> LoadI16(byte* p) => new(Vector256.WidenLower(Vector128.Load((short*)p).ToVector256Unsafe()));
    [MethodImpl(Inline)] public static Lanes256<int> LoadI32(byte* p) => Lanes256<int>.Load(p);
    [MethodImpl(Inline)] public static Lanes256<float> LoadF32(byte* p) => Lanes256<float>.Load(p);
    [MethodImpl(Inline)] public static void Store8(byte* p, Lanes256<int> v) => *(long*)p = Narrow8(Narrow16(v.V)).AsInt64().ToScalar();
    [MethodImpl(Inline)] public static void Store16(byte* p, Lanes256<int> v) => Narrow16(v.V).Store((ushort*)p);
    [MethodImpl(Inline)] public static void StoreI32(byte* p, Lanes256<int> v) => Lanes256<int>.Store(p, v);
    [MethodImpl(Inline)] public static void StoreF32(byte* p, Lanes256<float> v) => Lanes256<float>.Store(p, v);

    [MethodImpl(Inline)] private static Vector128<ushort> Narrow16(Vector256<int> v) =>
        Vector128.Narrow(v.GetLower().AsUInt32() & Vector128.Create(0xffffu), v.GetUpper().AsUInt32() & Vector128.Create(0xffffu));
    [MethodImpl(Inline)] private static Vector128<byte> Narrow8(Vector128<ushort> v) =>
        Vector128.Narrow(v & Vector128.Create((ushort)0xff), Vector128<ushort>.Zero);
}
