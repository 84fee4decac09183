using TensorGraph.Backends.Gpu;

namespace TensorGraph;

/// <summary>Devices with memory and kernels of their own.</summary>
public static class GpuDevices
{
    extension(Device)
    {
        /// <summary>A device that the OpenCL of this machine has; its name is <c>opencl:0</c> and the like.</summary>
        /// <param name="number">Counted over all platforms, in the order of <c>clinfo -l</c>.</param>
        /// <exception cref="GraphException">TG5010 when there is none.</exception>
        public static Device OpenCl(int number = 0) => GpuPackage.Instance.Device(FormattableString.Invariant($"opencl:{number}"));
    }
}
