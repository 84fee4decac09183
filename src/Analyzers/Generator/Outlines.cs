using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// What code in one file can see of the others: the outlines of the files whose types it mentions, of those that these outlines mention, and so
/// on; and of files that act without being mentioned. While that stays the same, the meaning of the file has not changed.
/// </summary>
internal sealed class Outlines
{
    private static readonly ConditionalWeakTable<Compilation, Outlines> s_ofCompilations = new();
    private static readonly HashSet<string> s_nothing = [];

    private readonly ILookup<string, (Outline File, ulong Path)> _declarations;
    private readonly ulong _typeNames;
    private readonly Lazy<ulong> _seenByAll;
    private readonly Lazy<Dictionary<string, ulong>> _members;
    private readonly Dictionary<Outline, ulong> _seen = [];
    private readonly ConditionalWeakTable<Outlines, OutlineChange> _changes = new();

    private Outlines(Compilation compilation)
    {
        // The compiler asks for suppressed diagnostics or not, which changes no meaning.
        Options = compilation.Options.WithReportSuppressedDiagnostics(false);
        // What the generator itself wrote is there when the analyzers ask, and no code of the user's mentions it.
        Files = [.. compilation.SyntaxTrees.Where(f => !f.FilePath.Contains(nameof(GraphFunctionGenerator))).Select(Outline.Of)];
        _declarations = Files.SelectMany(f => f.Types.Select(type => (type.Name, Declaration: (File: f, type.Path)))).ToLookup(p => p.Name, p => p.Declaration, StringComparer.Ordinal);
        _typeNames = HashOfNames(_declarations.Select(d => d.Key));
        _seenByAll = new Lazy<ulong>(() => SeenByAll(s_nothing)!.Value);
        _members = new Lazy<Dictionary<string, ulong>>(() => MembersOf(Files));
    }

    public static Outlines Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, static c => new Outlines(c));

    public CompilationOptions Options { get; }

    public ImmutableArray<Outline> Files { get; }

    /// <summary>
    /// True if code in files of both compilations sees what it saw in an earlier one. What a virtual call of one of the <paramref name="dispatched"/>
    /// members comes to can stand in any file with such a member, and depends on who inherits from whom.
    /// </summary>
    public bool ShowTheSame(Outlines earlier, ImmutableArray<SyntaxTree> files, ImmutableArray<string> dispatched)
    {
        if (earlier == this)
            return true;
        if (dispatched.Length > 0 && !dispatched.Add("").All(member => Member(member) == earlier.Member(member)))
            return false;
        Outline[] outlines = [.. files.Select(Outline.Of)];
        return (_seenByAll.Value == earlier._seenByAll.Value && outlines.All(file => SeenFrom(file) == earlier.SeenFrom(file)))
            || _changes.GetValue(earlier, e => new OutlineChange(e, this)).LeavesAlone(outlines);
    }

    /// <summary>A hash of what code in a file can see, apart from the methods of some names; null if it names one of these, or sees something that does.</summary>
    public ulong? SeenFrom(Outline file, HashSet<string> without) =>
        without.Any(file.Mentions) ? null : Reached(Declaring(TypesIn(file).InFile).Append(file), without);

    /// <summary>The same of what all code can see.</summary>
    public ulong? SeenByAll(HashSet<string> without) =>
        Reached(Files.Where(f => f.ActsUnmentioned), without) is { } hash ? unchecked(hash + HashOfNames(Files.SelectMany(f => f.Namespaces))) : null;

    private ulong SeenFrom(Outline file)
    {
        lock (_seen)
            return _seen.TryGetValue(file, out ulong hash) ? hash : _seen[file] = SeenFrom(file, s_nothing)!.Value;
    }

    private ulong Member(string name) => _members.Value.TryGetValue(name, out ulong hash) ? hash : 0;

    /// <summary>A hash of some outlines and of all that can be reached from them by the names of types.</summary>
    private ulong? Reached(IEnumerable<Outline> from, HashSet<string> without)
    {
        ulong hash = 0;
        var seen = new HashSet<Outline>();
        var work = new Stack<Outline>(from);
        while (work.Count > 0)
        {
            Outline next = work.Pop();
            if (!seen.Add(next))
                continue;
            if (without.Count > 0 && without.Overlaps(next.ShownWithout(without)))
                return null;
            hash = unchecked(hash + (without.Count > 0 ? next.HashWithout(without) : next.Hash));
            foreach (Outline shown in ShownBy(next, without))
                work.Push(shown);
        }
        return hash;
    }

    private IEnumerable<Outline> ShownBy(Outline file, HashSet<string> without) =>
        Declaring(without.Count > 0 && file.Methods.Any(m => without.Contains(m.Name)) ? file.ShownWithout(without) : TypesIn(file).Shown);

    private Outline.MentionedTypes TypesIn(Outline file) => file.TypesIn(_typeNames, _declarations.Contains);

    /// <summary>The files with the types of some names.</summary>
    private IEnumerable<Outline> Declaring(IEnumerable<string> names) => names.SelectMany(name => _declarations[name]).Select(declaration => declaration.File);

    private Dictionary<string, ulong> MembersOf(ImmutableArray<Outline> files)
    {
        // Under no name: who inherits from whom.
        var members = new Dictionary<string, ulong>(StringComparer.Ordinal) { [""] = 0 };
        foreach (Outline file in files)
        {
            members[""] = file.Bases.SelectMany(name => _declarations[name]).Aggregate(unchecked(members[""] + file.Heirs), (hash, type) => unchecked(hash + type.Path));
            foreach ((string name, ulong hash) in file.Members)
                members[name] = unchecked((members.TryGetValue(name, out ulong others) ? others : 0) + hash);
        }
        return members;
    }

    private static ulong HashOfNames(IEnumerable<string> names)
    {
        ulong hash = 0;
        foreach (string name in names.Distinct(StringComparer.Ordinal))
            hash = unchecked(hash + Outline.Add(Outline.Start, name));
        return hash;
    }
}
