using TorchSharp;

namespace TensorGraph.Torch;

/// <summary>
/// Element types of results as torch has them: a tensor without axes, and a number still more so, gives way to one with axes unless it is of a
/// higher kind (bool, integer, float).
/// </summary>
internal static class Promotion
{
    /// <summary>The element type of two tensors together.</summary>
    public static DType Of(Tensor a, Tensor b)
    {
        if ((a.Rank > 0) == (b.Rank > 0)) return Of(a.DType, b.DType);
        (DType strong, DType weak) = a.Rank > 0 ? (a.DType, b.DType) : (b.DType, a.DType);
        return Combined(strong, weak);
    }

    /// <summary>The element type of a tensor and a number.</summary>
    public static DType Of(Tensor a, Scalar number) =>
        Combined(a.DType, number.DType.IsFloat() ? DType.F32 : DType.I64);

    /// <summary>The element type of two of the same rank among them.</summary>
    public static DType Of(DType a, DType b)
    {
        if (a == b) return a;
        if (Kind(a) != Kind(b)) return Kind(a) > Kind(b) ? a : b;
        if (a.IsFloat()) return (a, b) is (DType.F16, DType.BF16) or (DType.BF16, DType.F16) ? DType.F32 : a.Size() > b.Size() ? a : b;
        // An unsigned byte and a signed one.
        if (a == DType.U8 || b == DType.U8) return (a == DType.U8 ? b : a) is DType.I8 ? DType.I16 : a == DType.U8 ? b : a;
        return a.Size() > b.Size() ? a : b;
    }

    /// <summary>Both tensors in their common type.</summary>
    public static (Tensor A, Tensor B) Together(Tensor a, Tensor b)
    {
        DType type = Of(Check(a), Check(b));
        return (Ops.Cast(a, type), Ops.Cast(b, type));
    }

    /// <summary>A tensor and a number in their common type.</summary>
    public static (Tensor A, Tensor B) Together(Tensor a, Scalar b)
    {
        DType type = Of(Check(a), b);
        return (Ops.Cast(a, type), Number(b, type));
    }

    /// <summary>A number of an element type; a whole number where a float has to be one.</summary>
    public static Tensor Number(Scalar number, DType type) => type == DType.Bool && number.DType != DType.Bool ? number.ToDouble() != 0
        : type.IsFloat() ? ((Scalar)number.ToDouble()).To(type) : number.To(type);

    /// <summary>As floats: integers become f32.</summary>
    public static Tensor Float(Tensor x) => Check(x).DType.IsFloat() ? x : Ops.Cast(x, DType.F32);

    /// <summary>As sums are added up: small integers and bool become i64.</summary>
    public static Tensor Wide(Tensor x) => Check(x).DType.IsFloat() ? x : Ops.Cast(x, DType.I64);

    /// <summary>The element type of torch's name for it.</summary>
    public static DType Of(torch.ScalarType type) => Backends.Torch.TorchTypes.Of((int)type) ?? Unsupported(type);

    private static DType Combined(DType strong, DType weak) => Kind(weak) > Kind(strong) ? Of(weak, strong) : strong;

    /// <summary>Bool, integers, floats: types give way to those of a higher kind.</summary>
    public static int Kind(DType dtype) => dtype == DType.Bool ? 0 : dtype.IsFloat() ? 2 : 1;

    private static Tensor Check(Tensor x) => Throw.IfNull(x);

    private static DType Unsupported(torch.ScalarType type)
    {
        Throw.Raise(DiagnosticIds.NoTorchCounterpart, "torch", $"{type} has no counterpart", "Take the real and imaginary parts of complex numbers.");
        return default;
    }
}
