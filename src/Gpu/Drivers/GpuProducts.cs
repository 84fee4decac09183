namespace TensorGraph.Backends.Gpu;

/// <summary>A library of the device that computes matrix products.</summary>
internal abstract class GpuProducts
{
    /// <summary>Puts a product into the queue.</summary>
    /// <param name="product">Sizes and strides.</param>
    /// <param name="a">The memory of the left operand, and the offset of its first element in bytes.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="c">The result.</param>
    public abstract void Multiply(
        LibraryProduct product, (nint Memory, long Offset) a, (nint Memory, long Offset) b, (nint Memory, long Offset) c);
}

/// <summary>A product of a library with buffers of its own: those of A, B and C, with their offsets as the geometry.</summary>
internal sealed class ProductKernel(GpuProducts library, LibraryProduct product) : GpuKernel
{
    private readonly (nint Memory, long Offset)[] _operands = new (nint, long)[3];

    public override int MostItems => int.MaxValue;

    public override void SetGeometry(ReadOnlySpan<long> geometry)
    {
        for (int i = 0; i < _operands.Length; i++) _operands[i].Offset = geometry[i];
    }

    public override void SetBuffer(int index, nint memory) => _operands[index].Memory = memory;

    public override void Launch(long groups, int groupSize) => library.Multiply(product, _operands[0], _operands[1], _operands[2]);
}
