using TensorGraph.Backends.Gpu;

namespace TensorGraph;

/// <summary>Devices with memory and kernels of their own.</summary>
public static class GpuDevices
{
    /// <summary>
    /// The folder in which compiled kernels are kept from run to run, by device, driver and text; null keeps none. It is in the user's folder for
    /// application data unless set.
    /// </summary>
    public static string? KernelCacheFolder
    {
        get => KernelCache.Folder;
        set => KernelCache.Folder = value;
    }

    /// <summary>
    /// The longest that a program waits for a device, in all: one that takes longer, as with a kernel that does not end, is lost (TG5006), and the
    /// program goes on. Null, the default, and <see cref="Timeout.InfiniteTimeSpan"/> wait for ever; then the driver may have a limit of its own.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No time, or less.</exception>
    public static TimeSpan? LongestWait
    {
        get;
        set
        {
            if (value == Timeout.InfiniteTimeSpan) value = null;
            if (value is { } longest) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longest, TimeSpan.Zero, nameof(value));
            field = value;
        }
    }

    /// <summary>
    /// Measures a matrix product on a device with each size of tiles, and takes the fastest for the graphs that are compiled from then on. It is kept
    /// in <see cref="KernelCacheFolder"/>, so that later programs have it too.
    /// </summary>
    /// <param name="device">A device of this package.</param>
    /// <returns>
    /// For each tile the rows and columns of items of a group, those of results that an item computes, and the time; the largest time where the
    /// device does not take it.
    /// </returns>
    /// <exception cref="ArgumentException">The device is of another kind.</exception>
    public static IReadOnlyList<(int Side, int Work, TimeSpan Time)> Tune(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return TileTuner.Tune(
            device as GpuDevice ?? throw new ArgumentException($"device '{device}' has no tiles; devices of OpenCL and CUDA have", nameof(device)));
    }

    extension(Device)
    {
        /// <summary>A device that the OpenCL of this machine has; its name is <c>opencl:0</c> and the like.</summary>
        /// <param name="number">Counted over all platforms, in the order of <c>clinfo -l</c>.</param>
        /// <exception cref="GraphException">TG5010 when there is none.</exception>
        public static Device OpenCl(int number = 0) => GpuPackage.Instance.Device(FormattableString.Invariant($"opencl:{number}"));

        /// <summary>A device of CUDA's driver; its name is <c>cuda:0</c> and the like.</summary>
        /// <param name="number">As the driver counts.</param>
        /// <exception cref="GraphException">TG5010 when there is none, or no NVRTC, which compiles its kernels.</exception>
        public static Device Cuda(int number = 0) => GpuPackage.Instance.Device(FormattableString.Invariant($"cuda:{number}"));
    }
}
