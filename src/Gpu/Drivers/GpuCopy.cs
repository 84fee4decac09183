namespace TensorGraph.Backends.Gpu;

/// <summary>A copy between memory of the device and memory of the host that the device reads and writes by itself.</summary>
/// <param name="IsRead">True: to the host.</param>
/// <param name="Memory">The driver's name of the device's memory.</param>
/// <param name="Offset">Bytes before the first in it.</param>
/// <param name="Host">The address on the host.</param>
/// <param name="Bytes">How many.</param>
/// <param name="After">What it waits for beside its queue; null for nothing.</param>
internal readonly record struct GpuCopy(bool IsRead, nint Memory, long Offset, nint Host, long Bytes, GpuMark? After);

/// <summary>The queues of a device. Each does what is in it in order.</summary>
internal enum GpuQueue
{
    /// <summary>Kernels, and copies that are done in order with them.</summary>
    Work,

    /// <summary>Copies to the host beside them.</summary>
    Reads,

    /// <summary>Copies from the host beside them.</summary>
    Writes,
}

/// <summary>The place of a copy from the host among what is in the queue.</summary>
/// <param name="IsBeside">False: in the order of the queue. True: beside what is in the queue now, and before what comes into it later.</param>
/// <param name="After">What a copy beside the queue waits for; null for nothing.</param>
internal readonly record struct UploadOrder(bool IsBeside, GpuMark? After)
{
    /// <summary>In the order of the queue.</summary>
    public static UploadOrder InQueue => default;

    /// <summary>Beside what is in the queue, after a mark.</summary>
    public static UploadOrder Beside(GpuMark? after) => new(true, after);
}
