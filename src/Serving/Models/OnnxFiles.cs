using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>The file of an ONNX model in the folder of its version.</summary>
internal static class OnnxFiles
{
    private const string Name = "model.onnx", Pattern = "*.onnx";

    /// <summary><c>model.onnx</c>, or the one file that ends so.</summary>
    /// <exception cref="ServingException">There is none, or it is not clear which.</exception>
    public static string In(string folder)
    {
        string file = Path.Combine(folder, Name);
        if (!File.Exists(file))
        {
            string[] others = Directory.GetFiles(folder, Pattern);
            file = others.Length == 1 ? others[0]
                : throw new ServingException(StatusCode.NotFound, $"the folder of the version has no {Name}, and {others.Length} other files {Pattern}");
        }

        return RegularFile.IsOne(file) ? file : throw ServingException.Invalid($"'{Path.GetFileName(file)}' is no regular file");
    }
}
