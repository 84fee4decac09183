using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Gpu.OpenCl;

namespace TensorGraph.Backends.Gpu;

/// <summary>This package, as the runtime finds it.</summary>
internal sealed class GpuPackage : DevicePackage
{
    private readonly ConcurrentDictionary<string, Lazy<Device>> _devices = new(StringComparer.Ordinal);

    /// <summary>The one.</summary>
    public static GpuPackage Instance { get; } = new();

    public override Device Device(string name) =>
        _devices.GetOrAdd(name.Contains(':', StringComparison.Ordinal) ? name : $"{name}:0", static name => new(() => Make(name))).Value;

#pragma warning disable CA2255 // The runtime finds the package by its assembly.
    [ModuleInitializer]
    internal static void Register() => Register("opencl", Instance);
#pragma warning restore CA2255

    private static GpuDevice Make(string name)
    {
        var device = new GpuDevice(name, OpenCl(name));
        Devices.Register(device);
        return device;
    }

    private static ClDriver OpenCl(string name)
    {
        IReadOnlyList<ClPlace> places = ClPlace.All();
        if (int.TryParse(name.Split(':')[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < places.Count)
            return new ClDriver(places[number]);
        string problem = !ClNative.IsThere ? "this machine has no OpenCL loader"
            : FormattableString.Invariant($"OpenCL has {places.Count} devices here: {string.Join(", ", places.Select((place, i) => $"opencl:{i} {place.Name}"))}");
        Throw.Raise(
            DiagnosticIds.GpuUnavailable, name, problem,
            "Install the driver of the device, or PoCL for the processor: on Debian, packages ocl-icd-libopencl1 and pocl-opencl-icd.");
        return null;
    }
}
