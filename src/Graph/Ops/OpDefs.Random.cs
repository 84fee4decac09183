namespace TensorGraph.Ir;

/// <summary>
/// Random bits from counters: no state, so the same key and counter give the same bits on every back end and for any number of threads.
/// </summary>
public static partial class OpDefs
{
    /// <summary>
    /// Reads the state <c>var</c> of a generator, i64[2] of key and counter, and moves its counter on by the input, an i64 scalar, in one step:
    /// graphs that run at the same time never get the same numbers.
    /// </summary>
    [Op("advance_random", "?", Traits = Traits.NoGradient, Source = "tf.raw_ops.RngReadAndSkip")]
    public static readonly OpDef AdvanceRandom = new()
    {
        Infer = c =>
        {
            var state = VariableOf(c);
            if (state.Type != new TensorType(DType.I64, [2]) || c.Inputs[0] != new TensorType(DType.I64, Shape.Scalar))
                Throw.DType(c.Op.Name, $"the state {state} is {state.Type}, the input {c.Inputs[0]}",
                    "The state must be i64[2], the input i64 without axes.");
            return [state.Type!.Value];
        },
        Eval = c => [c.Attrs.Get<Resource>("var").Advance(c.Inputs[0].GetLong(0))],
        Effects = node => [new Effect(node.Attrs.Get<Resource>("var"), IsWrite: true)],
    };

    /// <summary>The state of a generator after some blocks of numbers.</summary>
    public static Literal Advanced(Literal state, long blocks) =>
        Literal.FromLongs(state.Type, i => unchecked(state.GetLong(i) + (i == 0 ? 0 : blocks)));

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
