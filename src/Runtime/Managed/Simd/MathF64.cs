using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>Transcendental functions of float64 lanes, within 2 ulp, exact at ±0, ±∞ and NaN.</summary>
internal static unsafe class MathF64
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // Adding and subtracting 1.5·2⁵² rounds to the nearest integer, which is then in the low bits.
    private const double RoundMagic = 6755399441055744.0;
    private const double Log2E = 1.4426950408889634074;
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    [MethodImpl(Inline)]
    private static V C<V>(double value) where V : struct, ILanes<V, double> => V.Broadcast(value);

    [MethodImpl(Inline)]
    private static V Bits<V>(long bits) where V : struct, ILanes<V, double> => V.Broadcast(BitConverter.Int64BitsToDouble(bits));

    [MethodImpl(Inline)]
    private static V CopySign<V>(V magnitude, V sign) where V : struct, ILanes<V, double> =>
        V.Select(Bits<V>(long.MinValue), sign, magnitude);

    /// <summary>2ⁿ for lanes that hold n + <see cref="RoundMagic"/>, −1022 ≤ n ≤ 1023.</summary>
    [MethodImpl(Inline)]
    private static V PowerOfTwo<V>(V nPlusMagic) where V : struct, ILanes<V, double> =>
        V.AddBits(V.ShiftLeftBits(nPlusMagic, 52), C<V>(1.0));

    /// <summary>(e^r − 1 − r) / r² for |r| ≤ ln2/2, by its Taylor series.</summary>
    [MethodImpl(Inline)]
    private static V ExpTail<V>(V r) where V : struct, ILanes<V, double>
    {
        V q = C<V>(1.0 / 6227020800);
        q = V.Fma(q, r, C<V>(1.0 / 479001600));
        q = V.Fma(q, r, C<V>(1.0 / 39916800));
        q = V.Fma(q, r, C<V>(1.0 / 3628800));
        q = V.Fma(q, r, C<V>(1.0 / 362880));
        q = V.Fma(q, r, C<V>(1.0 / 40320));
        q = V.Fma(q, r, C<V>(1.0 / 5040));
        q = V.Fma(q, r, C<V>(1.0 / 720));
        q = V.Fma(q, r, C<V>(1.0 / 120));
        q = V.Fma(q, r, C<V>(1.0 / 24));
        q = V.Fma(q, r, C<V>(1.0 / 6));
        return V.Fma(q, r, C<V>(0.5));
    }

    /// <summary>e^x = 2ⁿ·e^r with |r| ≤ ln2/2; 2ⁿ is applied in two factors so that subnormal results round once.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x) where V : struct, ILanes<V, double>
    {
        V shifted = V.Fma(x, C<V>(Log2E), C<V>(RoundMagic));
        V n = shifted - C<V>(RoundMagic);
        V r = V.Fma(n, C<V>(-Ln2High), x);
        r = V.Fma(n, C<V>(-Ln2Low), r);
        V p = V.Fma(r * r, ExpTail(r), r) + C<V>(1.0);
        V half = V.Fma(n, C<V>(0.5), C<V>(RoundMagic));
        V rest = n - (half - C<V>(RoundMagic)) + C<V>(RoundMagic);
        V result = p * PowerOfTwo(half) * PowerOfTwo(rest);
        result = V.Select(V.Less(C<V>(709.8), x), C<V>(double.PositiveInfinity), result);
        return V.Select(V.Less(x, C<V>(-745.2)), C<V>(0.0), result);
    }

    /// <summary>e^x − 1 = 2ⁿ·(e^r − 1) + (2ⁿ − 1), at half scale so that 2ⁿ stays finite.</summary>
    [MethodImpl(Inline)]
    public static V Expm1<V>(V x) where V : struct, ILanes<V, double>
    {
        V shifted = V.Fma(x, C<V>(Log2E), C<V>(RoundMagic));
        V n = shifted - C<V>(RoundMagic);
        V r = V.Fma(n, C<V>(-Ln2High), x);
        r = V.Fma(n, C<V>(-Ln2Low), r);
        V p = V.Fma(r * r, ExpTail(r), r);
        V t = PowerOfTwo(shifted - C<V>(1.0));
        V result = V.Fma(t, p, t - C<V>(0.5));
        result += result;
        result = V.Select(V.Less(C<V>(709.8), x), C<V>(double.PositiveInfinity), result);
        result = V.Select(V.Less(x, C<V>(-50.0)), C<V>(-1.0), result);
        return V.Select(V.Less(V.Abs(x), C<V>(5.5511151231257827e-17)), x, result);
    }

    /// <summary>
    /// log(2ᵏ·(1 + f)) + c for 1 + f in [√½, √2): with s = f/(2+f), log(1+f) = f − f²/2 + s·(f²/2 + R(s²)).
    /// </summary>
    [MethodImpl(Inline)]
    private static V LogOf<V>(V k, V f, V c) where V : struct, ILanes<V, double>
    {
        V s = f / (C<V>(2.0) + f);
        V z = s * s;
        V r = C<V>(1.479819860511658591e-01);
        r = V.Fma(r, z, C<V>(1.531383769920937332e-01));
        r = V.Fma(r, z, C<V>(1.818357216161805012e-01));
        r = V.Fma(r, z, C<V>(2.222219843214978396e-01));
        r = V.Fma(r, z, C<V>(2.857142874366239149e-01));
        r = V.Fma(r, z, C<V>(3.999999999940941908e-01));
        r = V.Fma(r, z, C<V>(6.666666666666735130e-01));
        r *= z;
        V halfSquare = C<V>(0.5) * f * f;
        V low = V.Fma(k, C<V>(Ln2Low), c);
        return V.Fma(k, C<V>(Ln2High), f - (halfSquare - V.Fma(s, halfSquare + r, low)));
    }

    private const long SqrtHalfBits = 0x3fe6a09e667f3bcd;
    private const long ExponentMask = unchecked((long)0xfff0000000000000);

    /// <summary>The exponent field e (a multiple of 2⁵²) as the number e/2⁵².</summary>
    [MethodImpl(Inline)]
    private static V ExponentNumber<V>(V e) where V : struct, ILanes<V, double> =>
        V.AddBits(V.ShiftRightArithmeticBits(e, 52), C<V>(RoundMagic)) - C<V>(RoundMagic);

    [MethodImpl(Inline)]
    public static V Log<V>(V x) where V : struct, ILanes<V, double>
    {
        V tiny = V.Less(x, C<V>(2.2250738585072014e-308));
        V a = V.Select(tiny, x * C<V>(18014398509481984.0), x);
        V e = V.SubtractBits(a, Bits<V>(SqrtHalfBits)) & Bits<V>(ExponentMask);
        V k = ExponentNumber(e) - (tiny & C<V>(54.0));
        return LogDomain(x, LogOf(k, V.SubtractBits(a, e) - C<V>(1.0), C<V>(0.0)));
    }

    /// <summary>Puts in the values at +∞, 0, below 0 and NaN.</summary>
    [MethodImpl(Inline)]
    private static V LogDomain<V>(V x, V result) where V : struct, ILanes<V, double>
    {
        V finite = V.Less(x, C<V>(double.PositiveInfinity));
        result = V.Select(finite, result, x);                                        // +∞ and NaN
        result = V.Select(V.Less(x, C<V>(0.0)), C<V>(double.NaN), result);
        return V.Select(V.Equal(x, C<V>(0.0)), C<V>(double.NegativeInfinity), result);
    }

    /// <summary>log(1 + x) = log u + (1 + x − u)/u with u = 1 + x rounded.</summary>
    [MethodImpl(Inline)]
    public static V Log1p<V>(V x) where V : struct, ILanes<V, double>
    {
        V u = x + C<V>(1.0);
        V e = V.SubtractBits(u, Bits<V>(SqrtHalfBits)) & Bits<V>(ExponentMask);
        V lost = V.Select(V.Less(x, C<V>(1.0)), x - (u - C<V>(1.0)), C<V>(1.0) - (u - x));
        V result = LogOf(ExponentNumber(e), V.SubtractBits(u, e) - C<V>(1.0), lost / u);
        return V.Select(V.Equal(x, C<V>(0.0)), x, LogDomain(u, result));
    }

    /// <summary>tanh|x| = −t / (t + 2) with t = e^(−2|x|) − 1.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x) where V : struct, ILanes<V, double>
    {
        V t = Expm1(C<V>(-2.0) * V.Abs(x));
        return CopySign(-t / (t + C<V>(2.0)), x);
    }

    /// <summary>1 / (1 + e^(−x)), from e^(−|x|) so that nothing overflows.</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x) where V : struct, ILanes<V, double>
    {
        V e = Exp(-V.Abs(x));
        V numerator = V.Select(V.Less(x, C<V>(0.0)), e, C<V>(1.0));
        return numerator / (C<V>(1.0) + e);
    }

    [MethodImpl(Inline)]
    private static V Polynomial<V>(V x, ReadOnlySpan<double> coefficients) where V : struct, ILanes<V, double>
    {
        V sum = C<V>(coefficients[^1]);
        for (int i = coefficients.Length - 2; i >= 0; i--) sum = V.Fma(sum, x, C<V>(coefficients[i]));
        return sum;
    }

    // The functions of FreeBSD's s_erf.c, each over its range of |x|.

    /// <summary>erf x / x − 1 of z = x² below 0.84375².</summary>
    [MethodImpl(Inline)]
    private static V ErfNearZero<V>(V z) where V : struct, ILanes<V, double> =>
        Polynomial(z, [1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
            -5.77027029648944159157e-03, -2.37630166566501626084e-05])
        / Polynomial(z, [1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
            1.32494738004321644526e-04, -3.96022827877536812320e-06]);

    private const double ErfOne = 8.45062911510467529297e-01;

    /// <summary>erf(1 + s) − <see cref="ErfOne"/> for 0.84375 ≤ 1 + s &lt; 1.25.</summary>
    [MethodImpl(Inline)]
    private static V ErfNearOne<V>(V s) where V : struct, ILanes<V, double> =>
        Polynomial(s, [-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
            3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03])
        / Polynomial(s, [1.0, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
            1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02]);

    /// <summary>log(x · erfc x) + x² + 0.5625 of s = 1/x², from 1.25 to 28.</summary>
    [MethodImpl(Inline)]
    private static V ErfcExponent<V>(V s) where V : struct, ILanes<V, double>
    {
        V r1 = Polynomial(s, [-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
            -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01,
            -9.81432934416914548592e+00]);
        V s1 = Polynomial(s, [1.0, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
            6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00,
            -6.04244152148580987438e-02]);
        V r2 = Polynomial(s, [-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
            -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02]);
        V s2 = Polynomial(s, [1.0, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
            3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01]);
        return V.Select(V.Less(C<V>(0.35 * 0.35), s), r1 / s1, r2 / s2);
    }

    // The upper half of the bits, whose square is exact.
    [MethodImpl(Inline)]
    private static V Head<V>(V t) where V : struct, ILanes<V, double> => t & Bits<V>(unchecked((long)0xffffffff00000000));

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Erf<V>(V x) where V : struct, ILanes<V, double>
    {
        V t = V.Abs(x);
        V small = V.Fma(x, ErfNearZero(x * x), x);
        V middle = C<V>(ErfOne) + ErfNearOne(t - C<V>(1.0));
        V head = Head(t);
        V tail = Exp(V.Fma(-head, head, C<V>(-0.5625))) * Exp(V.Fma(head - t, head + t, ErfcExponent(C<V>(1.0) / (x * x))));
        V result = V.Select(V.Less(t, C<V>(6.0)), C<V>(1.0) - tail / t, C<V>(1.0));
        result = V.Select(V.Less(t, C<V>(1.25)), middle, result);
        result = CopySign(result, x);
        result = V.Select(V.Less(t, C<V>(0.84375)), small, result);
        return V.Select(V.Equal(x, x), result, x);
    }

    /// <summary>½ erfc(t/√2) for t = |x|; the exponent is taken from t, so that rounding t/√2 costs nothing.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V NormalCdf<V>(V x) where V : struct, ILanes<V, double>
    {
        V t = V.MinNative(C<V>(39.0), V.Abs(x));
        V z = t * C<V>(0.70710678118654752440);
        V square = t * t;
        V small = C<V>(0.5) - C<V>(0.5) * V.Fma(z, ErfNearZero(C<V>(0.5) * square), z);
        V middle = C<V>(0.5) * (C<V>(1.0 - ErfOne) - ErfNearOne(z - C<V>(1.0)));
        V head = Head(t);
        V tail = Exp(V.Fma(C<V>(-0.5) * head, head, C<V>(-0.5625)))
            * Exp(V.Fma(C<V>(0.5) * (head - t), head + t, ErfcExponent(C<V>(2.0) / square))) / (z + z);
        V lower = V.Select(V.Less(z, C<V>(1.25)), middle, tail);
        lower = V.Select(V.Less(z, C<V>(0.84375)), small, lower);
        lower = V.Select(V.Less(x, C<V>(0.0)), lower, C<V>(1.0) - lower);
        return V.Select(V.Equal(x, x), lower, x);
    }

    private const double TrigLimit = 1e5;

    [MethodImpl(Inline)]
    private static V SinQuadrant<V>(V x, long quadrant) where V : struct, ILanes<V, double>
    {
        V shifted = V.Fma(x, C<V>(6.36619772367581382433e-01), C<V>(RoundMagic));
        V n = shifted - C<V>(RoundMagic);
        V a = V.Fma(n, C<V>(-1.57079632673412561417e+00), x);
        a = V.Fma(n, C<V>(-6.07710050630396597660e-11), a);
        a = V.Fma(n, C<V>(-2.02226624879595063154e-21), a);
        V q = V.AddBits(shifted, Bits<V>(quadrant));
        V s = a * a;
        V sin = C<V>(1.58969099521155010221e-10);
        sin = V.Fma(sin, s, C<V>(-2.50507602534068634195e-08));
        sin = V.Fma(sin, s, C<V>(2.75573137070700676789e-06));
        sin = V.Fma(sin, s, C<V>(-1.98412698298579493134e-04));
        sin = V.Fma(sin, s, C<V>(8.33333333332248946124e-03));
        sin = V.Fma(sin, s, C<V>(-1.66666666666666324348e-01));
        sin = V.Fma(sin, a * s, a);
        V cos = C<V>(-1.13596475577881948265e-11);
        cos = V.Fma(cos, s, C<V>(2.08757232129817482790e-09));
        cos = V.Fma(cos, s, C<V>(-2.75573143513906633035e-07));
        cos = V.Fma(cos, s, C<V>(2.48015872894767294178e-05));
        cos = V.Fma(cos, s, C<V>(-1.38888888888741095749e-03));
        cos = V.Fma(cos, s, C<V>(4.16666666666666019037e-02));
        cos = V.Fma(cos, s, C<V>(-0.5));
        cos = V.Fma(cos, s, C<V>(1.0));
        V odd = V.ShiftRightArithmeticBits(V.ShiftLeftBits(q, 63), 63);
        V negate = V.ShiftLeftBits(V.ShiftRightBits(q, 1), 63);
        return V.Select(odd, cos, sin) ^ negate;
    }

    [MethodImpl(Inline)]
    public static V Sin<V>(V x) where V : struct, ILanes<V, double>
    {
        V result = SinQuadrant(x, 0);
        V hard = V.Less(C<V>(TrigLimit), V.Abs(x));
        if (V.AnyTrue(hard)) result = V.Select(hard, V.Map(x, &Math.Sin), result);
        return V.Select(V.Equal(x, C<V>(0.0)), x, result);
    }

    [MethodImpl(Inline)]
    public static V Cos<V>(V x) where V : struct, ILanes<V, double>
    {
        V result = SinQuadrant(x, 1);
        V hard = V.Less(C<V>(TrigLimit), V.Abs(x));
        if (V.AnyTrue(hard)) result = V.Select(hard, V.Map(x, &Math.Cos), result);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static V Pow<V>(V x, V y) where V : struct, ILanes<V, double> => V.Map(x, y, &Math.Pow);
}
