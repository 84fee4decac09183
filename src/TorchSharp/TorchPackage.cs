using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Managed;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>This package, as the runtime finds it.</summary>
internal sealed class TorchPackage : DevicePackage
{
    private const string Cpu = "torch:cpu";

    // The path of a GPU on the processor, for tests.
    private const string Nodes = "torch:nodes";

    // A product of so many multiplications takes as long as it takes to call LibTorch.
    private const long SmallestBorrowed = 1 << 15;

    private readonly ConcurrentDictionary<string, Lazy<Device>> _devices = new(StringComparer.Ordinal);

    /// <summary>The one.</summary>
    public static TorchPackage Instance { get; } = new();

    public override Device Device(string name)
    {
        if (name == "torch") name = Cpu;
        return _devices.GetOrAdd(name, static name => new(() => Make(name))).Value;
    }

#pragma warning disable CA2255 // The runtime finds the package by its assembly.
    [ModuleInitializer]
    internal static void Register()
    {
        TorchCalls.Watch();
        Register("torch", Instance);
        ProductLibrary.Register("torch", MakeProducts);
    }
#pragma warning restore CA2255

    private static TorchProducts MakeProducts()
    {
        LibTorch.Require("TENSORGRAPH_BLAS");
        return new TorchProducts(SmallestBorrowed);
    }

    private static Device Make(string name)
    {
        LibTorch.Require(name);
        Device device = name switch
        {
            Cpu => new ManagedDevice(name, () => new TorchProducts(smallest: 0)),
            Nodes => new TorchGraphDevice(name, torch.CPU),
            _ => new TorchGraphDevice(name, Gpu(name)),
        };
        Devices.Register(device);
        return device;
    }

    private static torch.Device Gpu(string name)
    {
        string[] parts = name.Split(':');
        int index = 0;
        if (parts is not ([_, "cuda"] or [_, "cuda", _]) || (parts.Length == 3 && !int.TryParse(parts[2], CultureInfo.InvariantCulture, out index)))
        {
            Throw.Raise(
                DiagnosticIds.LibTorchUnavailable, name, "there is no such device",
                $"Use Device.Torch(\"cpu\"), which is {Cpu}, or Device.Torch(\"cuda:0\") and the like.");
        }
        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if ((uint)index >= (uint)count)
        {
            Throw.Raise(
                DiagnosticIds.LibTorchUnavailable, name, FormattableString.Invariant($"LibTorch finds {count} CUDA devices here"),
                "Add package TorchSharp-cuda-linux or TorchSharp-cuda-windows in place of TorchSharp-cpu, and look whether the driver is installed; "
                + $"Device.Torch(\"cpu\") is {Cpu}.");
        }
        return new torch.Device(DeviceType.CUDA, index);
    }
}
