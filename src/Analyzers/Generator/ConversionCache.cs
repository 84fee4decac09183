using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// What was found out about each file in earlier compilations. An editor makes a new compilation at each key; the work is done again only if the
/// file, a file with a method that its methods reach, what these files see of others, the references or the options changed.
/// </summary>
internal static class ConversionCache<TResult>
{
    // A new tree for each change of a file: what is kept dies with the tree.
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<Entry?>> s_entries = new();

    /// <summary>The result for a file; <paramref name="find"/> also gives the methods whose bodies, with all that they reach, it depends on.</summary>
    public static TResult Get(SyntaxTree file, CallGraph calls, Func<(TResult Result, IEnumerable<IMethodSymbol> Methods)> find)
    {
        StrongBox<Entry?> entry = s_entries.GetOrCreateValue(file);
        if (entry.Value is { } known && known.Holds(calls.Compilation))
            return known.Result;
        (TResult result, IEnumerable<IMethodSymbol> methods) = find();
        (ImmutableArray<SyntaxTree> files, ImmutableArray<string> dispatched) = calls.DependenciesOf(methods);
        files = files.Remove(file).Insert(0, file);
        entry.Value = new Entry(result, files, dispatched, Outlines.Of(calls.Compilation).SeenFrom(files, dispatched), calls.Compilation.ExternalReferences, calls.Compilation.Options);
        return result;
    }

    private sealed record Entry(
        TResult Result, ImmutableArray<SyntaxTree> Files, ImmutableArray<string> Dispatched, ulong Seen, ImmutableArray<MetadataReference> References, CompilationOptions Options)
    {
        public bool Holds(Compilation compilation) =>
            Files.All(compilation.ContainsSyntaxTree) && Seen == Outlines.Of(compilation).SeenFrom(Files, Dispatched)
            && (References == compilation.ExternalReferences || References.SequenceEqual(compilation.ExternalReferences)) && Options.Equals(compilation.Options);
    }
}
