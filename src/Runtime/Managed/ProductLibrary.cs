using System.Collections.Concurrent;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>Matrix products and convolutions of another library, on memory of the device.</summary>
internal abstract unsafe class ProductLibrary
{
    private static readonly ConcurrentDictionary<string, Func<ProductLibrary>> Registered = new(StringComparer.Ordinal);

    /// <summary>Adds a library under the name of its package.</summary>
    public static void Register(string name, Func<ProductLibrary> make) => Registered[name] = make;

    /// <summary>The library that flag <c>BLAS</c> names; null for none.</summary>
    public static ProductLibrary? Named(string name)
    {
        if (name.Length == 0) return null;
        // The package registers it.
        _ = DevicePackage.Find(name);
        return Registered.TryGetValue(name, out Func<ProductLibrary>? make) ? make() : throw new ArgumentException(
            $"TENSORGRAPH_BLAS is '{name}'; this program has no such library. 'torch' is in the package TensorGraph.TorchSharp.", nameof(name));
    }

    /// <summary>Computes products of a batch; false where it leaves them to the device.</summary>
    /// <param name="command">Sizes and strides.</param>
    /// <param name="a">The first element of the left operand.</param>
    /// <param name="b">The first element of the right operand.</param>
    /// <param name="result">Row-major.</param>
    public abstract bool Multiply(DotCommand command, byte* a, byte* b, byte* result);

    /// <summary>Computes a convolution; false where it leaves it to the device.</summary>
    public abstract bool Convolve(ConvSpace space, DType dtype, byte* x, byte* weights, byte* result);
}
