using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Backends.Managed;

/// <summary>Parts of registers, for folding one to a single lane.</summary>
internal static class Halves
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int WidthOf(Type lanes) => lanes.GetGenericTypeDefinition() switch
    {
        Type open when open == typeof(Lanes512<>) => 512,
        Type open when open == typeof(Lanes256<>) => 256,
        _ => 128,
    };

    public static MethodInfo Lower(int width, Type element) => Method($"Lower{width}", element);

    public static MethodInfo Upper(int width, Type element) => Method($"Upper{width}", element);

    /// <summary>Lane i of the result is lane i + by of a 128-bit register.</summary>
    public static MethodInfo Rotate(int by, Type element) =>
        Method(element == typeof(long) || element == typeof(double) || by == 2 ? "Swap64" : "Swap32", element);

    public static MethodInfo First(Type element) => Method("FirstLane", element);

    [MethodImpl(Inline)] public static Lanes256<T> Lower512<T>(Lanes512<T> a) where T : unmanaged => new(a.V.GetLower());
    [MethodImpl(Inline)] public static Lanes256<T> Upper512<T>(Lanes512<T> a) where T : unmanaged => new(a.V.GetUpper());
    [MethodImpl(Inline)] public static Lanes128<T> Lower256<T>(Lanes256<T> a) where T : unmanaged => new(a.V.GetLower());
    [MethodImpl(Inline)] public static Lanes128<T> Upper256<T>(Lanes256<T> a) where T : unmanaged => new(a.V.GetUpper());
    [MethodImpl(Inline)] public static Lanes128<T> Swap64<T>(Lanes128<T> a) where T : unmanaged =>
        new(Vector128.Shuffle(a.V.AsInt64(), Vector128.Create(1L, 0)).As<long, T>());
    [MethodImpl(Inline)] public static Lanes128<T> Swap32<T>(Lanes128<T> a) where T : unmanaged =>
        new(Vector128.Shuffle(a.V.AsInt32(), Vector128.Create(1, 0, 3, 2)).As<int, T>());
    [MethodImpl(Inline)] public static T FirstLane<T>(Lanes128<T> a) where T : unmanaged => a.V.ToScalar();

    private static MethodInfo Method(string name, Type element) => typeof(Halves).GetMethod(name)!.MakeGenericMethod(element);
}
