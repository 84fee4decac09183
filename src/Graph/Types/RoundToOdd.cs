namespace TensorGraph;

/// <summary>
/// Rounding to the neighbour whose last bit is 1, of a value between two numbers of a type. A value that is rounded so, to a type with two bits more
/// than the last one has, gives there what rounding it once gives (Boldo and Melquiond, 2008).
/// </summary>
internal static class RoundToOdd
{
    /// <summary>A double as a float.</summary>
    public static float Single(double value)
    {
        float near = (float)value;
        int bits = BitConverter.SingleToInt32Bits(near);
        if (near == value || double.IsNaN(value) || (bits & 1) != 0)
            return near;
        return BitConverter.Int32BitsToSingle(value > near == value > 0 ? bits + 1 : bits - 1);
    }

    /// <summary>An integer as a double: to a multiple of 2¹¹ where it may have more than 53 bits.</summary>
    public static double Double(long value)
    {
        const long Exact = 1L << 53, Step = 1L << 11;
        if (value is > -Exact and < Exact || (value & (Step - 1)) == 0)
            return value;
        return (value & -Step) | Step;
    }
}
