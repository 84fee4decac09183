using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using TensorGraph;

/// <summary>
/// Lets the tests of another project run on <c>opencl:0</c>, without a reference to it: with <c>DOTNET_STARTUP_HOOKS</c> set to this assembly, a
/// program finds TensorGraph.Gpu in its folder.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        string folder = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location)!;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder, $"{name.Name}.dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        KeepNoKernels();
    }

    // Thousands of kernels, most of them used once; and PoCL keeps them too. A method of its own, since its assembly is found by the resolver.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void KeepNoKernels() => GpuDevices.KernelCacheFolder = null;
}
