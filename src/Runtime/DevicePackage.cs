using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorGraph.Backends;

/// <summary>An optional package, which has devices of a kind, by name.</summary>
internal abstract class DevicePackage
{
    private static readonly Dictionary<string, string> Assemblies = new(StringComparer.Ordinal)
    {
        ["torch"] = "TensorGraph.TorchSharp",
        ["opencl"] = "TensorGraph.Gpu",
        ["cuda"] = "TensorGraph.Gpu",
    };

    private static readonly ConcurrentDictionary<string, DevicePackage> Registered = new(StringComparer.Ordinal);

    /// <summary>Adds a package under the kind of its devices. A package does that when its assembly is loaded.</summary>
    public static void Register(string kind, DevicePackage package) => Registered[kind] = package;

    /// <summary>The assembly with a kind of devices; null for a kind that no package has.</summary>
    public static string? AssemblyOf(string kind) => Assemblies.GetValueOrDefault(kind);

    /// <summary>The package for a kind of devices; null when the program does not have it.</summary>
    public static DevicePackage? Find(string kind)
    {
        if (Registered.TryGetValue(kind, out DevicePackage? package)) return package;
        if (!Assemblies.TryGetValue(kind, out string? assembly)) return null;
        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(assembly).ManifestModule.ModuleHandle);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        return Registered.GetValueOrDefault(kind);
    }

    /// <summary>The device of that name; the same one each time.</summary>
    /// <exception cref="GraphException">TG5007 or TG5010 when this machine does not have it.</exception>
    public abstract Device Device(string name);
}
