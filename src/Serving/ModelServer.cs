using TensorGraph.Serving;

namespace TensorGraph;

/// <summary>
/// Serves saved models over gRPC and REST to clients of TensorFlow Serving and of the open inference protocol. Source: tensorflow/serving.
/// </summary>
/// <example>
/// <code>
/// string models = Directory.CreateTempSubdirectory().FullName;
/// var function = GraphFunction.Of(Model.Predict).GetConcreteFunction(TensorSpec.Parse("f32[n]"));
/// SavedModel.Save(Path.Combine(models, "1"), [new("serving_default", function)]);
/// await using var server = await ModelServer.StartAsync(new() { ModelName = "half", ModelBasePath = models, GrpcPort = 0, RestPort = 0 });
/// using var client = new HttpClient { BaseAddress = server.RestAddress };
/// var reply = await client.PostAsync("v1/models/half:predict", new StringContent("{\"instances\": [1.0, 2.0, 5.0]}"));
/// Console.WriteLine(reply.StatusCode); // OK
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Predict(Tensor x) =&gt; (x * 0.5f) + 2;
/// }
/// </code>
/// </example>
public sealed class ModelServer : IAsyncDisposable
{
    private readonly ServerParts _parts;

    private ModelServer(ServerParts parts) => _parts = parts;

    /// <summary>Address for gRPC, or null without a port for it.</summary>
    public Uri? GrpcAddress => _parts.GrpcAddress;

    /// <summary>Address for REST and the status page, or null without a port for it.</summary>
    public Uri? RestAddress => _parts.RestAddress;

    /// <summary>True when each model has a version that answers requests.</summary>
    public bool IsReady => _parts.Registry.IsReady;

    /// <summary>
    /// Loads the models and opens the ports when the first attempt to load each is over. A model that can't be loaded does not keep the others: its
    /// status says why. Errors: TG1002 null, TG1016 options that do not go together, or a file of them that can't be read.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="cancellation">Gives up starting.</param>
    public static async Task<ModelServer> StartAsync(ModelServerOptions options, CancellationToken cancellation = default) =>
        new(await ServerParts.StartAsync(Throw.IfNull(options), cancellation).ConfigureAwait(false));

    /// <summary>Takes no more requests, answers those that it has accepted, and unloads the models.</summary>
    public ValueTask DisposeAsync() => _parts.DisposeAsync();
}
