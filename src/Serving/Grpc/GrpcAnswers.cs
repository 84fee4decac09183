using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>Answers of gRPC calls: a failure is a status.</summary>
internal sealed class GrpcAnswers(RequestRecord record)
{
    public Task<T> AnswerAsync<T>(string? model, string api, ServerCallContext context, Func<Task<T>> answer) => record.AnswerAsync(
        model, api, "GRPC", () => context.Deadline <= DateTime.UtcNow, answer,
        static (status, text) => throw new RpcException(new Status(status, text)));
}
