using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>The part of a file that code in other files can see: its text without the bodies of members. And all names in the file.</summary>
internal sealed class FileSurface
{
    private static readonly ConditionalWeakTable<SyntaxTree, FileSurface> s_ofFiles = new();

    private readonly HashSet<string> _mentioned;
    private readonly HashSet<string> _shown;
    private MentionedTypes? _mentionedTypes;

    private FileSurface(SurfaceReader read)
    {
        (_mentioned, _shown) = (read.Mentioned, read.Shown);
        (Rest, Methods, Types, Members) = (read.Rest, read.Methods, read.Types, read.Members);
        (Heirs, Bases, Namespaces, ActsUnmentioned) = (read.Heirs, read.Bases, read.Namespaces, read.ActsUnmentioned);
        Hash = HashWithout([]);
    }

    public static FileSurface Of(SyntaxTree file) => s_ofFiles.GetValue(file, static f => new FileSurface(new SurfaceReader(f.GetRoot())));

    /// <summary>A hash of the surface.</summary>
    public ulong Hash { get; }

    /// <summary>A hash of the surface without <see cref="Methods"/>.</summary>
    public ulong Rest { get; }

    /// <summary>The methods of this file that matter only to code that names them.</summary>
    public IReadOnlyList<NamedMethod> Methods { get; }

    /// <summary>The types declared here; the path tells those of one name apart.</summary>
    public IReadOnlyList<(string Name, ulong Path)> Types { get; }

    /// <summary>The methods, properties, events and indexers declared here.</summary>
    public IReadOnlyList<(string Name, ulong Hash)> Members { get; }

    /// <summary>A hash of the lists of base types.</summary>
    public ulong Heirs { get; }

    /// <summary>The names in the lists of base types.</summary>
    public IReadOnlyCollection<string> Bases { get; }

    public IReadOnlyCollection<string> Namespaces { get; }

    /// <summary>True for a file with extensions, global usings or attributes of the assembly: it acts on files that do not mention it.</summary>
    public bool ActsUnmentioned { get; }

    /// <summary>True if the file contains a name, in a body or elsewhere.</summary>
    public bool Mentions(string name) => _mentioned.Contains(name);

    /// <summary>A hash of the surface without the methods of some names.</summary>
    public ulong HashWithout(HashSet<string> methods) =>
        // What a method's signature means depends on the rest of the file, so a method in one file and the same in another differ.
        Methods.Where(m => !methods.Contains(m.Name)).Aggregate(Rest, (hash, m) => unchecked(hash + TextHash.Add(Rest, m.Hash)));

    /// <summary>The names in the surface without the methods of some names.</summary>
    public IEnumerable<string> ShownWithout(HashSet<string> methods) =>
        _shown.Concat(Methods.Where(m => !methods.Contains(m.Name)).SelectMany(m => m.Mentioned));

    /// <summary>
    /// The names of types among all names of the file, and among those of its surface. Finding them costs most of an edit, so they are kept as long
    /// as the program has types of the same names, of which <paramref name="types"/> is a hash.
    /// </summary>
    public MentionedTypes TypesIn(ulong types, Func<string, bool> isType) => _mentionedTypes is { } known && known.Types == types
        ? known
        : _mentionedTypes = new MentionedTypes(types, [.. _mentioned.Where(isType)], [.. ShownWithout([]).Where(isType).Distinct()]);

    public sealed record MentionedTypes(ulong Types, ImmutableArray<string> InFile, ImmutableArray<string> Shown);
}
