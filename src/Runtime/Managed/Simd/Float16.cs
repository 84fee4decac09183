using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// The two 16-bit floats as the low half of 32-bit lanes. They are computed with in float32 and rounded to nearest even
/// after every operation, so that a fused kernel gives the bits that one kernel per operation gives.
/// </summary>
internal static class Float16
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    private static V Bits<V>(int bits) where V : struct, ILanes<V, float> => V.Broadcast(BitConverter.Int32BitsToSingle(bits));

    /// <summary>Half bits to float: rescale the exponent; ∞, NaN and subnormals apart.</summary>
    [MethodImpl(Inline)]
    public static V FromF16<V>(V half) where V : struct, ILanes<V, float>
    {
        V exponentMask = Bits<V>(0x7c00 << 13);
        V magnitude = V.ShiftLeftBits(half & Bits<V>(0x7fff), 13);
        V exponent = magnitude & exponentMask;
        V normal = V.AddBits(magnitude, Bits<V>((127 - 15) << 23));
        V special = V.AddBits(normal, Bits<V>((128 - 16) << 23));
        V subnormal = V.AddBits(normal, Bits<V>(1 << 23)) - Bits<V>(113 << 23);
        V result = V.Select(V.LessBits(exponent, exponentMask), normal, special);
        result = V.Select(V.LessBits(Bits<V>(0), exponent), result, subnormal);
        return result | V.ShiftLeftBits(half & Bits<V>(0x8000), 16);
    }

    /// <summary>Float to half bits, to nearest even.</summary>
    [MethodImpl(Inline)]
    public static V ToF16<V>(V x) where V : struct, ILanes<V, float>
    {
        V sign = x & Bits<V>(int.MinValue);
        V magnitude = x ^ sign;
        V odd = V.ShiftRightBits(magnitude, 13) & Bits<V>(1);
        V normal = V.ShiftRightBits(V.AddBits(V.AddBits(magnitude, Bits<V>(unchecked(((15 - 127) << 23) + 0xfff))), odd), 13);
        V magic = Bits<V>(((127 - 15) + (23 - 10) + 1) << 23);
        V subnormal = V.SubtractBits(magnitude + magic, magic);
        V isNaN = V.LessBits(Bits<V>(255 << 23), magnitude);
        V special = V.Select(isNaN, Bits<V>(0x7e00), Bits<V>(0x7c00));
        V result = V.Select(V.LessBits(magnitude, Bits<V>(113 << 23)), subnormal, normal);
        result = V.Select(V.LessBits(magnitude, Bits<V>((127 + 16) << 23)), result, special);
        return result | V.ShiftRightBits(sign, 16);
    }

    [MethodImpl(Inline)]
    public static V FromBF16<V>(V bits) where V : struct, ILanes<V, float> => V.ShiftLeftBits(bits, 16);

    [MethodImpl(Inline)]
    public static V ToBF16<V>(V x) where V : struct, ILanes<V, float>
    {
        V odd = V.ShiftRightBits(x, 16) & Bits<V>(1);
        V rounded = V.ShiftRightBits(V.AddBits(V.AddBits(x, Bits<V>(0x7fff)), odd), 16);
        V quiet = V.ShiftRightBits(x, 16) | Bits<V>(0x40);
        return V.Select(V.Equal(x, x), rounded, quiet);
    }

    [MethodImpl(Inline)] public static V RoundF16<V>(V x) where V : struct, ILanes<V, float> => FromF16(ToF16(x));
    [MethodImpl(Inline)] public static V RoundBF16<V>(V x) where V : struct, ILanes<V, float> => FromBF16(ToBF16(x));
}
