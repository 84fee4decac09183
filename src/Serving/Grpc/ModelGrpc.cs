using Grpc.Core;
using Microsoft.Extensions.Logging;
using TensorGraph.Protocol.TensorflowError;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>ModelService of TensorFlow Serving.</summary>
internal sealed class ModelGrpc(ModelRegistry registry, GrpcAnswers answers, ILogger log) : ModelService.ModelServiceBase
{
    public override Task<GetModelStatusResponse> GetModelStatus(GetModelStatusRequest request, ServerCallContext context) =>
        answers.AnswerAsync(request.ModelSpec?.Name, "GetModelStatus", context, () =>
        {
            var target = ModelTarget.Of(request.ModelSpec);
            return Task.FromResult(ModelMetadata.Status(registry, target.Name, target.Number));
        });

    public override Task<ReloadConfigResponse> HandleReloadConfigRequest(ReloadConfigRequest request, ServerCallContext context) =>
        answers.AnswerAsync(null, "HandleReloadConfigRequest", context, async () =>
        {
            var status = new StatusProto();
            try
            {
                await ReloadAsync(request.Config, context.CancellationToken).ConfigureAwait(false);
            }
            catch (ServingException fault)
            {
                // The body and the call have the same status.
                (status.ErrorCode, status.ErrorMessage) = ((Code)fault.Status, fault.Message);
                context.Status = new Status(fault.Status, fault.Message);
            }

            return new ReloadConfigResponse { Status = status };
        });

    private async Task ReloadAsync(ModelServerConfig? config, CancellationToken cancellation)
    {
        switch (config?.ConfigCase)
        {
            case ModelServerConfig.ConfigOneofCase.ModelConfigList:
                var failed = await registry.ApplyAsync(config.ModelConfigList, cancellation).ConfigureAwait(false);
                ServerLog.Configured(log, config.ModelConfigList.Config.Count);
                if (failed.Count > 0)
                {
                    string reasons = string.Join(", ", failed.Select(failure => $"{{name: {failure.Key}, error: {failure.Value}}}"));
                    throw new ServingException(StatusCode.Unknown, $"{failed.Count} model(s) did not become available: {reasons}");
                }

                break;
            case ModelServerConfig.ConfigOneofCase.CustomModelConfig:
                throw ServingException.Invalid("Custom model configurations are not supported: list models in model_config_list.");
            default:
                // A configuration that is not set changes nothing.
                break;
        }
    }
}
