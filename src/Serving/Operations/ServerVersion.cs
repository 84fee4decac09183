using System.Reflection;

namespace TensorGraph.Serving;

/// <summary>The version of the server.</summary>
internal static class ServerVersion
{
    public static string Text { get; } =
        (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
