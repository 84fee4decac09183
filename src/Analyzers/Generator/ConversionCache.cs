using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// What was found out about a piece of code in earlier compilations. An editor makes a new compilation at each key; the work is done again only if
/// the file of the code, a file with a method that it reaches, what any file declares, the references or the options changed.
/// </summary>
internal static class ConversionCache<TResult>
{
    // A new tree for each change of a file: what is kept dies with the tree.
    private static readonly ConditionalWeakTable<SyntaxTree, ConcurrentDictionary<int, Entry>> s_entries = new();

    /// <summary>The result for <paramref name="code"/>; <paramref name="find"/> also gives the methods whose bodies, with all that they reach, it depends on.</summary>
    public static TResult Get(SyntaxNode code, CallGraph calls, Func<(TResult Result, IEnumerable<IMethodSymbol> Methods)> find)
    {
        ConcurrentDictionary<int, Entry> ofFile = s_entries.GetOrCreateValue(code.SyntaxTree);
        if (ofFile.TryGetValue(code.SpanStart, out Entry? known) && known.Holds(calls.Compilation))
            return known.Result;
        (TResult result, IEnumerable<IMethodSymbol> methods) = find();
        IEnumerable<SyntaxTree> dependsOn = methods.SelectMany(calls.ReachedFrom).SelectMany(m => m.DeclaringSyntaxReferences).Select(r => r.SyntaxTree);
        ofFile[code.SpanStart] = new Entry(
            result, [.. dependsOn.Distinct().Where(tree => tree != code.SyntaxTree)], Outline.Of(calls.Compilation), calls.Compilation.ExternalReferences, calls.Compilation.Options);
        return result;
    }

    private sealed record Entry(TResult Result, ImmutableArray<SyntaxTree> DependsOn, ulong Outline, ImmutableArray<MetadataReference> References, CompilationOptions Options)
    {
        public bool Holds(Compilation compilation) =>
            Outline == Analyzers.Outline.Of(compilation) && DependsOn.All(compilation.ContainsSyntaxTree)
            && (References == compilation.ExternalReferences || References.SequenceEqual(compilation.ExternalReferences)) && Options.Equals(compilation.Options);
    }
}
