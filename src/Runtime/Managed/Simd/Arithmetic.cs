using System.Numerics;
using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

// The emitter finds a function by the name of its op: `less_equal` is LessEqual. It looks in the class of the lane kind
// first (MathF32, MathF64, IntegerMath, MaskMath), then in FloatMath for floats, then in Arithmetic.

/// <summary>Functions that every numeric kind has.</summary>
internal static class Arithmetic
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V Add<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a + b;
    [MethodImpl(Inline)] public static V Sub<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a - b;
    [MethodImpl(Inline)] public static V Mul<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a * b;
    [MethodImpl(Inline)] public static V Neg<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => -a;
    [MethodImpl(Inline)] public static V Abs<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.Abs(a);
    [MethodImpl(Inline)] public static V Min<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Min(a, b);
    [MethodImpl(Inline)] public static V Max<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Max(a, b);
    [MethodImpl(Inline)] public static V Equal<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Equal(a, b);
    [MethodImpl(Inline)] public static V NotEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => ~V.Equal(a, b);
    [MethodImpl(Inline)] public static V Less<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Less(a, b);
    [MethodImpl(Inline)] public static V LessEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.LessOrEqual(a, b);
    [MethodImpl(Inline)] public static V Greater<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Less(b, a);
    [MethodImpl(Inline)] public static V GreaterEqual<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.LessOrEqual(b, a);
    [MethodImpl(Inline)] public static V Select<V, T>(V mask, V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => V.Select(mask, a, b);
    [MethodImpl(Inline)] public static V And<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a & b;
    [MethodImpl(Inline)] public static V Or<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a | b;
    [MethodImpl(Inline)] public static V Xor<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a ^ b;
    [MethodImpl(Inline)] public static V Not<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => ~a;

    [MethodImpl(Inline)]
    public static V NotZero<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => ~V.Equal(a, V.Broadcast(default));
}

/// <summary>Functions that both float kinds have.</summary>
internal static unsafe class FloatMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)] public static V Div<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged => a / b;
    [MethodImpl(Inline)] public static V Sqrt<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.Sqrt(a);
    [MethodImpl(Inline)] public static V Floor<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.Floor(a);
    [MethodImpl(Inline)] public static V Ceil<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.Ceiling(a);
    [MethodImpl(Inline)] public static V Round<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.RoundEven(a);
    [MethodImpl(Inline)] public static V Trunc<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => V.Truncate(a);
    [MethodImpl(Inline)] public static V IsNan<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged => ~V.Equal(a, a);

    /// <summary>The larger of a and a bound that is no NaN and no zero.</summary>
    [MethodImpl(Inline)]
    public static V AtLeast<V, T>(V a, V bound) where V : struct, ILanes<V, T> where T : unmanaged => V.MaxNative(bound, a);

    /// <summary>The smaller of a and a bound that is no NaN and no zero.</summary>
    [MethodImpl(Inline)]
    public static V AtMost<V, T>(V a, V bound) where V : struct, ILanes<V, T> where T : unmanaged => V.MinNative(bound, a);

    [MethodImpl(Inline)]
    public static V IsFinite<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
        V.Less(V.Abs(a), V.Broadcast(T.PositiveInfinity));

    [MethodImpl(Inline)]
    public static V Rsqrt<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
        V.Broadcast(T.One) / V.Sqrt(a);

    /// <summary>±1, and zeros and NaN themselves.</summary>
    [MethodImpl(Inline)]
    public static V Sign<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T>
    {
        V zero = V.Broadcast(T.Zero);
        return V.Select(V.Less(zero, a), V.Broadcast(T.One), V.Select(V.Less(a, zero), V.Broadcast(T.NegativeOne), a));
    }

    public static V Rem<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
        V.Map(a, b, &Remainder);

    public static V Atan2<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IFloatingPointIeee754<T> =>
        V.Map(a, b, &Angle);

    private static T Remainder<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => a % b;

    private static T Angle<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T> => T.Atan2(a, b);
}
