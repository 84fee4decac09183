using System.Collections.Concurrent;

namespace TensorGraph.Analyzers;

/// <summary>
/// What changed in the outlines from one compilation to a later one. Most edits add, remove or change methods, and leave alone all code that
/// neither names these nor sees anything that does.
/// </summary>
internal sealed class OutlineChange
{
    private readonly Outlines _before;
    private readonly Outlines _after;
    private readonly HashSet<string> _methods = new(StringComparer.Ordinal);
    private readonly Lazy<bool> _isHiddenFromAll;
    private readonly ConcurrentDictionary<Outline, bool> _isHidden = new();

    public OutlineChange(Outlines before, Outlines after)
    {
        _before = before;
        _after = after;
        // A file of which more has changed counts as another file.
        foreach (Outline now in after.Files.Except(before.Files))
        {
            foreach (Outline old in before.Files.Except(after.Files).Where(f => f.Rest == now.Rest))
                _methods.UnionWith(Changed(old, now).Concat(Changed(now, old)));
        }
        _isHiddenFromAll = new Lazy<bool>(() => _before.SeenByAll(_methods) is { } seen && seen == _after.SeenByAll(_methods));
    }

    private static IEnumerable<string> Changed(Outline one, Outline other) => one.Methods.Where(m => !other.Methods.Any(o => o.Hash == m.Hash && o.Name == m.Name)).Select(m => m.Name);

    /// <summary>True if code in files that are in both compilations means what it did.</summary>
    public bool LeavesAlone(IEnumerable<Outline> files) => _methods.Count > 0 && _isHiddenFromAll.Value && files.All(file => _isHidden.GetOrAdd(file, IsHidden));

    private bool IsHidden(Outline file) => _before.SeenFrom(file, _methods) is { } seen && seen == _after.SeenFrom(file, _methods);
}
