namespace TensorGraph.Backends.Managed;

/// <summary>
/// One register of elements. The three widths implement it, so a function over lanes is written once and gives the
/// same bits in every lane, whatever the width. A comparison yields lanes of all ones or all zeros.
/// </summary>
internal unsafe interface ILanes<V, T>
    where V : struct, ILanes<V, T>
    where T : unmanaged
{
    static abstract int Count { get; }

    static abstract V Broadcast(T value);
    static abstract V Load(byte* address);
    static abstract void Store(byte* address, V value);

    static abstract V operator +(V a, V b);
    static abstract V operator -(V a, V b);
    static abstract V operator *(V a, V b);
    static abstract V operator /(V a, V b);
    static abstract V operator -(V a);
    static abstract V operator &(V a, V b);
    static abstract V operator |(V a, V b);
    static abstract V operator ^(V a, V b);
    static abstract V operator ~(V a);

    static abstract V Less(V a, V b);
    static abstract V LessOrEqual(V a, V b);
    static abstract V Equal(V a, V b);
    static abstract V Select(V mask, V a, V b);
    static abstract bool AnyTrue(V mask);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract V Fma(V a, V b, V c);

    /// <summary>a·b + c, fused where the machine fuses: for sums whose last bit does not matter.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
    static abstract V Sqrt(V a);
    static abstract V Floor(V a);
    static abstract V Ceiling(V a);
    static abstract V RoundEven(V a);
    static abstract V Truncate(V a);
    static abstract V Abs(V a);

    /// <summary>IEEE 754-2019 minimum: NaN wins, −0 is below +0.</summary>
    static abstract V Min(V a, V b);

    /// <summary>IEEE 754-2019 maximum: NaN wins, −0 is below +0.</summary>
    static abstract V Max(V a, V b);

    /// <summary>The smaller one in one instruction: a NaN in b wins; of two zeros it is either.</summary>
    static abstract V MinNative(V a, V b);

    /// <summary>The larger one in one instruction: a NaN in b wins; of two zeros it is either.</summary>
    static abstract V MaxNative(V a, V b);

    /// <summary>True when the machine has <see cref="Scale"/>.</summary>
    static abstract bool HasScale { get; }

    /// <summary>a·2ⁿ for a whole number n, rounded once.</summary>
    static abstract V Scale(V a, V n);

    // The bits of each element as a signed integer of the same size, still typed V.
    static abstract V AddBits(V a, V b);
    static abstract V SubtractBits(V a, V b);
    static abstract V LessBits(V a, V b);
    static abstract V ShiftLeftBits(V a, int count);
    static abstract V ShiftRightBits(V a, int count);
    static abstract V ShiftRightArithmeticBits(V a, int count);

    /// <summary>Lane by lane through a scalar function, for what has no vector form.</summary>
    static abstract V Map(V a, delegate*<T, T> function);
    static abstract V Map(V a, V b, delegate*<T, T, T> function);
}
