using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// The surfaces of all files of a compilation, and what code in a file can see of them: those of the files whose types it mentions, of the files
/// that these surfaces mention, and so on; and of files that act without being mentioned. While that stays the same, the code means the same.
/// </summary>
internal sealed class SurfaceIndex
{
    private static readonly ConditionalWeakTable<Compilation, SurfaceIndex> s_ofCompilations = new();
    private static readonly HashSet<string> s_nothing = [];

    private readonly ILookup<string, (FileSurface File, ulong Path)> _declarations;
    private readonly ulong _typeNames;
    private readonly Dictionary<FileSurface, ulong> _partOrder = [];
    private readonly Lazy<ulong> _seenByAll;
    private readonly Lazy<Dictionary<string, ulong>> _members;
    private readonly Dictionary<FileSurface, ulong> _seen = [];
    private readonly ConditionalWeakTable<SurfaceIndex, SurfaceChange> _changes = new();

    private SurfaceIndex(Compilation compilation)
    {
        // The compiler asks for suppressed diagnostics or not, which changes no meaning.
        Settings = (compilation.AssemblyName, compilation.Options.WithReportSuppressedDiagnostics(false));
        // The generator's own files are there when the analyzers ask, and no code of the user's mentions them.
        Files = [.. compilation.SyntaxTrees.Where(f => !f.FilePath.Contains(TwinNames.Generator)).Select(FileSurface.Of)];
        _declarations = Files.SelectMany(f => f.Types.Select(type => (type.Name, Declaration: (File: f, type.Path))))
            .ToLookup(p => p.Name, p => p.Declaration, StringComparer.Ordinal);
        _typeNames = TextHash.OfSet(_declarations.Select(d => d.Key));
        foreach (IGrouping<string, (FileSurface File, ulong Path)> parts in _declarations.Where(d => d.Skip(1).Any()))
            AddOrder(parts);
        _seenByAll = new Lazy<ulong>(() => SeenByAll(s_nothing)!.Value);
        _members = new Lazy<Dictionary<string, ulong>>(MembersByName);
    }

    public static SurfaceIndex Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, static c => new SurfaceIndex(c));

    public (string? AssemblyName, CompilationOptions Options) Settings { get; }

    public ImmutableArray<FileSurface> Files { get; }

    /// <summary>True if code in files of both compilations sees what it saw in an earlier one.</summary>
    public bool ShowsTheSame(SurfaceIndex earlier, ConversionInputs inputs)
    {
        if (earlier == this)
            return true;
        // What a virtual call runs may be in any file with such a member, and depends on all lists of base types.
        if (inputs.DispatchedNames.Length > 0 && !inputs.DispatchedNames.Add("").All(member => Member(member) == earlier.Member(member)))
            return false;
        FileSurface[] files = [.. inputs.Files.Select(FileSurface.Of)];
        return (_seenByAll.Value == earlier._seenByAll.Value && files.All(file => SeenFrom(file) == earlier.SeenFrom(file)))
            || _changes.GetValue(earlier, e => new SurfaceChange(e, this)).LeavesAlone(files);
    }

    /// <summary>
    /// A hash of what code in a file can see, apart from the methods of some names; null if it names one of these, or sees something that does.
    /// </summary>
    public ulong? SeenFrom(FileSurface file, HashSet<string> without) =>
        without.Any(file.Mentions) ? null : Reached(Declaring(TypesIn(file).InFile).Append(file), without);

    /// <summary>The same of what all code can see.</summary>
    public ulong? SeenByAll(HashSet<string> without) =>
        Reached(Files.Where(f => f.ActsUnmentioned), without) is { } hash
            ? unchecked(hash + TextHash.OfSet(Files.SelectMany(f => f.Namespaces)))
            : null;

    private ulong SeenFrom(FileSurface file)
    {
        lock (_seen)
            return _seen.TryGetValue(file, out ulong hash) ? hash : _seen[file] = SeenFrom(file, s_nothing)!.Value;
    }

    private ulong Member(string name) => _members.Value.TryGetValue(name, out ulong hash) ? hash : 0;

    /// <summary>A hash of some surfaces and of all that can be reached from them by the names of types.</summary>
    private ulong? Reached(IEnumerable<FileSurface> from, HashSet<string> without)
    {
        ulong hash = 0;
        var seen = new HashSet<FileSurface>();
        var work = new Stack<FileSurface>(from);
        while (work.Count > 0)
        {
            FileSurface next = work.Pop();
            if (!seen.Add(next))
                continue;
            if (without.Count > 0 && without.Overlaps(next.ShownWithout(without)))
                return null;
            _partOrder.TryGetValue(next, out ulong order);
            hash = unchecked(hash + order + (without.Count > 0 ? next.HashWithout(without) : next.Hash));
            foreach (FileSurface shown in ShownBy(next, without))
                work.Push(shown);
        }
        return hash;
    }

    private IEnumerable<FileSurface> ShownBy(FileSurface file, HashSet<string> without) =>
        Declaring(without.Count > 0 && file.Methods.Any(m => without.Contains(m.Name)) ? file.ShownWithout(without) : TypesIn(file).Shown);

    private FileSurface.MentionedTypes TypesIn(FileSurface file) => file.TypesIn(_typeNames, _declarations.Contains);

    /// <summary>The files with the types of some names.</summary>
    private IEnumerable<FileSurface> Declaring(IEnumerable<string> names) =>
        names.SelectMany(name => _declarations[name]).Select(declaration => declaration.File);

    // The members of a partial type are in the order of the files with its parts.
    private void AddOrder(IEnumerable<(FileSurface File, ulong Path)> parts)
    {
        ulong position = 0;
        foreach ((FileSurface file, ulong path) in parts)
        {
            _partOrder.TryGetValue(file, out ulong order);
            _partOrder[file] = unchecked(order + TextHash.Add(TextHash.Add(file.Rest, path), position++));
        }
    }

    private Dictionary<string, ulong> MembersByName()
    {
        // Under no name: the lists of base types.
        var members = new Dictionary<string, ulong>(StringComparer.Ordinal) { [""] = 0 };
        foreach (FileSurface file in Files)
        {
            foreach ((_, ulong path) in file.Bases.SelectMany(name => _declarations[name]))
                members[""] = unchecked(members[""] + path);
            members[""] = unchecked(members[""] + file.Heirs);
            foreach ((string name, ulong hash) in file.Members)
                members[name] = TextHash.Add(members.TryGetValue(name, out ulong others) ? others : TextHash.Start, hash);
        }
        return members;
    }
}
