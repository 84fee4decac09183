using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>Truth values as lanes of all ones or all zeros.</summary>
internal static class MaskMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V Equal<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => ~(a ^ b);
    [MethodImpl(Inline)] public static V NotEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a ^ b;
    [MethodImpl(Inline)] public static V Less<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => ~a & b;
    [MethodImpl(Inline)] public static V LessEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => ~a | b;
    [MethodImpl(Inline)] public static V Greater<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a & ~b;
    [MethodImpl(Inline)] public static V GreaterEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a | ~b;
    [MethodImpl(Inline)] public static V Min<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a & b;
    [MethodImpl(Inline)] public static V Max<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a | b;
}
