using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>Transcendental functions of float32 lanes, within 2 ulp, exact at ±0, ±∞ and NaN.</summary>
internal static unsafe class MathF32
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // Adding and subtracting 1.5·2²³ rounds to the nearest integer, which is then in the low bits.
    private const float RoundMagic = 12582912f;
    private const float Log2E = 1.442695041f;
    private const float Ln2High = 6.93145752e-1f;
    private const float Ln2Low = 1.42860677e-6f;
    private const int TwoThirdsBits = 0x3f2aaaab;

    [MethodImpl(Inline)]
    private static V C<V>(float value) where V : struct, ILanes<V, float> => V.Broadcast(value);

    [MethodImpl(Inline)]
    private static V Bits<V>(int bits) where V : struct, ILanes<V, float> => V.Broadcast(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(Inline)]
    private static V CopySign<V>(V magnitude, V sign) where V : struct, ILanes<V, float> =>
        V.Select(Bits<V>(int.MinValue), sign, magnitude);

    /// <summary>2ⁿ for lanes that hold n + <see cref="RoundMagic"/>, −126 ≤ n ≤ 127.</summary>
    [MethodImpl(Inline)]
    private static V PowerOfTwo<V>(V nPlusMagic) where V : struct, ILanes<V, float> =>
        V.AddBits(V.ShiftLeftBits(nPlusMagic, 23), C<V>(1f));

    /// <summary>
    /// p·2ⁿ for ½ ≤ p ≤ 2 and |n| ≤ 252; in two factors where the machine has no such instruction, so that subnormal results round once.
    /// </summary>
    [MethodImpl(Inline)]
    private static V Scale<V>(V p, V n) where V : struct, ILanes<V, float>
    {
        if (V.HasScale) return V.Scale(p, n);
        V half = V.Fma(n, C<V>(0.5f), C<V>(RoundMagic));
        V rest = n - (half - C<V>(RoundMagic)) + C<V>(RoundMagic);
        return p * PowerOfTwo(half) * PowerOfTwo(rest);
    }

    /// <summary>e^x, with x limited to where the result is 0 or ∞.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : struct, ILanes<V, float> => ExpOfNumber(V.MinNative(C<V>(89f), x));

    /// <summary>e^x for x ≤ 89, or NaN.</summary>
    [MethodImpl(Inline)]
    private static V ExpOfNumber<V>(V x) where V : struct, ILanes<V, float>
    {
        x = V.MaxNative(C<V>(-104f), x);
        V n = WholeTurns(x);
        return Scale(ExpOfRest(V.Fma(n, C<V>(-Ln2Low), V.Fma(n, C<V>(-Ln2High), x))), n);
    }

    /// <summary>The n of e^x = 2ⁿ·e^r with |r| ≤ ln2/2.</summary>
    [MethodImpl(Inline)]
    private static V WholeTurns<V>(V x) where V : struct, ILanes<V, float> =>
        V.Fma(x, C<V>(Log2E), C<V>(RoundMagic)) - C<V>(RoundMagic);

    /// <summary>e^r for |r| ≤ ln2/2, with few steps one after the other: the next registers wait for them.</summary>
    [MethodImpl(Inline)]
    private static V ExpOfRest<V>(V r) where V : struct, ILanes<V, float>
    {
        V square = r * r;
        V q = V.Fma(V.Fma(C<V>(1.37805939e-3f), r, C<V>(8.37312452e-3f)), square, V.Fma(C<V>(4.16695364e-2f), r, C<V>(1.66664720e-1f)));
        return V.Fma(square, V.Fma(q, r, C<V>(4.99999851e-1f)), r) + C<V>(1f);
    }

    [MethodImpl(Inline)]
    public static V Expm1<V>(V x) where V : struct, ILanes<V, float>
    {
        V result = Expm1Of(V.MaxNative(C<V>(-25f), V.MinNative(C<V>(89f), x)));
        return V.Select(V.Less(V.Abs(x), C<V>(2.9802322e-8f)), x, result);
    }

    /// <summary>
    /// e^x − 1 = 2ⁿ·(e^r − 1) + (2ⁿ − 1), at half scale so that 2ⁿ stays finite, for −25 ≤ x ≤ 89. It loses the sign of 0 and the last bit of
    /// a subnormal number.
    /// </summary>
    [MethodImpl(Inline)]
    private static V Expm1Of<V>(V x) where V : struct, ILanes<V, float>
    {
        V shifted = V.Fma(x, C<V>(Log2E), C<V>(RoundMagic));
        V n = shifted - C<V>(RoundMagic);
        V r = V.Fma(n, C<V>(-Ln2High), x);
        r = V.Fma(n, C<V>(-Ln2Low), r);
        V q = C<V>(1f / 5040);
        q = V.Fma(q, r, C<V>(1f / 720));
        q = V.Fma(q, r, C<V>(1f / 120));
        q = V.Fma(q, r, C<V>(1f / 24));
        q = V.Fma(q, r, C<V>(1f / 6));
        q = V.Fma(q, r, C<V>(0.5f));
        V p = V.Fma(r * r, q, r);
        V t = PowerOfTwo(shifted - C<V>(1f));
        V result = V.Fma(t, p, t - C<V>(0.5f));
        return result + result;
    }

    /// <summary>log(2ⁱ·(1 + m)) for |m| ≤ 1/3.</summary>
    [MethodImpl(Inline)]
    private static V LogOf<V>(V i, V m) where V : struct, ILanes<V, float>
    {
        V s = m * m;
        V r = C<V>(-0.130310059f);
        V t = C<V>(0.140869141f);
        r = V.Fma(r, s, C<V>(-0.121483512f));
        t = V.Fma(t, s, C<V>(0.139814854f));
        r = V.Fma(r, s, C<V>(-0.166846126f));
        t = V.Fma(t, s, C<V>(0.200120345f));
        r = V.Fma(r, s, C<V>(-0.249996200f));
        r = V.Fma(t, m, r);
        r = V.Fma(r, m, C<V>(0.333331972f));
        r = V.Fma(r, m, C<V>(-0.5f));
        r = V.Fma(r, s, m);
        return V.Fma(i, C<V>(0.693147182f), r);
    }

    /// <summary>The exponent field e (a multiple of 2²³) as the number e/2²³.</summary>
    [MethodImpl(Inline)]
    private static V ExponentNumber<V>(V e) where V : struct, ILanes<V, float> =>
        V.AddBits(V.ShiftRightArithmeticBits(e, 23), C<V>(RoundMagic)) - C<V>(RoundMagic);

    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : struct, ILanes<V, float>
    {
        V tiny = V.Less(x, C<V>(1.17549435e-38f));
        V a = V.Select(tiny, x * C<V>(8388608f), x);
        V e = V.SubtractBits(a, Bits<V>(TwoThirdsBits)) & Bits<V>(unchecked((int)0xff800000));
        V m = V.SubtractBits(a, e) - C<V>(1f);
        V i = ExponentNumber(e) - (tiny & C<V>(23f));
        return LogDomain(x, LogOf(i, m));
    }

    /// <summary>Puts in the values at +∞, 0, below 0 and NaN.</summary>
    [MethodImpl(Inline)]
    private static V LogDomain<V>(V x, V result) where V : struct, ILanes<V, float>
    {
        V finite = V.Less(x, C<V>(float.PositiveInfinity));
        result = V.Select(finite, result, x);                                        // +∞ and NaN
        result = V.Select(V.Less(x, C<V>(0f)), C<V>(float.NaN), result);
        return V.Select(V.Equal(x, C<V>(0f)), C<V>(float.NegativeInfinity), result);
    }

    /// <summary>With 1 + x = 2ⁱ·(1 + m): m = x·2⁻ⁱ + (2⁻ⁱ − 1), which loses nothing of a small x.</summary>
    [MethodImpl(Inline)]
    public static V Log1p<V>(V x) where V : struct, ILanes<V, float>
    {
        V u = x + C<V>(1f);
        V e = V.SubtractBits(u, Bits<V>(TwoThirdsBits)) & Bits<V>(unchecked((int)0xff800000));
        V scale = V.SubtractBits(C<V>(4f), e);
        V m = V.SubtractBits(x, e) + V.Fma(C<V>(0.25f), scale, C<V>(-1f));
        V result = LogDomain(u, LogOf(ExponentNumber(e), m));
        return V.Select(V.Equal(x, C<V>(0f)), x, result);
    }

    /// <summary>tanh|x| = −t / (t + 2) with t = e^(−2|x|) − 1; −2|x| has no last bit to lose, and the sign is that of x.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : struct, ILanes<V, float>
    {
        V t = Expm1Of(V.MaxNative(C<V>(-25f), C<V>(-2f) * V.Abs(x)));
        return CopySign(-t / (t + C<V>(2f)), x);
    }

    /// <summary>1 / (1 + e^(−x)), from e^(−|x|) so that nothing overflows.</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : struct, ILanes<V, float>
    {
        V e = ExpOfNumber(-V.Abs(x));
        V numerator = V.Select(V.Less(x, C<V>(0f)), e, C<V>(1f));
        return numerator / (C<V>(1f) + e);
    }

    /// <summary>Minimax below 475/512, above it 1 − e^(polynomial).</summary>
    [MethodImpl(Inline)]
    public static V Erf<V>(V x) where V : struct, ILanes<V, float>
    {
        V t = V.Abs(x);
        V s = x * x;
        V r = V.Fma(C<V>(-1.72853470e-5f), t, C<V>(3.83197126e-4f));
        V u = V.Fma(C<V>(-3.88396438e-3f), t, C<V>(2.42546219e-2f));
        r = V.Fma(r, s, u);
        r = V.Fma(r, t, C<V>(-1.06777877e-1f));
        r = V.Fma(r, t, C<V>(-6.34846687e-1f));
        r = V.Fma(r, t, C<V>(-1.28717512e-1f));
        r = V.Fma(r, t, -t);
        V large = CopySign(C<V>(1f) - ExpOfNumber(r), x);
        large = V.Select(V.Less(C<V>(4f), t), CopySign(C<V>(1f), x), large);
        V small = C<V>(-5.96761703e-4f);
        small = V.Fma(small, s, C<V>(4.99119423e-3f));
        small = V.Fma(small, s, C<V>(-2.67681349e-2f));
        small = V.Fma(small, s, C<V>(1.12819925e-1f));
        small = V.Fma(small, s, C<V>(-3.76125336e-1f));
        small = V.Fma(small, s, C<V>(1.28379166e-1f));
        small = V.Fma(small, x, x);
        return V.Select(V.Less(C<V>(0.927734375f), t), large, small);
    }

    /// <summary>
    /// Φ(−t) = e^(−t²/2) · G((t − 4)/(t + 4)) / (t + 4) for t = |x|, G by Chebyshev interpolation; what rounding t² loses is put back. From 14.5 on
    /// it is 0.
    /// </summary>
    [MethodImpl(Inline)]
    public static V NormalCdf<V>(V x) where V : struct, ILanes<V, float>
    {
        V t = V.MinNative(C<V>(14.5f), V.Abs(x));
        V half = C<V>(-0.5f) * t;
        V exponent = half * t;
        V n = WholeTurns(exponent);
        V e = Scale(ExpOfRest(V.Fma(n, C<V>(-Ln2High), exponent) + V.Fma(n, C<V>(-Ln2Low), V.Fma(half, t, -exponent))), n);
        V r = C<V>(1f) / (t + C<V>(4f));
        V u = V.Fma(C<V>(-8f), r, C<V>(1f));
        V square = u * u;
        V fourth = square * square;
        V high = V.Fma(C<V>(-1.229831541e-04f), u, C<V>(1.948018568e-04f));
        V middle = V.Fma(
            V.Fma(C<V>(1.569313646e-03f), u, C<V>(-3.523574060e-03f)), square, V.Fma(C<V>(-7.527212913e-03f), u, C<V>(6.040646975e-02f)));
        V low = V.Fma(
            V.Fma(C<V>(-1.865230059e-01f), u, C<V>(3.871366798e-01f)), square, V.Fma(C<V>(-6.078966061e-01f), u, C<V>(7.552851385e-01f)));
        V g = V.Fma(V.Fma(high, fourth, middle), fourth, low);
        V tail = e * (g * r);
        return V.Select(V.Less(x, C<V>(0f)), tail, C<V>(1f) - tail);
    }

    // Above this, a three-part π/2 no longer reduces exactly and the scalar function takes over.
    private const float TrigLimit = 71476f;

    [MethodImpl(Inline)]
    private static V SinQuadrant<V>(V x, int quadrant) where V : struct, ILanes<V, float>
    {
        V shifted = V.Fma(x, C<V>(6.36619747e-1f), C<V>(RoundMagic));
        V n = shifted - C<V>(RoundMagic);
        V a = V.Fma(n, C<V>(-1.57079601e+00f), x);
        a = V.Fma(n, C<V>(-3.13916473e-07f), a);
        a = V.Fma(n, C<V>(-5.39030253e-15f), a);
        V q = V.AddBits(shifted, Bits<V>(quadrant));
        V s = a * a;
        V sin = C<V>(2.86567956e-6f);
        sin = V.Fma(sin, s, C<V>(-1.98559923e-4f));
        sin = V.Fma(sin, s, C<V>(8.33338592e-3f));
        sin = V.Fma(sin, s, C<V>(-1.66666672e-1f));
        sin = V.Fma(sin, a * s, a);
        V cos = C<V>(2.44677067e-5f);
        cos = V.Fma(cos, s, C<V>(-1.38877297e-3f));
        cos = V.Fma(cos, s, C<V>(4.16666567e-2f));
        cos = V.Fma(cos, s, C<V>(-0.5f));
        cos = V.Fma(cos, s, C<V>(1f));
        V odd = V.ShiftRightArithmeticBits(V.ShiftLeftBits(q, 31), 31);
        V negate = V.ShiftLeftBits(V.ShiftRightBits(q, 1), 31);
        return V.Select(odd, cos, sin) ^ negate;
    }

    [MethodImpl(Inline)]
    public static V Sin<V>(V x) where V : struct, ILanes<V, float>
    {
        V result = SinQuadrant(x, 0);
        V hard = V.Less(C<V>(TrigLimit), V.Abs(x));
        if (V.AnyTrue(hard)) result = V.Select(hard, V.Map(x, &MathF.Sin), result);
        return V.Select(V.Equal(x, C<V>(0f)), x, result);
    }

    [MethodImpl(Inline)]
    public static V Cos<V>(V x) where V : struct, ILanes<V, float>
    {
        V result = SinQuadrant(x, 1);
        V hard = V.Less(C<V>(TrigLimit), V.Abs(x));
        if (V.AnyTrue(hard)) result = V.Select(hard, V.Map(x, &MathF.Cos), result);
        return result;
    }

    /// <summary>
    /// x^y = e^(y·log x) with log x as a sum of two floats; the special cases follow IEEE 754 pow.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Pow<V>(V x, V y) where V : struct, ILanes<V, float> => V.Map(x, y, &MathF.Pow);
}
