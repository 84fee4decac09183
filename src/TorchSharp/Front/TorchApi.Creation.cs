using TorchSharp;

namespace TensorGraph.Torch;

// Tensors of sizes and numbers. Draws are those of TensorGraph's generator.
public static partial class TorchApi
{
    public static Tensor zeros(ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled(size, 0, dtype, device);

    public static Tensor zeros(long dim0, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0], 0, dtype, device);

    public static Tensor zeros(long dim0, long dim1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1], 0, dtype, device);

    public static Tensor zeros(long dim0, long dim1, long dim2, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2], 0, dtype, device);

    public static Tensor zeros(long dim0, long dim1, long dim2, long dim3, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype, device);

    public static Tensor ones(ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled(size, 1, dtype, device);

    public static Tensor ones(long dim0, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0], 1, dtype, device);

    public static Tensor ones(long dim0, long dim1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1], 1, dtype, device);

    public static Tensor ones(long dim0, long dim1, long dim2, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2], 1, dtype, device);

    public static Tensor ones(long dim0, long dim1, long dim2, long dim3, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 1, dtype, device);

    public static Tensor empty(ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled(size, 0, dtype, device);

    public static Tensor empty(long dim0, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0], 0, dtype, device);

    public static Tensor empty(long dim0, long dim1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1], 0, dtype, device);

    public static Tensor empty(long dim0, long dim1, long dim2, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2], 0, dtype, device);

    public static Tensor empty(long dim0, long dim1, long dim2, long dim3, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], 0, dtype, device);

    public static Tensor rand(ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(new Shape(size), dtype: Float(dtype)));

    public static Tensor rand(long dim0, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(new Shape([dim0]), dtype: Float(dtype)));

    public static Tensor rand(long dim0, long dim1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(new Shape([dim0, dim1]), dtype: Float(dtype)));

    public static Tensor rand(long dim0, long dim1, long dim2, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(new Shape([dim0, dim1, dim2]), dtype: Float(dtype)));

    public static Tensor rand(long dim0, long dim1, long dim2, long dim3, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(new Shape([dim0, dim1, dim2, dim3]), dtype: Float(dtype)));

    public static Tensor randn(ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape(size), dtype: Float(dtype)));

    public static Tensor randn(long dim0, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape([dim0]), dtype: Float(dtype)));

    public static Tensor randn(long dim0, long dim1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape([dim0, dim1]), dtype: Float(dtype)));

    public static Tensor randn(long dim0, long dim1, long dim2, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape([dim0, dim1, dim2]), dtype: Float(dtype)));

    public static Tensor randn(long dim0, long dim1, long dim2, long dim3, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape([dim0, dim1, dim2, dim3]), dtype: Float(dtype)));

    public static Tensor full(ReadOnlySpan<long> size, Scalar value, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled(size, value, dtype ?? TypeOf(value), device);

    public static Tensor full(long dim0, Scalar value, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0], value, dtype ?? TypeOf(value), device);

    public static Tensor full(long dim0, long dim1, Scalar value, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1], value, dtype ?? TypeOf(value), device);

    public static Tensor full(long dim0, long dim1, long dim2, Scalar value, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Filled([dim0, dim1, dim2], value, dtype ?? TypeOf(value), device);

    public static Tensor full(long dim0, long dim1, long dim2, long dim3, Scalar value, torch.ScalarType? dtype = null,
        torch.Device? device = null) =>
        Filled([dim0, dim1, dim2, dim3], value, dtype ?? TypeOf(value), device);

    public static Tensor zeros_like(this Tensor x, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Full(x.Shape, 0, dtype is { } type ? Promotion.Of(type) : x.DType));

    public static Tensor ones_like(this Tensor x, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Full(x.Shape, 1, dtype is { } type ? Promotion.Of(type) : x.DType));

    public static Tensor empty_like(this Tensor x, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Full(x.Shape, 0, dtype is { } type ? Promotion.Of(type) : x.DType));

    public static Tensor full_like(this Tensor x, Scalar value, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.BroadcastTo(Promotion.Number(value, dtype is { } type ? Promotion.Of(type) : x.DType), x.Shape));

    public static Tensor rand_like(this Tensor x, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomUniform(x.Shape, dtype: dtype is null ? x.DType : Float(dtype)));

    public static Tensor randn_like(this Tensor x, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(x.Shape, dtype: dtype is null ? x.DType : Float(dtype)));

    /// <summary>The tensor with all elements 0: <c>zero_()</c>.</summary>
    public static Tensor zero(this Tensor x) => zeros_like(x);

    /// <summary>The tensor with all elements the same: <c>fill_(value)</c>.</summary>
    public static Tensor fill(this Tensor x, Scalar value) => full_like(x, value);

    /// <summary>The elements of another tensor in the type and shape of this one: <c>copy_(source)</c>.</summary>
    public static Tensor copy(this Tensor x, Tensor source) => Ops.BroadcastTo(Ops.Cast(source, x.DType), x.Shape);

    public static Tensor arange(Scalar stop, torch.ScalarType? dtype = null, torch.Device? device = null) => arange(0, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        arange(start, stop, 1, dtype, device);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Arange(start, stop, step, dtype is { } type ? Promotion.Of(type)
            : start.DType.IsFloat() || stop.DType.IsFloat() || step.DType.IsFloat() ? Float(null) : DType.I64));

    public static Tensor linspace(double start, double end, long steps, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Cast(Ops.Linspace(start, end, steps), Float(dtype)));

    public static Tensor eye(long rows, long columns = -1, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Eye(rows, columns < 0 ? rows : columns, dtype: Float(dtype)));

    public static Tensor tensor(float scalar, torch.Device? device = null) => OnCpu(device, scalar);

    public static Tensor tensor(double scalar, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Cast(scalar, dtype is { } type ? Promotion.Of(type) : DType.F64));

    public static Tensor tensor(long scalar, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Cast(scalar, dtype is { } type ? Promotion.Of(type) : DType.I64));

    public static Tensor tensor(int scalar, torch.Device? device = null) => OnCpu(device, scalar);

    public static Tensor tensor(bool scalar, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Cast(scalar, dtype is { } type ? Promotion.Of(type) : DType.Bool));

    public static Tensor tensor(float[] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(double[] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(long[] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(int[] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(bool[] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(float[,] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(double[,] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(long[,] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    public static Tensor tensor(int[,] rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) => Made(rawArray, dtype, device);

    /// <summary>Arrays of any other number of axes, and of other element types.</summary>
    public static Tensor tensor(Array rawArray, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        Made(Tensor.From(Throw.IfNull(rawArray)), dtype, device);

    public static Tensor randint(long high, ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        randint(0, high, size, dtype, device);

    public static Tensor randint(long low, long high, ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.Cast(Ops.Floor(Ops.RandomUniform(new Shape(size), low, high, DType.F64)), dtype is { } type ? Promotion.Of(type)
            : DType.I64));

    public static Tensor normal(double mean, double std, ReadOnlySpan<long> size, torch.ScalarType? dtype = null, torch.Device? device = null) =>
        OnCpu(device, Ops.RandomNormal(new Shape(size), mean, std, Float(dtype)));

    public static Tensor bernoulli(this Tensor x) => Ops.Cast(Ops.Less(Ops.RandomUniform(x.Shape, dtype: x.DType), x), x.DType);

    private static Tensor Made(Tensor x, torch.ScalarType? dtype, torch.Device? device) =>
        OnCpu(device, dtype is { } type ? Ops.Cast(x, Promotion.Of(type)) : x);

    private static Tensor Filled(ReadOnlySpan<long> size, Scalar value, torch.ScalarType? dtype, torch.Device? device) =>
        OnCpu(device, Ops.BroadcastTo(Promotion.Number(value, Float(dtype)), new Shape(size)));

    private static DType Float(torch.ScalarType? dtype) => Promotion.Of(dtype ?? Default());

    private static torch.ScalarType Default()
    {
        CompilerServices.GraphControl.Reads(null, ["torch.get_default_dtype()"], static (_, state) => state.AddStatic(torch.get_default_dtype()));
        return torch.get_default_dtype();
    }

    private static torch.ScalarType TypeOf(Scalar value) => value.DType.IsFloat() ? Default() : torch.ScalarType.Int64;
}
