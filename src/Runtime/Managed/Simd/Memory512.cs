using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Elements of 1, 2 and 4 bytes to and from 32-bit lanes: 16 elements.</summary>
internal static unsafe class Memory512
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static Lanes512<int> LoadU8(byte* p) =>
        new(Vector512.WidenLower(Vector512.WidenLower(Vector128.Load(p).ToVector256Unsafe().ToVector512Unsafe())).AsInt32());
    [MethodImpl(Inline)] public static Lanes512<int> LoadI8(byte* p) =>
        new(Vector512.WidenLower(Vector512.WidenLower(Vector128.Load((sbyte*)p).ToVector256Unsafe().ToVector512Unsafe())));
    [MethodImpl(Inline)] public static Lanes512<int> LoadU16(byte* p) =>
        new(Vector512.WidenLower(Vector256.Load((ushort*)p).ToVector512Unsafe()).AsInt32());
    [MethodImpl(Inline)] public static Lanes512<int> LoadI16(byte* p) => new(Vector512.WidenLower(Vector256.Load((short*)p).ToVector512Unsafe()));
    [MethodImpl(Inline)] public static Lanes512<int> LoadI32(byte* p) => Lanes512<int>.Load(p);
    [MethodImpl(Inline)] public static Lanes512<float> LoadF32(byte* p) => Lanes512<float>.Load(p);
    [MethodImpl(Inline)] public static void Store8(byte* p, Lanes512<int> v) => Narrow8(Narrow16(v.V)).Store(p);
    [MethodImpl(Inline)] public static void Store16(byte* p, Lanes512<int> v) => Narrow16(v.V).Store((ushort*)p);
    [MethodImpl(Inline)] public static void StoreI32(byte* p, Lanes512<int> v) => Lanes512<int>.Store(p, v);
    [MethodImpl(Inline)] public static void StoreF32(byte* p, Lanes512<float> v) => Lanes512<float>.Store(p, v);

    [MethodImpl(Inline)] private static Vector256<ushort> Narrow16(Vector512<int> v) =>
        Vector256.Narrow(v.GetLower().AsUInt32() & Vector256.Create(0xffffu), v.GetUpper().AsUInt32() & Vector256.Create(0xffffu));
    [MethodImpl(Inline)] private static Vector128<byte> Narrow8(Vector256<ushort> v) =>
        Vector128.Narrow(v.GetLower() & Vector128.Create((ushort)0xff), v.GetUpper() & Vector128.Create((ushort)0xff));
}
