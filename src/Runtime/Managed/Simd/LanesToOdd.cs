using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Numbers that a narrower float does not hold, as those beside them that it holds and whose last bit is 1: rounded once more, to 16 bits, they are
/// what rounding once gives.
/// </summary>
internal static class LanesToOdd
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // Bits of a double that a float does not have, and the last one that it has.
    private const long Lost = (1L << 29) - 1;
    private const long Last = 1L << 29;

    // The smallest normal float. Below it floats have fewer bits, and bf16 fewer still: its last one is 2⁻¹³³.
    private const double Normal = 1.1754943508222875e-38;
    private const double LastOfSmall = Normal / 128;

    /// <summary>Doubles as floats hold them. Below the normal floats they are numbers of bf16, and f16 has none.</summary>
    [MethodImpl(Inline)]
    public static V F64<V>(V x) where V : struct, ILanes<V, double>
    {
        V lost = x & Bits<V>(Lost);
        V odd = V.Select(V.LessBits(Bits<V>(0), lost), (x ^ lost) | Bits<V>(Last), x);
        V sign = x & Bits<V>(long.MinValue), magnitude = x ^ sign, magic = V.Broadcast(LastOfSmall * (1L << 52));
        return V.Select(V.Less(magnitude, V.Broadcast(Normal)), ((magnitude + magic) - magic) | sign, odd);
    }

    /// <summary>64-bit integers as doubles hold them.</summary>
    [MethodImpl(Inline)]
    public static V I64<V>(V x) where V : struct, ILanes<V, long> => Integers<V, long>(
        x, V.Broadcast(0), V.Broadcast(-1L << 53), V.Broadcast(1L << 53), V.Broadcast((1L << 11) - 1), V.Broadcast(1L << 11));

    /// <summary>32-bit integers as floats hold them.</summary>
    [MethodImpl(Inline)]
    public static V I32<V>(V x) where V : struct, ILanes<V, int> => Integers<V, int>(
        x, V.Broadcast(0), V.Broadcast(-1 << 24), V.Broadcast(1 << 24), V.Broadcast((1 << 8) - 1), V.Broadcast(1 << 8));

    [MethodImpl(Inline)]
    private static V Integers<V, T>(V x, V zero, V low, V high, V lost, V last)
        where V : struct, ILanes<V, T>
        where T : unmanaged
    {
        V rest = x & lost;
        V odd = V.Select(V.LessBits(zero, rest), (x ^ rest) | last, x);
        return V.Select(V.LessBits(low, x) & V.LessBits(x, high), x, odd);
    }

    [MethodImpl(Inline)]
    private static V Bits<V>(long bits) where V : struct, ILanes<V, double> => V.Broadcast(BitConverter.Int64BitsToDouble(bits));
}
