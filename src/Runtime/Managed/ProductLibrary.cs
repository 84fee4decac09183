using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>Matrix products and convolutions of another library, on memory of the device.</summary>
internal abstract unsafe class ProductLibrary
{
    /// <summary>The library that a flag names; null for none.</summary>
    public static ProductLibrary? Named(string name) => name.Length == 0 ? null : DevicePackage.Find(name)?.Products()
        ?? throw new ArgumentException(
            $"TENSORGRAPH_BLAS is '{name}'; this program has no such library. 'torch' is in the package TensorGraph.TorchSharp.", nameof(name));

    /// <summary>Computes products of a batch; false where it leaves them to the device.</summary>
    /// <param name="command">Sizes and strides.</param>
    /// <param name="a">The first element of the left operand.</param>
    /// <param name="b">The first element of the right operand.</param>
    /// <param name="result">Row-major.</param>
    public abstract bool Multiply(DotCommand command, byte* a, byte* b, byte* result);

    /// <summary>Computes a convolution; false where it leaves it to the device.</summary>
    public abstract bool Convolve(ConvSpace space, DType dtype, byte* x, byte* weights, byte* result);
}
