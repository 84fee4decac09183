using System.Collections.Immutable;
using TensorGraph.Backends;
using TensorGraph.Backends.Managed;

namespace TensorGraph;

/// <summary>The devices of the process, by name.</summary>
public static class Devices
{
    private static ImmutableList<Device> s_all = [new ManagedDevice(), new InterpreterDevice("interpreter")];

    /// <summary>All devices, available or not.</summary>
    public static IReadOnlyList<Device> All => s_all;

    /// <summary>The default one: .NET code for the processor that it runs on.</summary>
    public static ManagedDevice Managed { get; } = (ManagedDevice)s_all[0];

    /// <summary>The specification: each op's reference meaning, slow and obvious.</summary>
    public static Device Interpreter { get; } = Find("interpreter");

    /// <summary>An interpreter beside <see cref="Interpreter"/>, as another device: to try programs for several devices on any machine.</summary>
    public static Device CreateInterpreter(string name) => new InterpreterDevice(name);

    /// <summary>Adds a device under its name.</summary>
    public static void Register(Device device) => ImmutableInterlocked.Update(ref s_all, all => all.Add(device));

    /// <summary>
    /// The device of that name. One of an optional package, as <c>torch:cpu</c>, is made when it is first asked for, where the program has the
    /// package.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, or this machine does not have it.</exception>
    public static Device Find(string name)
    {
        Device? found = s_all.Find(device => device.Name == name) ?? DevicePackage.Find(name.Split(':')[0])?.Device(name);
        if (found is { IsAvailable: true }) return found;
        string available = string.Join(", ", s_all.Where(device => device.IsAvailable).Select(device => device.Name));
        string package = found is null && DevicePackage.AssemblyOf(name.Split(':')[0]) is { } assembly ? $"; package {assembly} has such devices" : "";
        throw new ArgumentException(
            $"{(found is null ? "there is no device" : "this machine has no device")} '{name}'; there are {available}{package}", nameof(name));
    }
}
