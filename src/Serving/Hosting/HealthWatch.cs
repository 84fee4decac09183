using Grpc.Health.V1;
using Grpc.HealthCheck;

namespace TensorGraph.Serving;

/// <summary>The health protocol of gRPC: serving while each model has a version that answers.</summary>
internal sealed class HealthWatch(ModelRegistry registry)
{
    // The names that TensorFlow Serving has.
    private static readonly string[] Services = ["", "ModelService", "PredictionService"];

    public HealthServiceImpl Service { get; } = new();

    public void Start()
    {
        registry.Changed += Set;
        Set();
    }

    public void Stop()
    {
        registry.Changed -= Set;
        Set(isReady: false);
    }

    private void Set() => Set(registry.IsReady);

    private void Set(bool isReady)
    {
        foreach (string service in Services)
            Service.SetStatus(service, isReady ? HealthCheckResponse.Types.ServingStatus.Serving :
                HealthCheckResponse.Types.ServingStatus.NotServing);
    }
}
