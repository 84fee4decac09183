using System.Runtime.CompilerServices;

namespace TensorGraph.Benchmarks;

internal static class PatchOnStart
{
    [ModuleInitializer]
    public static void Apply() => NativeLibraryPatch.Apply(AppContext.BaseDirectory);
}
