using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>State that objects of the framework keep, and that code reads through their members: another value at the next call, although no field was assigned.</summary>
internal static class FrameworkState
{
    // Types whose members read what the object keeps; also those derived from them.
    private static readonly HashSet<string> s_types = new(StringComparer.Ordinal)
    {
        "System.Text.StringBuilder", "System.IO.Stream", "System.IO.TextReader", "System.IO.BinaryReader", "System.IO.TextWriter", "System.IO.BinaryWriter",
        "System.Threading.CancellationToken", "System.Threading.CancellationTokenSource", "System.Threading.WaitHandle", "System.Threading.ManualResetEventSlim",
        "System.Threading.SemaphoreSlim", "System.Threading.CountdownEvent", "System.Threading.Barrier", "System.Threading.Thread", "System.Threading.Tasks.Task",
        "System.Threading.ReaderWriterLockSlim", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.WeakReference", "System.WeakReference<T>",
        "System.Net.Http.HttpClient", "System.Net.Sockets.Socket", "System.IO.FileSystemInfo", "System.IO.DriveInfo",
    };

    // Methods whose answer can be compared, with what to ask instead.
    private static readonly Dictionary<string, string> s_compared = new(StringComparer.Ordinal)
    {
        ["System.Text.StringBuilder.ToString"] = "ToString()",
        ["System.Threading.CancellationToken.ThrowIfCancellationRequested"] = "IsCancellationRequested",
    };

    /// <summary>True for a member that reads what its object keeps; with the member to compare, or null if a method gives something else each time.</summary>
    public static bool IsRead(ISymbol? member, out string? compared)
    {
        compared = null;
        if (member is not { IsStatic: false, ContainingType: { } type } || !Keeps(type))
            return false;
        switch (member)
        {
            case IPropertySymbol { IsIndexer: false, Type: var value }:
                compared = member.Name;
                return value.IsValueType || value.SpecialType == SpecialType.System_String;
            case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                return s_compared.TryGetValue($"{type.ToDisplayString()}.{method.Name}", out compared)
                    // What gives the object itself changes it.
                    || (!method.ReturnsVoid && !SymbolEqualityComparer.Default.Equals(method.ReturnType, type) && !TG7101_HostSideEffect.Acts(type) && method.Name is not ("Equals" or "GetHashCode" or "GetType"));
            default:
                return false;
        }
    }

    /// <summary>True for a value that is a name for what an object keeps.</summary>
    public static bool IsToken(ITypeSymbol type) => type is { Name: "CancellationToken", ContainingNamespace.Name: "Threading" };

    private static bool Keeps(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.ContainingNamespace is { IsGlobalNamespace: false } && s_types.Contains(type.OriginalDefinition.ToDisplayString()))
                return true;
        }
        return false;
    }
}
