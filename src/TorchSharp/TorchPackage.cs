using System.Runtime.CompilerServices;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Torch;

/// <summary>This package, as the runtime finds it.</summary>
internal sealed class TorchPackage : DevicePackage
{
    private const string Cpu = "torch:cpu";

    // A product of so many multiplications takes as long as it takes to call LibTorch.
    private const long SmallestBorrowed = 1 << 15;

    private readonly Lazy<Device> _cpu = new(MakeCpu);

    /// <summary>The one.</summary>
    public static TorchPackage Instance { get; } = new();

    public override Device Device(string name)
    {
        if (name is Cpu or "torch") return _cpu.Value;
        LibTorch.Require(name);
        Throw.Raise(
            DiagnosticIds.LibTorchUnavailable, name, "graphs run on LibTorch's CPU kernels only", $"Use Device.Torch(\"cpu\"), which is {Cpu}.");
        return null!;
    }

#pragma warning disable CA2255 // The runtime finds the package by its assembly.
    [ModuleInitializer]
    internal static void Register()
    {
        Register("torch", Instance);
        ProductLibrary.Register("torch", MakeProducts);
    }
#pragma warning restore CA2255

    private static TorchProducts MakeProducts()
    {
        LibTorch.Require("TENSORGRAPH_BLAS");
        return new TorchProducts(SmallestBorrowed);
    }

    private static ManagedDevice MakeCpu()
    {
        LibTorch.Require(Cpu);
        var device = new ManagedDevice(Cpu, () => new TorchProducts(smallest: 0));
        Devices.Register(device);
        return device;
    }
}
