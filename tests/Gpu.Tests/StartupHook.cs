using System.Runtime.Loader;

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
    }
}
