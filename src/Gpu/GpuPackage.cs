using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Gpu.Cuda;
using TensorGraph.Backends.Gpu.OpenCl;

namespace TensorGraph.Backends.Gpu;

/// <summary>This package, as the runtime finds it.</summary>
internal sealed class GpuPackage : DevicePackage
{
    private readonly ConcurrentDictionary<string, MadeOnce<Device>> _devices = new(StringComparer.Ordinal);

    /// <summary>The one.</summary>
    public static GpuPackage Instance { get; } = new();

    public override Device Device(string name) => _devices.GetOrAdd(Full(name), static name => new(() => Make(name))).Value;

#pragma warning disable CA2255 // The runtime finds the package by its assembly.
    [ModuleInitializer]
    internal static void Register()
    {
        Register("opencl", Instance);
        Register("cuda", Instance);
    }
#pragma warning restore CA2255

    // A device has one name.
    private static string Full(string name)
    {
        string[] parts = name.Split(':');
        if (parts.Length == 1) return $"{name}:0";
        if (parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return FormattableString.Invariant($"{parts[0]}:{number}");
        throw new ArgumentException($"there is no device '{name}'; the name is {parts[0]} and a number, as in {parts[0]}:0", nameof(name));
    }

    private static GpuDevice Make(string name)
    {
        string[] parts = name.Split(':');
        int number = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var device = new GpuDevice(name, parts[0] == "cuda" ? Cuda(name, number) : OpenCl(name, number));
        Devices.Register(device);
        return device;
    }

    private static ClDriver OpenCl(string name, int number)
    {
        IReadOnlyList<ClPlace> places = ClPlace.All();
        if ((uint)number < (uint)places.Count)
        {
            ClPlace place = places[number];
            if (place.MostItems >= DeviceLimits.FewestItems) return new ClDriver(place);
            throw Unavailable(
                name, FormattableString.Invariant($"{place.Name} runs groups of {place.MostItems} items, kernels need {DeviceLimits.FewestItems}"),
                "Use another device: Devices.Managed, or another number.");
        }
        string known = string.Join(", ", places.Select((place, i) => FormattableString.Invariant($"opencl:{i} {place.Name}")));
        throw Unavailable(
            name, NativeLibraries.Has(NativeLibraries.OpenCl) ? $"OpenCL has {(known.Length == 0 ? "no device" : known)} here" : "this machine has no OpenCL loader",
            "Install the driver of the device, or PoCL for the processor: on Debian, packages ocl-icd-libopencl1 and pocl-opencl-icd.");
    }

    private static CuDriver Cuda(string name, int number)
    {
        int count = NativeLibraries.Has(NativeLibraries.Cuda) ? CuDriver.Count : -1;
        if (count <= 0 || (uint)number >= (uint)count)
        {
            throw Unavailable(
                name, count < 0 ? "this machine has no CUDA driver" : FormattableString.Invariant($"CUDA has {count} devices here"),
                "Install the driver of the device; Device.OpenCl() is the OpenCL device of the machine.");
        }
        if (!NativeLibraries.Has(NativeLibraries.Nvrtc))
            throw Unavailable(name, "this machine has no CUDA run-time compiler (NVRTC)", "Install it: it is part of the CUDA toolkit, and a package of its own.");
        return new CuDriver(number);
    }

    private static GraphException Unavailable(string name, string problem, string remedy) =>
        new(DiagnosticIds.GpuUnavailable, $"{name}: {problem}", remedy);
}
