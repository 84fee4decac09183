using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>What the framework tells about the world: nobody in the program changes it, and it is another value at the next call.</summary>
internal static class Clocks
{
    private static readonly HashSet<string> s_members = new(StringComparer.Ordinal)
    {
        "System.DateTime.Now", "System.DateTime.UtcNow", "System.DateTime.Today", "System.DateTimeOffset.Now", "System.DateTimeOffset.UtcNow",
        "System.TimeProvider.GetUtcNow", "System.TimeProvider.GetLocalNow", "System.TimeProvider.GetTimestamp", "System.TimeProvider.GetElapsedTime",
        "System.Diagnostics.Stopwatch.Elapsed", "System.Diagnostics.Stopwatch.ElapsedMilliseconds", "System.Diagnostics.Stopwatch.ElapsedTicks",
        "System.Diagnostics.Stopwatch.GetTimestamp", "System.Diagnostics.Stopwatch.GetElapsedTime", "System.Environment.TickCount", "System.Environment.TickCount64",
        "System.Environment.GetEnvironmentVariable", "System.Environment.GetEnvironmentVariables", "System.Guid.NewGuid", "System.Guid.CreateVersion7",
        "System.Globalization.CultureInfo.CurrentCulture", "System.Globalization.CultureInfo.CurrentUICulture", "System.GC.GetTotalMemory",
    };

    public static bool Is(ISymbol? member) => member is IPropertySymbol or IMethodSymbol && member.ContainingNamespace is { } space && (space.Name is "System" or "Diagnostics" or "Globalization")
        && s_members.Contains(member.ContainingType.ToDisplayString() + "." + member.Name);
}
