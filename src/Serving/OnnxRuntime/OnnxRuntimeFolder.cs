using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace TensorGraph.Serving;

/// <summary>A folder with ONNX Runtime, for programs that do not have it among their own files.</summary>
internal static class OnnxRuntimeFolder
{
    public const string AssemblyName = "Microsoft.ML.OnnxRuntime";

    private const string NativeName = "onnxruntime";

    private static readonly Lock s_gate = new();
    private static string? s_folder;

    /// <summary>Looks for ONNX Runtime in a folder too, in this process from now on. False when it is not there.</summary>
    public static bool TryUse(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(folder, $"{AssemblyName}.dll")))
            return false;
        lock (s_gate)
        {
            if (s_folder is null)
            {
                AssemblyLoadContext.Default.Resolving += Assembly;
                AssemblyLoadContext.Default.ResolvingUnmanagedDll += Library;
            }

            s_folder = folder;
        }

        return true;
    }

    private static Assembly? Assembly(AssemblyLoadContext context, AssemblyName name)
    {
        string file = Path.Combine(s_folder!, $"{name.Name}.dll");
        return name.Name is AssemblyName or "System.Numerics.Tensors" && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }

    private static nint Library(Assembly assembly, string name)
    {
        if (!Path.GetFileNameWithoutExtension(name).EndsWith(NativeName, StringComparison.Ordinal))
            return 0;
        string file = OperatingSystem.IsWindows() ? $"{NativeName}.dll" : OperatingSystem.IsMacOS() ? $"lib{NativeName}.dylib" : $"lib{NativeName}.so";
        foreach (string folder in new[] { s_folder!, Path.Combine(s_folder!, "runtimes", RuntimeInformation.RuntimeIdentifier, "native") })
        {
            if (NativeLibrary.TryLoad(Path.Combine(folder, file), out nint library))
                return library;
        }

        return 0;
    }
}
