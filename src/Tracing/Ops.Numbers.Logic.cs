using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>
/// Comparisons and bits of a tensor and a C# number, which takes the tensor's dtype as it does beside an operator. Errors: TG2005 when the dtype
/// can't hold it.
/// </summary>
// The priorities are for two numbers: the first one is the tensor then.
public static partial class Ops
{
    /// <inheritdoc cref="Equal(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Equal(Tensor a, Scalar b) => Equal(a, b.Like(a));

    /// <inheritdoc cref="Equal(Tensor, Tensor)"/>
    public static Tensor Equal(Scalar a, Tensor b) => Equal(a.Like(b), b);

    /// <inheritdoc cref="NotEqual(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor NotEqual(Tensor a, Scalar b) => NotEqual(a, b.Like(a));

    /// <inheritdoc cref="NotEqual(Tensor, Tensor)"/>
    public static Tensor NotEqual(Scalar a, Tensor b) => NotEqual(a.Like(b), b);

    /// <inheritdoc cref="Greater(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Greater(Tensor a, Scalar b) => Greater(a, b.Like(a));

    /// <inheritdoc cref="Greater(Tensor, Tensor)"/>
    public static Tensor Greater(Scalar a, Tensor b) => Greater(a.Like(b), b);

    /// <inheritdoc cref="GreaterEqual(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor GreaterEqual(Tensor a, Scalar b) => GreaterEqual(a, b.Like(a));

    /// <inheritdoc cref="GreaterEqual(Tensor, Tensor)"/>
    public static Tensor GreaterEqual(Scalar a, Tensor b) => GreaterEqual(a.Like(b), b);

    /// <inheritdoc cref="Less(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Less(Tensor a, Scalar b) => Less(a, b.Like(a));

    /// <inheritdoc cref="Less(Tensor, Tensor)"/>
    public static Tensor Less(Scalar a, Tensor b) => Less(a.Like(b), b);

    /// <inheritdoc cref="LessEqual(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor LessEqual(Tensor a, Scalar b) => LessEqual(a, b.Like(a));

    /// <inheritdoc cref="LessEqual(Tensor, Tensor)"/>
    public static Tensor LessEqual(Scalar a, Tensor b) => LessEqual(a.Like(b), b);

    /// <inheritdoc cref="And(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor And(Tensor a, Scalar b) => And(a, b.Like(a));

    /// <inheritdoc cref="And(Tensor, Tensor)"/>
    public static Tensor And(Scalar a, Tensor b) => And(a.Like(b), b);

    /// <inheritdoc cref="Or(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Or(Tensor a, Scalar b) => Or(a, b.Like(a));

    /// <inheritdoc cref="Or(Tensor, Tensor)"/>
    public static Tensor Or(Scalar a, Tensor b) => Or(a.Like(b), b);

    /// <inheritdoc cref="Xor(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor Xor(Tensor a, Scalar b) => Xor(a, b.Like(a));

    /// <inheritdoc cref="Xor(Tensor, Tensor)"/>
    public static Tensor Xor(Scalar a, Tensor b) => Xor(a.Like(b), b);

    /// <inheritdoc cref="ShiftLeft(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor ShiftLeft(Tensor a, Scalar b) => ShiftLeft(a, b.Like(a));

    /// <inheritdoc cref="ShiftLeft(Tensor, Tensor)"/>
    public static Tensor ShiftLeft(Scalar a, Tensor b) => ShiftLeft(a.Like(b), b);

    /// <inheritdoc cref="ShiftRight(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor ShiftRight(Tensor a, Scalar b) => ShiftRight(a, b.Like(a));

    /// <inheritdoc cref="ShiftRight(Tensor, Tensor)"/>
    public static Tensor ShiftRight(Scalar a, Tensor b) => ShiftRight(a.Like(b), b);

    /// <inheritdoc cref="ShiftRightLogical(Tensor, Tensor)"/>
    [OverloadResolutionPriority(1)]
    public static Tensor ShiftRightLogical(Tensor a, Scalar b) => ShiftRightLogical(a, b.Like(a));

    /// <inheritdoc cref="ShiftRightLogical(Tensor, Tensor)"/>
    public static Tensor ShiftRightLogical(Scalar a, Tensor b) => ShiftRightLogical(a.Like(b), b);
}
