namespace TensorGraph;

/// <summary>
/// Ops of a tensor and a C# number, which takes the tensor's dtype as it does beside an operator. Errors: TG2005 when the dtype can't hold it.
/// </summary>
public static partial class Ops
{
    /// <summary>The larger; NaN wins.</summary>
    public static Tensor Max(Tensor a, double b) => Max(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>The larger; NaN wins.</summary>
    public static Tensor Max(double a, Tensor b) => Max(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>The larger; NaN wins.</summary>
    public static Tensor Max(Tensor a, long b) => Max(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>The larger; NaN wins.</summary>
    public static Tensor Max(long a, Tensor b) => Max(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>The smaller; NaN wins.</summary>
    public static Tensor Min(Tensor a, double b) => Min(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>The smaller; NaN wins.</summary>
    public static Tensor Min(double a, Tensor b) => Min(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>The smaller; NaN wins.</summary>
    public static Tensor Min(Tensor a, long b) => Min(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>The smaller; NaN wins.</summary>
    public static Tensor Min(long a, Tensor b) => Min(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>a to the power of b.</summary>
    public static Tensor Pow(Tensor a, double b) => Pow(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>a to the power of b.</summary>
    public static Tensor Pow(double a, Tensor b) => Pow(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>a to the power of b.</summary>
    public static Tensor Pow(Tensor a, long b) => Pow(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>a to the power of b.</summary>
    public static Tensor Pow(long a, Tensor b) => Pow(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>a ÷ b, rounded down.</summary>
    public static Tensor FloorDiv(Tensor a, double b) => FloorDiv(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>a ÷ b, rounded down.</summary>
    public static Tensor FloorDiv(double a, Tensor b) => FloorDiv(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>a ÷ b, rounded down.</summary>
    public static Tensor FloorDiv(Tensor a, long b) => FloorDiv(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>a ÷ b, rounded down.</summary>
    public static Tensor FloorDiv(long a, Tensor b) => FloorDiv(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of b, NumPy's %.</summary>
    public static Tensor Mod(Tensor a, double b) => Mod(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of b, NumPy's %.</summary>
    public static Tensor Mod(double a, Tensor b) => Mod(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of b, NumPy's %.</summary>
    public static Tensor Mod(Tensor a, long b) => Mod(a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of b, NumPy's %.</summary>
    public static Tensor Mod(long a, Tensor b) => Mod(Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>condition ? a : b, element by element; both are evaluated. Source: np.where.</summary>
    public static Tensor Where(Tensor condition, Tensor a, double b) => Where(condition, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>condition ? a : b, element by element; both are evaluated. Source: np.where.</summary>
    public static Tensor Where(Tensor condition, double a, Tensor b) => Where(condition, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>min(max(x, low), high).</summary>
    public static Tensor Clip(Tensor x, double low, double high) =>
        Clip(x, Dispatch.Number(low, Check.NotNull(x)), Dispatch.Number(high, x));

    /// <summary>condition ? a : b, element by element; both are evaluated. Source: np.where.</summary>
    public static Tensor Where(Tensor condition, Tensor a, long b) => Where(condition, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>condition ? a : b, element by element; both are evaluated. Source: np.where.</summary>
    public static Tensor Where(Tensor condition, long a, Tensor b) => Where(condition, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>min(max(x, low), high).</summary>
    public static Tensor Clip(Tensor x, long low, long high) =>
        Clip(x, Dispatch.Number(low, Check.NotNull(x)), Dispatch.Number(high, x));
}
