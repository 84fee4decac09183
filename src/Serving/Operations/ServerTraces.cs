using System.Diagnostics;

namespace TensorGraph.Serving;

/// <summary>Spans for OpenTelemetry and other listeners: those of requests come from ASP.NET, those of models from here.</summary>
internal static class ServerTraces
{
    /// <summary>Name of the source.</summary>
    public const string Name = "TensorGraph.Serving";

    public static ActivitySource Source { get; } = new(Name);
}
