namespace TensorGraph;

/// <summary>The upper 16 bits of an IEEE single: its range with 8 bits of precision.</summary>
/// <param name="Bits">The stored bits.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>Exact widening.</summary>
    public static implicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>Rounds to nearest, ties to even; NaN stays NaN.</summary>
    public static explicit operator BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Rounds once, to nearest, ties to even; NaN stays NaN.</summary>
    public static explicit operator BFloat16(double value) => (BFloat16)RoundToOdd.Single(value);

    /// <summary>Rounds once, to nearest, ties to even.</summary>
    public static explicit operator BFloat16(long value) => (BFloat16)RoundToOdd.Double(value);

    /// <summary>Rounds once, to nearest, ties to even.</summary>
    public static explicit operator BFloat16(ulong value) => (BFloat16)RoundToOdd.Double(value);

    /// <summary>Rounds once, to nearest, ties to even.</summary>
    public static explicit operator BFloat16(uint value) => (BFloat16)(double)value;

    /// <inheritdoc/>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
