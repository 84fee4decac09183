using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Gpu.Cuda;

/// <summary>A function of a loaded module, which is kept as long as the device.</summary>
internal sealed class CuModule(CuDriver driver, nint function) : GpuModule
{
    private readonly int _mostItems = driver.MostItemsOf(function);

    public override GpuKernel Create() => new CuKernel(driver, function, _mostItems);
}

/// <summary>A function with parameters: the words of the first one, then the addresses of buffers.</summary>
internal sealed unsafe class CuKernel(CuDriver driver, nint function, int mostItems) : GpuKernel
{
    private long[] _geometry = [];
    private nint[] _buffers = [];

    public override int MostItems => mostItems;

    public override void SetGeometry(ReadOnlySpan<long> geometry)
    {
        if (_geometry.Length != geometry.Length) _geometry = GC.AllocateArray<long>(geometry.Length, pinned: true);
        geometry.CopyTo(_geometry);
    }

    public override void SetBuffer(int index, nint memory)
    {
        if (index >= _buffers.Length)
        {
            nint[] more = GC.AllocateArray<nint>(index + 1, pinned: true);
            _buffers.CopyTo(more, 0);
            _buffers = more;
        }
        _buffers[index] = memory;
    }

    public override void Launch(long groups, int groupSize)
    {
        void** parameters = stackalloc void*[_buffers.Length + 1];
        parameters[0] = Unsafe.AsPointer(ref _geometry[0]);
        for (int i = 0; i < _buffers.Length; i++) parameters[i + 1] = Unsafe.AsPointer(ref _buffers[i]);
        driver.Launch(function, groups, groupSize, parameters);
    }
}

/// <summary>An event of the stream.</summary>
internal sealed class CuMark : GpuMark
{
    /// <summary>The state of what is not done yet.</summary>
    public const int NotReady = 600;

    private readonly CuDriver _driver;

    public CuMark(CuDriver driver, nint mark)
    {
        _driver = driver;
        SetHandle(mark);
    }

    public override bool IsDone
    {
        get
        {
            bool isDone = _driver.Query(handle) != NotReady;
            GC.KeepAlive(this);
            return isDone;
        }
    }

    public override void Wait() => _driver.Wait(this, handle);

    protected override bool ReleaseHandle() => _driver.TryEnter() && CuNative.DestroyEvent(handle) == 0;
}

/// <summary>An executable graph.</summary>
internal sealed class CuRecording : GpuRecording
{
    public CuRecording(nint executable) => SetHandle(executable);

    protected override bool ReleaseHandle() => CuNative.DestroyExecutable(handle) == 0;
}
