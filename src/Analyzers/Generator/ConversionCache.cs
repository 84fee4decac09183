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
        s_entries.GetOrCreateValue(file).Value = new Entry(result, files, dispatched, calls.Compilation);
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

    private sealed class Entry(TResult result, ImmutableArray<SyntaxTree> files, ImmutableArray<string> dispatched, Compilation found)
    {
        private readonly ImmutableArray<MetadataReference> _references = found.ExternalReferences;
        private Outlines _outlines = Outlines.Of(found);

        public TResult Result { get; } = result;

        public bool Holds(Compilation compilation)
        {
            var now = Outlines.Of(compilation);
            bool holds = files.All(compilation.ContainsSyntaxTree) && now.Options.Equals(_outlines.Options) && now.ShowTheSame(_outlines, files, dispatched)
                && (_references == compilation.ExternalReferences || _references.SequenceEqual(compilation.ExternalReferences));
            // The next compilation differs less from this one than from the first.
            if (holds)
                _outlines = now;
            return holds;
        }
    }
}
