using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>Remembers what was reported during one compilation.</summary>
internal sealed class ReportedOnce
{
    private readonly ConcurrentDictionary<(string Id, string? Path, int Start), bool> _seen = new();

    public bool IsNew(Diagnostic diagnostic) =>
        _seen.TryAdd((diagnostic.Id, diagnostic.Location.SourceTree?.FilePath, diagnostic.Location.SourceSpan.Start), true);
}
