namespace TensorGraph.Backends.Gpu;

/// <summary>A library of the device that computes matrix products.</summary>
internal abstract class GpuProducts
{
    /// <summary>A product with buffers of its own: those of A, B and C, with their offsets in bytes as the geometry.</summary>
    public abstract GpuKernel Create(LibraryProduct product);
}
