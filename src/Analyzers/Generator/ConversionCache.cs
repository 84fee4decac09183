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
        if (TryGet(file, calls.Compilation, out TResult known))
            return known;
        (TResult result, IEnumerable<IMethodSymbol> methods) = find();
        (ImmutableArray<SyntaxTree> files, ImmutableArray<string> dispatched) = calls.DependenciesOf(methods);
        files = files.Remove(file).Insert(0, file);
        var outlines = Outlines.Of(calls.Compilation);
        s_entries.GetOrCreateValue(file).Value = new Entry(result, files, dispatched, outlines.SeenFrom(files, dispatched), calls.Compilation.ExternalReferences, outlines.Options);
        return result;
    }

    /// <summary>What was found out about a file, if that still holds.</summary>
    public static bool TryGet(SyntaxTree file, Compilation compilation, out TResult result)
    {
        if (s_entries.TryGetValue(file, out StrongBox<Entry?> entry) && entry.Value is { } known && known.Holds(compilation))
        {
            result = known.Result;
            return true;
        }
        result = default!;
        return false;
    }

    private sealed record Entry(
        TResult Result, ImmutableArray<SyntaxTree> Files, ImmutableArray<string> Dispatched, ulong Seen, ImmutableArray<MetadataReference> References, CompilationOptions Options)
    {
        public bool Holds(Compilation compilation)
        {
            var outlines = Outlines.Of(compilation);
            return Files.All(compilation.ContainsSyntaxTree) && Seen == outlines.SeenFrom(Files, Dispatched)
                && (References == compilation.ExternalReferences || References.SequenceEqual(compilation.ExternalReferences)) && Options.Equals(outlines.Options);
        }
    }
}
