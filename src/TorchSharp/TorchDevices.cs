using TensorGraph.Backends.Torch;

namespace TensorGraph;

/// <summary>LibTorch as a device.</summary>
public static class TorchDevices
{
    extension(Device)
    {
        /// <summary>
        /// A device that takes matrix products and convolutions from LibTorch and fuses all other ops into kernels of its own. Its tensors are on the
        /// same kind of memory as those of the managed device.
        /// </summary>
        /// <param name="name"><c>cpu</c>; the device is <c>torch:cpu</c>.</param>
        /// <exception cref="GraphException">TG1002 for null; TG5007 when LibTorch can't be loaded, or has no such device.</exception>
        public static Device Torch(string name = "cpu") => TorchPackage.Instance.Device($"torch:{Throw.IfNull(name)}");
    }
}
