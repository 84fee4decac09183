namespace TensorGraph.Backends.Gpu;

/// <summary>A kernel of a frame: its parameters are set once, and again where memory is another.</summary>
internal sealed class PreparedLaunch(KernelLaunch launch, GpuKernel kernel)
{
    // Allocations, by their numbers.
    private readonly long[] _memory = new long[launch.Slots.Length];
    private readonly long[] _geometry = [.. launch.Geometry];
    private bool _isSet;

    public void Run(GpuFrame frame)
    {
        bool isMoved = !_isSet;
        for (int k = 0; k < _memory.Length; k++)
        {
            (GpuBuffer buffer, long offset) = frame.Place(launch.Slots[k]);
            offset += launch.Geometry[k];
            isMoved |= offset != _geometry[k];
            _geometry[k] = offset;
            if (buffer.Number == _memory[k]) continue;
            kernel.SetBuffer(k, buffer.Handle);
            _memory[k] = buffer.Number;
        }
        if (isMoved) kernel.SetGeometry(_geometry);
        _isSet = true;
        kernel.Launch(launch.Groups, launch.GroupSize);
    }
}
