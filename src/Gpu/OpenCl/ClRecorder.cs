using System.Text;

namespace TensorGraph.Backends.Gpu.OpenCl;

/// <summary>Command buffers (<c>cl_khr_command_buffer</c>): kernels that are put together once and into a queue as a whole.</summary>
internal sealed unsafe class ClRecorder
{
    private const string Extension = "cl_khr_command_buffer";
    private const nint Flags = 0x1293;
    private const ulong SimultaneousUse = 1;
    private const uint Capabilities = 0x12A9;
    private const ulong HasSimultaneousUse = 4;

    // What this thread records into, and the last kernel in it.
    [ThreadStatic]
    private static nint s_open;

    [ThreadStatic]
    private static uint s_last;

    [ThreadStatic]
    private static bool s_hasLast;

    private readonly nint _queue;
    private readonly delegate* unmanaged<uint, nint*, nint*, int*, nint> _create;
    private readonly delegate* unmanaged<nint, int> _finalize;
    private readonly delegate* unmanaged<nint, int> _release;
    private readonly delegate* unmanaged<uint, nint*, nint, uint, nint*, nint*, int> _enqueue;
    private readonly delegate* unmanaged<nint, nint, nint*, nint, uint, nuint*, nuint*, nuint*, uint, uint*, uint*, nint*, int> _launch;

    private ClRecorder(ClPlace place, nint queue)
    {
        _queue = queue;
        _create = (delegate* unmanaged<uint, nint*, nint*, int*, nint>)Function(place, "clCreateCommandBufferKHR");
        _finalize = (delegate* unmanaged<nint, int>)Function(place, "clFinalizeCommandBufferKHR");
        _release = (delegate* unmanaged<nint, int>)Function(place, "clReleaseCommandBufferKHR");
        _enqueue = (delegate* unmanaged<uint, nint*, nint, uint, nint*, nint*, int>)Function(place, "clEnqueueCommandBufferKHR");
        _launch = (delegate* unmanaged<nint, nint, nint*, nint, uint, nuint*, nuint*, nuint*, uint, uint*, uint*, nint*, int>)
            Function(place, "clCommandNDRangeKernelKHR");
    }

    /// <summary>True while this thread records.</summary>
    public static bool IsOpen => s_open != 0;

    /// <summary>Null for a device that has none, or none that may be in the queue twice.</summary>
    public static ClRecorder? Of(ClPlace place, nint queue)
    {
        if (!place.Extensions.Contains(Extension) || (place.Number<ulong>(Capabilities) & HasSimultaneousUse) == 0) return null;
        var recorder = new ClRecorder(place, queue);
        bool isWhole = recorder._create != null && recorder._finalize != null && recorder._release != null && recorder._enqueue != null
            && recorder._launch != null;
        return isWhole ? recorder : null;
    }

    /// <summary>Records what is launched on this thread meanwhile.</summary>
    public ClRecording Record(ClDriver driver, Action launches)
    {
        nint queue = _queue;
        nint* properties = stackalloc nint[] { Flags, (nint)SimultaneousUse, 0 };
        int error = 0;
        nint buffer = _create(1, &queue, properties, &error);
        driver.CheckRoom(error, "clCreateCommandBufferKHR");
        var recording = new ClRecording(this, buffer);
        (s_open, s_hasLast) = (buffer, false);
        try
        {
            launches();
        }
        finally
        {
            s_open = 0;
        }
        driver.CheckRoom(_finalize(buffer), "clFinalizeCommandBufferKHR");
        return recording;
    }

    /// <summary>Adds a kernel to what this thread records, after the one before it.</summary>
    public void Launch(ClDriver driver, nint kernel, nuint items, nuint group)
    {
        uint before = s_last, done = 0;
        int error = _launch(s_open, 0, null, kernel, 1, null, &items, &group, s_hasLast ? 1u : 0, s_hasLast ? &before : null, &done, null);
        driver.CheckRoom(error, "clCommandNDRangeKernelKHR");
        (s_last, s_hasLast) = (done, true);
    }

    /// <summary>Puts all of it into the queue; gives the error.</summary>
    public int Replay(ClRecording recording)
    {
        int error = _enqueue(0, null, recording.DangerousGetHandle(), 0, null, null);
        GC.KeepAlive(recording);
        return error;
    }

    /// <summary>Releases it.</summary>
    public int Release(nint buffer) => _release(buffer);

    private static nint Function(ClPlace place, string name)
    {
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0')) return ClNative.FindFunction(place.Platform, text);
    }
}

/// <summary>A command buffer.</summary>
internal sealed class ClRecording : GpuRecording
{
    private readonly ClRecorder _recorder;

    public ClRecording(ClRecorder recorder, nint buffer)
    {
        _recorder = recorder;
        SetHandle(buffer);
    }

    protected override bool ReleaseHandle() => _recorder.Release(handle) == 0;
}
