using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// C# numbers as tensors of another tensor's dtype, on its device. The same few numbers come up in every step of a program, so each thread keeps
/// those it made last; a tensor is immutable and may be shared.
/// </summary>
internal static class Numbers
{
    /// <summary>Integers up to here are doubles without rounding.</summary>
    private const long LargestExact = 1L << 53;

    private const int Slots = 64;

    [ThreadStatic]
    private static Slot[]? _recent;

    public static Tensor Of(double number, Tensor like) => Of(number, like.DType, like.Device ?? Device.Current);

    public static Tensor Of(double number, DType dtype) => Of(number, dtype, Device.Current);

    public static Tensor Of(long number, Tensor like) => Of(number, like.DType, like.Device ?? Device.Current);

    public static Tensor Of(long number, DType dtype) => Of(number, dtype, Device.Current);

    private static Tensor Of(long number, DType dtype, Device device) =>
        number is <= LargestExact and >= -LargestExact ? Of((double)number, dtype, device) : OfLarge(number, dtype, device);

    private static Tensor Of(double number, DType dtype, Device device)
    {
        long bits = BitConverter.DoubleToInt64Bits(number);
        // The same in every process, unlike HashCode: a number that another displaced is one more constant of a graph.
        ulong hash = ((ulong)bits + (ulong)dtype) * 0x9E3779B97F4A7C15;
        ref Slot slot = ref (_recent ??= new Slot[Slots])[hash >> 58];
        if (slot.Tensor is null || slot.Bits != bits || slot.Tensor.DType != dtype || slot.Device != device)
            slot = new(bits, device, Make(number, dtype, device));
        return slot.Tensor;
    }

    /// <summary>An integer that a double would round.</summary>
    private static Tensor OfLarge(long number, DType dtype, Device device)
    {
        if (!dtype.IsInteger())
            return Make(number, dtype, device);
        var literal = Literal.FromLongs(new(dtype, Shape.Scalar), _ => number);
        return literal.GetLong(0) == number ? new(device.From(literal), isFree: true) : throw NotRepresentable(number, dtype);
    }

    private static Tensor Make(double number, DType dtype, Device device)
    {
        if (!dtype.IsNumber())
            throw NotRepresentable(number, dtype);
        var literal = Literal.Scalar(dtype, number);
        double stored = literal.GetDouble(0);
        bool isLost = dtype.IsInteger() ? stored != number : double.IsInfinity(stored) && !double.IsInfinity(number);
        return isLost ? throw NotRepresentable(number, dtype) : new(device.From(literal), isFree: true);
    }

    private static GraphException NotRepresentable(double number, DType dtype) => new(
        DiagnosticIds.NotRepresentable, $"the C# number {number.ToString(System.Globalization.CultureInfo.InvariantCulture)} is not a {dtype.Name()}",
        $"A C# number takes the tensor's dtype; Cast the tensor to a float dtype, or write a number that {dtype.Name()} can hold.",
        SourceSpan.Capture());

    private readonly record struct Slot(long Bits, Device Device, Tensor Tensor);
}
