using System.Collections.Concurrent;

namespace TensorGraph.Analyzers;

/// <summary>
/// The change of the surfaces from one compilation to a later one. Most edits add, remove or change methods, and leave alone all code that neither
/// names these nor sees anything that does.
/// </summary>
internal sealed class SurfaceChange
{
    private readonly SurfaceIndex _before;
    private readonly SurfaceIndex _after;
    private readonly HashSet<string> _methods = new(StringComparer.Ordinal);
    private readonly Lazy<bool> _isHiddenFromAll;
    private readonly ConcurrentDictionary<FileSurface, bool> _isHidden = new();

    public SurfaceChange(SurfaceIndex before, SurfaceIndex after)
    {
        _before = before;
        _after = after;
        // A file of which more than methods has changed counts as another file.
        ILookup<ulong, FileSurface> gone = before.Files.Except(after.Files).ToLookup(f => f.Rest);
        foreach (FileSurface now in after.Files.Except(before.Files))
        {
            foreach (FileSurface old in gone[now.Rest])
                _methods.UnionWith(Changed(old, now).Concat(Changed(now, old)));
        }
        _isHiddenFromAll = new Lazy<bool>(() => _before.SeenByAll(_methods) is { } seen && seen == _after.SeenByAll(_methods));
    }

    private static IEnumerable<string> Changed(FileSurface one, FileSurface other) =>
        one.Methods.Where(m => !other.Methods.Any(o => o.Hash == m.Hash && o.Name == m.Name)).Select(m => m.Name);

    /// <summary>True if code in files that are in both compilations means what it did.</summary>
    public bool LeavesAlone(IEnumerable<FileSurface> files) =>
        _methods.Count > 0 && _isHiddenFromAll.Value && files.All(file => _isHidden.GetOrAdd(file, IsHidden));

    private bool IsHidden(FileSurface file) => _before.SeenFrom(file, _methods) is { } seen && seen == _after.SeenFrom(file, _methods);
}
