using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// What code in one file can see of the others: the outlines of the files whose types it mentions, of those that these mention, and so on; and
/// of files that act without being mentioned. While that stays the same, the meaning of the file has not changed.
/// </summary>
internal sealed class Outlines
{
    private static readonly ConditionalWeakTable<Compilation, Outlines> s_ofCompilations = new();

    private readonly ILookup<string, (Outline File, ulong Path)> _declarations;
    private readonly Lazy<ulong> _unmentioned;
    private readonly Lazy<Dictionary<string, ulong>> _members;
    private readonly Dictionary<Outline, List<Outline>> _mentioned = [];
    private readonly Dictionary<SyntaxTree, ulong> _surroundings = [];

    private Outlines(Compilation compilation)
    {
        // The compiler asks for suppressed diagnostics or not, which changes no meaning.
        Options = compilation.Options.WithReportSuppressedDiagnostics(false);
        // What the generator itself wrote is there when the analyzers ask, and no code of the user's mentions it.
        Outline[] files = [.. compilation.SyntaxTrees.Where(f => !f.FilePath.Contains(nameof(GraphFunctionGenerator))).Select(Outline.Of)];
        _declarations = files.SelectMany(f => f.Types.Select(type => (type.Name, Declaration: (File: f, type.Path)))).ToLookup(p => p.Name, p => p.Declaration, StringComparer.Ordinal);
        _unmentioned = new Lazy<ulong>(() => unchecked(Reached(files.Where(f => f.ActsUnmentioned)) + HashOfNames(files.SelectMany(f => f.Namespaces))));
        _members = new Lazy<Dictionary<string, ulong>>(() => MembersOf(files));
    }

    public static Outlines Of(Compilation compilation) => s_ofCompilations.GetValue(compilation, static c => new Outlines(c));

    public CompilationOptions Options { get; }

    /// <summary>
    /// A hash of all that code in these files can see. What a virtual call of one of the <paramref name="dispatched"/> members comes to can stand in
    /// any file with such a member, and depends on who inherits from whom.
    /// </summary>
    public ulong SeenFrom(IEnumerable<SyntaxTree> files, IReadOnlyCollection<string> dispatched)
    {
        ulong hash = _unmentioned.Value;
        foreach (SyntaxTree file in files)
            hash = unchecked((hash * 31) + Surroundings(file));
        foreach (string member in dispatched)
            hash = unchecked((hash * 31) + (_members.Value.TryGetValue(member, out ulong declared) ? declared : 0));
        return dispatched.Count == 0 ? hash : unchecked((hash * 31) + _members.Value[""]);
    }

    private ulong Surroundings(SyntaxTree file)
    {
        lock (_surroundings)
            return _surroundings.TryGetValue(file, out ulong hash) ? hash : _surroundings[file] = Reached([Outline.Of(file)]);
    }

    /// <summary>A hash of the outlines of all files that can be reached from some by the names of types, these included.</summary>
    private ulong Reached(IEnumerable<Outline> from)
    {
        ulong hash = 0;
        var seen = new HashSet<Outline>();
        var work = new Stack<Outline>(from);
        while (work.Count > 0)
        {
            Outline next = work.Pop();
            if (!seen.Add(next))
                continue;
            hash = unchecked(hash + next.Hash);
            foreach (Outline mentioned in MentionedBy(next))
                work.Push(mentioned);
        }
        return hash;
    }

    private List<Outline> MentionedBy(Outline file)
    {
        lock (_mentioned)
        {
            if (_mentioned.TryGetValue(file, out List<Outline>? known))
                return known;
            var mentioned = new List<Outline>();
            foreach (string name in file.Mentioned)
            {
                foreach ((Outline declaring, _) in _declarations[name])
                {
                    if (declaring != file)
                        mentioned.Add(declaring);
                }
            }
            return _mentioned[file] = mentioned;
        }
    }

    private Dictionary<string, ulong> MembersOf(Outline[] files)
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
