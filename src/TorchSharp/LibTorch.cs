using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>The native libraries of TorchSharp.</summary>
internal static class LibTorch
{
    /// <summary>True when they can be loaded here.</summary>
    public static bool IsAvailable => torch.TryInitializeDeviceType(DeviceType.CPU);
}
