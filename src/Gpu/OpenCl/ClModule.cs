using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu.OpenCl;

/// <summary>A built program of one kernel. Kernels are kept with their programs as long as the device.</summary>
internal sealed class ClModule(ClDriver driver, nint program) : GpuModule
{
    public override unsafe GpuKernel Create()
    {
        int error = 0;
        nint kernel = ClNative.CreateKernel(program, "run", &error);
        driver.CheckRoom(error, "clCreateKernel");
        return new ClKernel(driver, new ClKernelHandle(kernel), driver.MostItemsOf(kernel));
    }
}

/// <summary>A kernel with parameters.</summary>
internal sealed unsafe class ClKernel(ClDriver driver, ClKernelHandle handle, int mostItems) : GpuKernel
{
    private readonly nint _kernel = handle.DangerousGetHandle();

    public override int MostItems => mostItems;

    public override void SetGeometry(ReadOnlySpan<long> geometry)
    {
        fixed (long* first = geometry) Set(0, geometry.Length * sizeof(long), first);
    }

    public override void SetBuffer(int index, nint memory) => Set(index + 1, sizeof(nint), &memory);

    public override void Launch(long groups, int groupSize)
    {
        driver.Launch(_kernel, groups, groupSize);
        GC.KeepAlive(handle);
    }

    private void Set(int index, int bytes, void* value)
    {
        driver.Check(ClNative.SetArgument(_kernel, (uint)index, (nuint)bytes, value), "clSetKernelArg");
        GC.KeepAlive(handle);
    }
}

/// <summary>Releases a kernel when nothing uses it any more.</summary>
internal sealed class ClKernelHandle : SafeHandle
{
    public ClKernelHandle(nint kernel)
        : base(0, ownsHandle: true) => SetHandle(kernel);

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => ClNative.ReleaseKernel(handle) == 0;
}

/// <summary>An event of the queue.</summary>
internal sealed class ClMark(ClDriver driver) : GpuMark
{
    /// <summary>Gives it its event.</summary>
    public void Place(nint done) => SetHandle(done);

    public override unsafe bool IsDone
    {
        get
        {
            int state = 0;
            int error = ClNative.GetEventInfo(handle, 0x11D3, sizeof(int), &state, null);
            GC.KeepAlive(this);
            // Below 0 for what failed.
            return error != 0 || state <= 0;
        }
    }

    public override void Wait() => driver.Wait(this, handle);

    protected override bool ReleaseHandle() => ClNative.ReleaseEvent(handle) == 0;
}
