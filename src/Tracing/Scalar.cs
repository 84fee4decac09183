namespace TensorGraph;

/// <summary>
/// A C# number as an argument: it takes the dtype of the tensor that it comes with, as it does beside an operator. C# numbers convert to it by
/// themselves, so <c>Ops.Max(x, 0)</c> works for every numeric dtype of x. Numbers alone have the dtype that C# gives them.
/// </summary>
/// <remarks>Errors: TG2005 when the dtype of the tensor can't hold the number. Source: at::Scalar of PyTorch.</remarks>
public readonly struct Scalar
{
    private readonly DType _own;
    private readonly long _integer;
    private readonly double _float;

    private Scalar(DType own, long integer, double number) => (_own, _integer, _float) = (own, integer, number);

    /// <summary>i32, i64, f32 or f64: the dtype that the number has where no tensor gives it one.</summary>
    public DType DType => _own == default ? DType.I32 : _own;

    /// <summary>A number of 32 bits.</summary>
    public static implicit operator Scalar(int number) => new(DType.I32, number, 0);

    /// <summary>A number of 64 bits.</summary>
    public static implicit operator Scalar(long number) => new(DType.I64, number, 0);

    /// <summary>A number of 64 bits; beyond the largest <see cref="long"/> it is a double.</summary>
    public static implicit operator Scalar(ulong number) => number <= long.MaxValue ? (long)number : (double)number;

    /// <summary>A number in single precision.</summary>
    public static implicit operator Scalar(float number) => new(DType.F32, 0, number);

    /// <summary>A number in double precision.</summary>
    public static implicit operator Scalar(double number) => new(DType.F64, 0, number);

    /// <summary>A tensor of the number's own dtype.</summary>
    public static implicit operator Tensor(Scalar number) => number.To(number.DType);

    /// <summary>The number as C# prints it, whatever the culture.</summary>
    public override string ToString() => DType.IsFloat()
        ? _float.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : _integer.ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal double ToDouble() => DType.IsFloat() ? _float : _integer;

    /// <summary>
    /// A tensor of another one's dtype, on its device; TG2005 when the dtype can't hold the number. Of none it has its own: the op says which operand
    /// is missing.
    /// </summary>
    internal Tensor Like(Tensor? other) => other is null ? this : DType.IsFloat() ? Dispatch.Number(_float, other) : Dispatch.Number(_integer, other);

    /// <summary>A tensor of a dtype.</summary>
    internal Tensor To(DType dtype) => DType.IsFloat() ? Numbers.Of(_float, dtype) : Numbers.Of(_integer, dtype);

    /// <summary>The dtype of two numbers together, as in C#: the wider one of two integers or floats, the float of an integer and a float.</summary>
    internal static DType Together(Scalar a, Scalar b) => Together(a.DType, b);

    /// <summary>The same for one more number.</summary>
    internal static DType Together(DType a, Scalar b) => (DType)Math.Max((int)a, (int)b.DType);
}
