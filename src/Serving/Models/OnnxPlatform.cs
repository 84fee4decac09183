using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>ONNX models that become graphs.</summary>
internal static class OnnxPlatform
{
    public static ServableModel Load(string folder)
    {
        try
        {
            return SavedModelPlatform.Of(OnnxModel.Load(OnnxFiles.In(folder)), static _ => ServableSignature.Default);
        }
        catch (GraphException fault) when (fault.Id == DiagnosticIds.NotFromOnnx)
        {
            throw new ServingException(
                StatusCode.Unimplemented, $"{fault.Id}: {fault.Problem}. Serve it with model_platform: \"{ModelPlatforms.OnnxRuntime}\".", fault);
        }
    }
}
