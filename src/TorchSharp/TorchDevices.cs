using TensorGraph.Backends.Torch;

namespace TensorGraph;

/// <summary>LibTorch as a device.</summary>
public static class TorchDevices
{
    extension(Device)
    {
        /// <summary>
        /// LibTorch's device of that name. On the processor, graphs take matrix products and convolutions from LibTorch and fuse all other ops into
        /// kernels of their own; a tensor's memory is as on the managed device. On a GPU, ops run one by one as those of torch.
        /// </summary>
        /// <param name="name"><c>cpu</c>, or <c>cuda:0</c> and the like; the device is <c>torch:cpu</c>.</param>
        /// <exception cref="GraphException">TG1002 for null; TG5007 when LibTorch can't be loaded, or has no such device.</exception>
        public static Device Torch(string name = "cpu") => TorchPackage.Instance.Device($"torch:{Throw.IfNull(name)}");
    }
}
