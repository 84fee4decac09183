using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Results of earlier compilations, by file. An editor makes a new compilation at each key; a file is looked at again only if something changed that
/// the result depends on. docs/adr/0007 has the contract.
/// </summary>
internal static class ConversionCache<TResult>
{
    // A new tree for each change of a file: an entry dies with the tree.
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<Entry?>> s_entries = new();

    /// <summary>The result for a file; <paramref name="find"/> also gives the methods on whose bodies, and all that they reach, it depends.</summary>
    public static TResult Get(SyntaxTree file, CallGraph calls, Func<(TResult Result, IEnumerable<IMethodSymbol> Methods)> find)
    {
        if (TryGet(file, calls.Compilation, out TResult known))
            return known;
        (TResult result, IEnumerable<IMethodSymbol> methods) = find();
        if (IsOn(file))
            s_entries.GetOrCreateValue(file).Value = new Entry(result, ConversionInputs.Of(file, methods, calls), calls.Compilation);
        return result;
    }

    /// <summary>The result for a file, if an earlier one still holds.</summary>
    public static bool TryGet(SyntaxTree file, Compilation compilation, out TResult result)
    {
        if (s_entries.TryGetValue(file, out StrongBox<Entry?> box) && box.Value is { } entry && entry.Holds(compilation))
        {
            result = entry.Result;
            return true;
        }
        result = default!;
        return false;
    }

    // The targets hand the MSBuild property on as a feature: a file knows its parse options wherever it is looked at.
    private static bool IsOn(SyntaxTree file) =>
        !(file.Options.Features.TryGetValue("TensorGraphConversionCache", out string? value) && value == "false");

    private sealed class Entry(TResult result, ConversionInputs inputs, Compilation found)
    {
        private readonly ImmutableArray<MetadataReference> _references = found.ExternalReferences;
        private SurfaceIndex _surfaces = SurfaceIndex.Of(found);

        public TResult Result { get; } = result;

        public bool Holds(Compilation compilation)
        {
            var now = SurfaceIndex.Of(compilation);
            bool holds = inputs.Files.All(compilation.ContainsSyntaxTree) && now.Settings.Equals(_surfaces.Settings)
                && now.ShowsTheSame(_surfaces, inputs)
                && (_references == compilation.ExternalReferences || _references.SequenceEqual(compilation.ExternalReferences));
            // The next compilation differs less from this one than from the first.
            if (holds)
                _surfaces = now;
            return holds;
        }
    }
}
