using System.Runtime.CompilerServices;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>
/// ONNX models that ONNX Runtime computes. Its package is compiled against and not brought along: types of it are in <see cref="OnnxRuntimeModel"/>
/// alone, which nothing touches before a model of this platform is loaded.
/// </summary>
internal static class OnnxRuntimePlatform
{
    private const string Absent = "ONNX Runtime is not there. A program references the package Microsoft.ML.OnnxRuntime; the tool gets a folder that has it by "
        + "--onnxruntime_path (docs/serving.md).";

    public static ServableModel Load(string folder)
    {
        string file = OnnxFiles.In(folder);
        try
        {
            return Open(file);
        }
        catch (Exception fault) when (IsAbsent(fault))
        {
            throw new ServingException(StatusCode.Unimplemented, Absent, fault);
        }
    }

    /// <summary>True when the library, or the native one below it, can't be loaded.</summary>
    internal static bool IsAbsent(Exception fault) => fault switch
    {
        FileNotFoundException file => IsAssembly(file.FileName),
        FileLoadException file => IsAssembly(file.FileName),
        TypeInitializationException { InnerException: { } inner } => IsAbsent(inner),
        DllNotFoundException or EntryPointNotFoundException or BadImageFormatException => true,
        _ => false,
    };

    private static bool IsAssembly(string? name) => name?.StartsWith(OnnxRuntimeFolder.AssemblyName, StringComparison.Ordinal) == true;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ServableModel Open(string file) => OnnxRuntimeModel.Open(file);
}
