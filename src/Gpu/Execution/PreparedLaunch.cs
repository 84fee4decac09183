namespace TensorGraph.Backends.Gpu;

/// <summary>A kernel of a frame: its parameters are set once, and again where memory is another.</summary>
internal sealed class PreparedLaunch(KernelLaunch launch, GpuKernel kernel)
{
    private readonly nint[] _memory = new nint[launch.Slots.Length];
    private readonly long[] _geometry = [.. launch.Geometry];
    private bool _isSet;

    public void Run(GpuFrame frame)
    {
        bool isMoved = !_isSet;
        for (int k = 0; k < _memory.Length; k++)
        {
            (nint memory, long offset) = frame.Place(launch.Slots[k]);
            offset += launch.Geometry[k];
            isMoved |= offset != _geometry[k];
            _geometry[k] = offset;
            if (memory == _memory[k]) continue;
            kernel.SetBuffer(k, memory);
            _memory[k] = memory;
        }
        if (isMoved) kernel.SetGeometry(_geometry);
        _isSet = true;
        kernel.Launch(launch.Groups, launch.GroupSize);
    }
}
