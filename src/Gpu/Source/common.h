// Functions of elements, the same in each dialect. Integers wrap around; 16-bit floats are computed with as f32 and rounded after each operation.

// Sums of f32 are kept in it.
#ifdef HAS_DOUBLE
typedef f64 wide;
#else
typedef f32 wide;
#endif

FUNCTION f32 from_f16(u16 bits)
{
    u32 magnitude = (u32)(bits & 0x7fff) << 13, exponent = magnitude & (0x7c00u << 13);
    f32 value = exponent == 0 ? FLOAT_OF(magnitude + (113u << 23)) - FLOAT_OF(113u << 23)
        : FLOAT_OF(magnitude + ((exponent == (0x7c00u << 13) ? 224u : 112u) << 23));
    return FLOAT_OF(BITS_OF(value) | (u32)(bits & 0x8000) << 16);
}

FUNCTION u16 to_f16(f32 x)
{
    u32 bits = BITS_OF(x), sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000u) return (u16)(sign | 0x7e00);
    if (magnitude >= 143u << 23) return (u16)(sign | 0x7c00);
    if (magnitude < 113u << 23) return (u16)(sign | (BITS_OF(FLOAT_OF(magnitude) + FLOAT_OF(126u << 23)) - (126u << 23)));
    return (u16)(sign | (magnitude - (112u << 23) + 0xfff + (magnitude >> 13 & 1)) >> 13);
}

FUNCTION f32 from_bf16(u16 bits) { return FLOAT_OF((u32)bits << 16); }

FUNCTION u16 to_bf16(f32 x)
{
    u32 bits = BITS_OF(x);
    return (u16)(x != x ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

FUNCTION f32 round_f16(f32 x) { return from_f16(to_f16(x)); }

FUNCTION f32 round_bf16(f32 x) { return from_bf16(to_bf16(x)); }

// T the type, U the unsigned one of its width, S its name.
#define INTEGER_FUNCTIONS(T, U, S) \
    FUNCTION T add_##S(T a, T b) { return (T)((U)a + (U)b); } \
    FUNCTION T sub_##S(T a, T b) { return (T)((U)a - (U)b); } \
    FUNCTION T mul_##S(T a, T b) { return (T)((U)a * (U)b); } \
    FUNCTION T neg_##S(T a) { return (T)(0 - (U)a); } \
    FUNCTION T abs_##S(T a) { return a < 0 ? neg_##S(a) : a; } \
    FUNCTION T sign_##S(T a) { return (a > 0) - (a < 0); } \
    FUNCTION T div_##S(T a, T b) { return b == 0 ? 0 : b == -1 ? neg_##S(a) : a / b; } \
    FUNCTION T rem_##S(T a, T b) { return b == 0 || b == -1 ? 0 : a % b; } \
    FUNCTION T max_##S(T a, T b) { return a > b ? a : b; } \
    FUNCTION T min_##S(T a, T b) { return a < b ? a : b; } \
    FUNCTION T pow_##S(T a, T b) \
    { \
        U power = 1, base = (U)a; \
        if (b < 0) return a == 1 ? 1 : a != -1 ? 0 : (b & 1) == 0 ? 1 : -1; \
        for (; b > 0; b >>= 1, base *= base) \
        { \
            if (b & 1) power *= base; \
        } \
        return (T)power; \
    }

INTEGER_FUNCTIONS(i32, u32, i32)
INTEGER_FUNCTIONS(i64, u64, i64)

// Zeros have signs, and NaN wins.
#define FLOAT_FUNCTIONS(T, S) \
    FUNCTION T add_##S(T a, T b) { return a + b; } \
    FUNCTION T mul_##S(T a, T b) { return a * b; } \
    FUNCTION T max_##S(T a, T b) { return a != a ? a : b != b ? b : a == 0 && b == 0 ? a + b : a > b ? a : b; } \
    FUNCTION T min_##S(T a, T b) { return a != a ? a : b != b ? b : a == 0 && b == 0 ? -(-a - b) : a < b ? a : b; } \
    FUNCTION T sign_##S(T a) { return a > 0 ? (T)1 : a < 0 ? (T)-1 : a; } \
    FUNCTION T sigmoid_##S(T a) { T e = exp(-fabs(a)); return (a < 0 ? e : (T)1) / ((T)1 + e); } \
    FUNCTION T normal_cdf_##S(T a) { return (T)((wide)0.5 * erfc((wide)a * (wide)-0.70710678118654752440)); } \
    FUNCTION i64 integer_##S(T a) \
    { \
        return a != a ? 0 : a >= (T)9223372036854775808.0 ? 0x7fffffffffffffff : a < (T)-9223372036854775808.0 ? -0x7fffffffffffffff - 1 : (i64)a; \
    }

FLOAT_FUNCTIONS(f32, f32)
#ifdef HAS_DOUBLE
FLOAT_FUNCTIONS(f64, f64)
#endif

// The f32 beside x whose last bit is 1, where x is none: rounded to 16 bits it is what x is, rounded once.
#define ODD_FUNCTION(T, S, FROM_F32) \
    FUNCTION f32 odd_##S(T x) \
    { \
        f32 near = (f32)x; \
        T back = FROM_F32(near); \
        u32 bits = BITS_OF(near); \
        if (back == x || x != x || (bits & 1)) return near; \
        return FLOAT_OF((x > back) == (x > 0) ? bits + 1 : bits - 1); \
    }

ODD_FUNCTION(i64, i64, integer_f32)
#ifdef HAS_DOUBLE
ODD_FUNCTION(f64, f64, (f64))
#endif
