using System.Numerics;

namespace TensorGraph.Backends.Managed;

/// <summary>Integer ops that no vector unit has, lane by lane.</summary>
internal static unsafe class IntegerMath
{
    public static V Div<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> => V.Map(a, b, &Quotient);

    /// <summary>Toward zero. Division by zero gives 0, and the most negative number by −1 wraps to itself.</summary>
    private static T Quotient<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> =>
        T.IsZero(b) ? T.Zero : b == -T.One ? T.Zero - a : a / b;

    public static V Rem<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> => V.Map(a, b, &Remainder);

    public static V Pow<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> => V.Map(a, b, &Power);

    public static V Sign<V, T>(V a) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> =>
        V.Select(V.Less(V.Broadcast(T.Zero), a), V.Broadcast(T.One), V.Less(a, V.Broadcast(T.Zero)));

    // The emitter has reduced the counts to the width of the dtype.
    public static V ShiftLeft<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> => V.Map(a, b, &Left);

    public static V ShiftRight<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> => V.Map(a, b, &Right);

    public static V ShiftRightLogical<V, T>(V a, V b) where V : struct, ILanes<V, T> where T : unmanaged, IBinaryInteger<T> =>
        V.Map(a, b, &RightLogical);

    private static T Remainder<T>(T a, T b) where T : unmanaged, IBinaryInteger<T> => T.IsZero(b) || b == -T.One ? T.Zero : a % b;

    /// <summary>By squaring, wrapping; a negative exponent truncates the fraction.</summary>
    private static T Power<T>(T a, T exponent) where T : unmanaged, IBinaryInteger<T>
    {
        if (T.IsNegative(exponent)) return a == T.One ? T.One : a == -T.One ? (T.IsEvenInteger(exponent) ? T.One : -T.One) : T.Zero;
        T result = T.One;
        for (; !T.IsZero(exponent); exponent >>= 1, a *= a)
        {
            if (T.IsOddInteger(exponent)) result *= a;
        }
        return result;
    }

    private static T Left<T>(T a, T count) where T : unmanaged, IBinaryInteger<T> => a << int.CreateTruncating(count);

    private static T Right<T>(T a, T count) where T : unmanaged, IBinaryInteger<T> => a >> int.CreateTruncating(count);

    private static T RightLogical<T>(T a, T count) where T : unmanaged, IBinaryInteger<T> => a >>> int.CreateTruncating(count);
}
