using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Arithmetic of a tensor and a C# number, which takes the tensor's dtype as it does beside an operator. Errors: TG2005 when the dtype
/// can't hold it.
/// </summary>
// The priorities are for two numbers: the first one is the tensor then.
public static partial class Ops
{
    /// <inheritdoc cref="Add(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Add(Tensor a, Scalar b) => Add(a, b.Like(a));

    /// <inheritdoc cref="Add(Tensor, Tensor)"/>
    public static Tensor Add(Scalar a, Tensor b) => Add(a.Like(b), b);

    /// <inheritdoc cref="Sub(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Sub(Tensor a, Scalar b) => Sub(a, b.Like(a));

    /// <inheritdoc cref="Sub(Tensor, Tensor)"/>
    public static Tensor Sub(Scalar a, Tensor b) => Sub(a.Like(b), b);

    /// <inheritdoc cref="Mul(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Mul(Tensor a, Scalar b) => Mul(a, b.Like(a));

    /// <inheritdoc cref="Mul(Tensor, Tensor)"/>
    public static Tensor Mul(Scalar a, Tensor b) => Mul(a.Like(b), b);

    /// <inheritdoc cref="Div(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Div(Tensor a, Scalar b) => Div(a, b.Like(a));

    /// <inheritdoc cref="Div(Tensor, Tensor)"/>
    public static Tensor Div(Scalar a, Tensor b) => Div(a.Like(b), b);

    /// <inheritdoc cref="Rem(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Rem(Tensor a, Scalar b) => Rem(a, b.Like(a));

    /// <inheritdoc cref="Rem(Tensor, Tensor)"/>
    public static Tensor Rem(Scalar a, Tensor b) => Rem(a.Like(b), b);

    /// <inheritdoc cref="Pow(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Pow(Tensor a, Scalar b) => Pow(a, b.Like(a));

    /// <inheritdoc cref="Pow(Tensor, Tensor)"/>
    public static Tensor Pow(Scalar a, Tensor b) => Pow(a.Like(b), b);

    /// <inheritdoc cref="FloorDiv(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor FloorDiv(Tensor a, Scalar b) => FloorDiv(a, b.Like(a));

    /// <inheritdoc cref="FloorDiv(Tensor, Tensor)"/>
    public static Tensor FloorDiv(Scalar a, Tensor b) => FloorDiv(a.Like(b), b);

    /// <inheritdoc cref="Mod(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Mod(Tensor a, Scalar b) => Mod(a, b.Like(a));

    /// <inheritdoc cref="Mod(Tensor, Tensor)"/>
    public static Tensor Mod(Scalar a, Tensor b) => Mod(a.Like(b), b);

    /// <inheritdoc cref="Max(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Max(Tensor a, Scalar b) => Max(a, b.Like(a));

    /// <inheritdoc cref="Max(Tensor, Tensor)"/>
    public static Tensor Max(Scalar a, Tensor b) => Max(a.Like(b), b);

    /// <inheritdoc cref="Min(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Min(Tensor a, Scalar b) => Min(a, b.Like(a));

    /// <inheritdoc cref="Min(Tensor, Tensor)"/>
    public static Tensor Min(Scalar a, Tensor b) => Min(a.Like(b), b);

    /// <inheritdoc cref="Atan2(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Atan2(Tensor a, Scalar b) => Atan2(a, b.Like(a));

    /// <inheritdoc cref="Atan2(Tensor, Tensor)"/>
    public static Tensor Atan2(Scalar a, Tensor b) => Atan2(a.Like(b), b);

    /// <inheritdoc cref="SquaredDifference(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor SquaredDifference(Tensor a, Scalar b) => SquaredDifference(a, b.Like(a));

    /// <inheritdoc cref="SquaredDifference(Tensor, Tensor)"/>
    public static Tensor SquaredDifference(Scalar a, Tensor b) => SquaredDifference(a.Like(b), b);

    /// <inheritdoc cref="DivideNoNan(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor DivideNoNan(Tensor a, Scalar b) => DivideNoNan(a, b.Like(a));

    /// <inheritdoc cref="DivideNoNan(Tensor, Tensor)"/>
    public static Tensor DivideNoNan(Scalar a, Tensor b) => DivideNoNan(a.Like(b), b);

    /// <inheritdoc cref="SigmoidCrossEntropy(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor SigmoidCrossEntropy(Tensor a, Scalar b) => SigmoidCrossEntropy(a, b.Like(a));

    /// <inheritdoc cref="SigmoidCrossEntropy(Tensor, Tensor)"/>
    public static Tensor SigmoidCrossEntropy(Scalar a, Tensor b) => SigmoidCrossEntropy(a.Like(b), b);

    /// <inheritdoc cref="MeanSquaredError(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor MeanSquaredError(Tensor a, Scalar b) => MeanSquaredError(a, b.Like(a));

    /// <inheritdoc cref="MeanSquaredError(Tensor, Tensor)"/>
    public static Tensor MeanSquaredError(Scalar a, Tensor b) => MeanSquaredError(a.Like(b), b);

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Tensor a, Scalar b) => Where(condition, a, b.Like(Check.NotNull(a)));

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Scalar a, Tensor b) => Where(condition, a.Like(Check.NotNull(b)), b);

    /// <summary>condition ? a : b, element by element. DType: that of both numbers together in C#. Source: np.where.</summary>
    public static Tensor Where(Tensor condition, Scalar a, Scalar b)
    {
        var dtype = Scalar.Together(a, b);
        return Where(condition, a.To(dtype), b.To(dtype));
    }

    /// <inheritdoc cref="Clip(Tensor, Tensor, Tensor)"/>
    public static Tensor Clip(Tensor x, Scalar low, Scalar high) => Clip(x, low.Like(Check.NotNull(x)), high.Like(x));

    /// <inheritdoc cref="Clip(Tensor, Tensor, Tensor)"/>
    public static Tensor Clip(Tensor x, Tensor low, Scalar high) => Clip(x, low, high.Like(low));

    /// <inheritdoc cref="Clip(Tensor, Tensor, Tensor)"/>
    public static Tensor Clip(Tensor x, Scalar low, Tensor high) => Clip(x, low.Like(high), high);

    /// <inheritdoc cref="Linspace(Tensor, Tensor, Dim)"/>
    public static Tensor Linspace(Tensor start, Scalar stop, Dim count) => Linspace(start, stop.Like(Check.NotNull(start)), count);

    /// <inheritdoc cref="Linspace(Tensor, Tensor, Dim)"/>
    public static Tensor Linspace(Scalar start, Tensor stop, Dim count) => Linspace(start.Like(Check.NotNull(stop)), stop, count);

    /// <summary>Numbers at equal distances, both ends included. DType: f32 unless one of the ends is a double. Source: np.linspace.</summary>
    public static Tensor Linspace(Scalar start, Scalar stop, Dim count)
    {
        var dtype = Scalar.Together(start, stop) == DType.F64 ? DType.F64 : DType.F32;
        return Linspace(start.To(dtype), stop.To(dtype), count);
    }
}
