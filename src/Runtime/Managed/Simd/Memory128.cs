using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Elements of 1, 2 and 4 bytes to and from 32-bit lanes: 4 elements.</summary>
internal static unsafe class Memory128
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static Lanes128<int> LoadU8(byte* p) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)p).AsByte())).AsInt32());
    [MethodImpl(Inline)] public static Lanes128<int> LoadI8(byte* p) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)p).AsSByte())));
    [MethodImpl(Inline)] public static Lanes128<int> LoadU16(byte* p) =>
        new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsUInt16()).AsInt32());
    [MethodImpl(Inline)] public static Lanes128<int> LoadI16(byte* p) => new(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)p).AsInt16()));
    [MethodImpl(Inline)] public static Lanes128<int> LoadI32(byte* p) => new(Vector128.Load((long*)p).AsInt32());
    [MethodImpl(Inline)] public static Lanes128<float> LoadF32(byte* p) => new(Vector128.Load((long*)p).AsSingle());
    [MethodImpl(Inline)] public static void Store8(byte* p, Lanes128<int> v) => *(int*)p = Narrow8(Narrow16(v.V)).AsInt32().ToScalar();
    [MethodImpl(Inline)] public static void Store16(byte* p, Lanes128<int> v) => *(long*)p = Narrow16(v.V).AsInt64().ToScalar();
    [MethodImpl(Inline)] public static void StoreI32(byte* p, Lanes128<int> v) => v.V.AsInt64().Store((long*)p);
    [MethodImpl(Inline)] public static void StoreF32(byte* p, Lanes128<float> v) => v.V.AsInt64().Store((long*)p);

    [MethodImpl(Inline)] private static Vector128<ushort> Narrow16(Vector128<int> v) =>
        Vector128.Narrow(v.AsUInt32() & Vector128.Create(0xffffu), Vector128<uint>.Zero);
    [MethodImpl(Inline)] private static Vector128<byte> Narrow8(Vector128<ushort> v) =>
        Vector128.Narrow(v & Vector128.Create((ushort)0xff), Vector128<ushort>.Zero);
}
