using System.Runtime.CompilerServices;
using TensorGraph.Benchmarks;

namespace TorchSharpTraining;

internal static class NativeLibraries
{
    [ModuleInitializer]
    public static void Prepare() => NativeLibraryPatch.Apply(AppContext.BaseDirectory);
}
