namespace TensorGraph.Ir;

/// <summary>Random bits from counters: no state, so the same key and counter give the same bits on every back end and for any number of threads.</summary>
public static partial class Op
{
    /// <summary>
    /// Philox4x32-10. Inputs: key, counter (i64 scalars). i32 words of shape <c>shape</c>: word i is output i mod 4 of the block whose 128-bit
    /// counter is (low to high 32-bit words) the 64-bit sum counter + ⌊i/4⌋, then 0, 0, and whose key is (low word of key, high word of key).
    /// Whoever draws n words moves the counter on by ⌈n/4⌉.
    /// </summary>
    [Op("random_bits", "?", Inputs = 2, Traits = Traits.NoGradient, Source = "Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011)")]
    public static readonly OpDef RandomBits = new()
    {
        Infer = c =>
        {
            foreach (var input in c.Inputs)
            {
                if (input != new TensorType(DType.I64, Shape.Scalar))
                    Throw.DType(c.Op.Name, $"key and counter are {c.Inputs[0]} and {c.Inputs[1]}", "Both must be i64 without axes.");
            }

            return [new(DType.I32, c.Attrs.Get<Shape>("shape"))];
        },
        Eval = c =>
        {
            ulong key = unchecked((ulong)c.Inputs[0].GetLong(0)), counter = unchecked((ulong)c.Inputs[1].GetLong(0));
            return [Literal.FromLongs(c.ResultType(), i => Special.Philox(key, unchecked(counter + ((ulong)i / 4)))[(int)(i % 4)])];
        },
    };
}
