using System.Globalization;
using Grpc.Core;
using TensorGraph.Protocol.Inference;

namespace TensorGraph.Serving;

/// <summary>The gRPC service of the open inference protocol.</summary>
internal sealed class InferGrpc(InferCalls calls, GrpcAnswers answers) : GRPCInferenceService.GRPCInferenceServiceBase
{
    public override Task<ServerLiveResponse> ServerLive(ServerLiveRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerLiveResponse { Live = true });

    public override Task<ServerReadyResponse> ServerReady(ServerReadyRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerReadyResponse { Ready = calls.Registry.IsReady });

    public override Task<ModelReadyResponse> ModelReady(ModelReadyRequest request, ServerCallContext context) =>
        answers.AnswerAsync(request.Name, "ModelReady", context, () => Task.FromResult(new ModelReadyResponse { Ready = calls.IsReady(request.Name, request.Version) }));

    public override Task<ServerMetadataResponse> ServerMetadata(ServerMetadataRequest request, ServerCallContext context) =>
        Task.FromResult(new ServerMetadataResponse { Name = InferCalls.ServerName, Version = ServerVersion.Text });

    public override Task<ModelMetadataResponse> ModelMetadata(ModelMetadataRequest request, ServerCallContext context) =>
        answers.AnswerAsync(request.Name, "ModelMetadata", context, () =>
        {
            using var lease = calls.Lease(request.Name, request.Version);
            var signature = InferCalls.SignatureOf(lease, null);
            return Task.FromResult(new ModelMetadataResponse
            {
                Name = request.Name,
                Versions = { calls.VersionsOf(request.Name) },
                Platform = lease.Version.Platform,
                Inputs = { signature.Inputs.Select(Described) },
                Outputs = { signature.Outputs.Select(Described) },
            });
        });

    public override Task<ModelInferResponse> ModelInfer(ModelInferRequest request, ServerCallContext context) =>
        answers.AnswerAsync(request.ModelName, "ModelInfer", context, async () =>
        {
            using var lease = calls.Lease(request.ModelName, request.ModelVersion);
            var signature = InferCalls.SignatureOf(
                lease, request.Parameters.TryGetValue(InferCalls.SignatureParameter, out var named) ? named.StringParam : null);
            bool isRaw = request.RawInputContents.Count > 0;
            var inputs = Inputs(request, signature, isRaw);
            var results = await calls.RunAsync(lease, signature, inputs, [.. request.Outputs.Select(output =>
                output.Name)], context.CancellationToken)
                .ConfigureAwait(false);
            return Response(request, lease, results, isRaw);
        });

    private Dictionary<string, Literal> Inputs(ModelInferRequest request, ServableSignature signature, bool isRaw)
    {
        if (isRaw && request.RawInputContents.Count != request.Inputs.Count)
            throw ServingException.Invalid($"expected {request.Inputs.Count} raw_input_contents, got {request.RawInputContents.Count}");
        var inputs = new Dictionary<string, Literal>(StringComparer.Ordinal);
        foreach (var (i, input) in request.Inputs.Index())
        {
            long[] shape = [.. input.Shape];
            var spec = InferTensors.SpecOf(signature, input.Name, input.Datatype, shape);
            if (isRaw && input.Contents is not null)
                throw ServingException.Invalid($"inference input '{input.Name}' has contents beside raw_input_contents");
            var value = isRaw ? InferTensors.Raw(input.Name, spec.DType, shape, request.RawInputContents[i].Span, calls.Limits)
                : InferTensors.Typed(input.Name, spec.DType, shape, input.Contents ?? new(), calls.Limits);
            if (!inputs.TryAdd(input.Name, value))
                throw ServingException.Invalid($"inference input '{input.Name}' is there twice");
        }

        return inputs;
    }

    // Raw when the request was, or when a type has no other form.
    private static ModelInferResponse Response(ModelInferRequest request, ModelLease lease, IReadOnlyDictionary<string, Literal> results, bool isRaw)
    {
        var response = new ModelInferResponse
        {
            ModelName = request.ModelName,
            ModelVersion = lease.Version.Number.ToString(CultureInfo.InvariantCulture),
            Id = request.Id,
        };
        isRaw |= results.Values.Any(value => value.Type.DType is DType.F16 or DType.BF16);
        foreach (var (name, value) in results)
        {
            response.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = name,
                Datatype = WireTypes.Inference(value.Type.DType),
                Shape = { value.Type.Shape.ToArray() },
                Contents = isRaw ? null : InferTensors.Typed(value),
            });
            if (isRaw)
                response.RawOutputContents.Add(InferTensors.Raw(value));
        }

        return response;
    }

    private static ModelMetadataResponse.Types.TensorMetadata Described(KeyValuePair<string, TensorSpec> tensor) => new()
    {
        Name = tensor.Key,
        Datatype = WireTypes.Inference(tensor.Value.DType),
        Shape = { tensor.Value.Shape.Select(size => size.IsConstant ? size.Value : -1) },
    };
}
