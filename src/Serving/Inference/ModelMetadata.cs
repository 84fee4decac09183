using Google.Protobuf.WellKnownTypes;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowError;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Descriptions of models.</summary>
internal static class ModelMetadata
{
    /// <summary>The one kind of metadata.</summary>
    public const string SignatureField = "signature_def";

    public static GetModelMetadataResponse Answer(GetModelMetadataRequest request, ModelTarget target, ModelLease lease)
    {
        if (request.MetadataField.Count == 0)
            throw ServingException.Invalid("GetModelMetadataRequest must specify at least one metadata_field");
        if (request.MetadataField.FirstOrDefault(field => field != SignatureField) is { } other)
            throw ServingException.Invalid($"Metadata field {other} is not supported");
        return new()
        {
            ModelSpec = target.Answered(lease.Version, hasSignature: false),
            Metadata = { [SignatureField] = Any.Pack(SignaturesOf(lease.Servable)) },
        };
    }

    /// <summary>The signatures of a model.</summary>
    public static SignatureDefMap SignaturesOf(ServableModel model)
    {
        var map = new SignatureDefMap();
        foreach (var (name, signature) in model.Signatures)
        {
            var definition = new SignatureDef { MethodName = signature.MethodName };
            foreach (var (alias, spec) in signature.Inputs)
                definition.Inputs[alias] = Info(name, alias, spec);
            foreach (var (alias, spec) in signature.Outputs)
                definition.Outputs[alias] = Info(name, alias, spec);
            map.SignatureDef[name] = definition;
        }

        return map;
    }

    /// <summary>The status of versions; of one when its number is given.</summary>
    public static GetModelStatusResponse Status(ModelRegistry registry, string name, long? number)
    {
        var versions = registry.VersionsOf(name);
        if (versions is null or [])
            throw ServingException.NotFound($"Could not find any versions of model {name}");
        var response = new GetModelStatusResponse();
        foreach (var version in versions.Where(version => number is null || version.Number == number))
        {
            response.ModelVersionStatus.Add(new ModelVersionStatus
            {
                Version = version.Number,
                State = (ModelVersionStatus.Types.State)version.State,
                Status = new() { ErrorCode = (Code)version.Error.Code, ErrorMessage = version.Error.Text },
            });
        }

        return response.ModelVersionStatus.Count > 0 ? response : throw ServingException.NotFound($"Could not find version {number} of model {name}");
    }

    private static TensorInfo Info(string signature, string alias, TensorSpec spec)
    {
        var info = new TensorInfo { Name = $"{signature}_{alias}:0", Dtype = WireTypes.Tensorflow(spec.DType), TensorShape = new() };
        foreach (var size in spec.Shape)
            info.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = size.IsConstant ? size.Value : -1 });
        return info;
    }
}
