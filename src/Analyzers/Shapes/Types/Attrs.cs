using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Constant parameters of an op that the analyzer evaluates, with the members that the shared type rules use of the run time's type.
/// </summary>
internal sealed class Attrs
{
    private readonly Dictionary<string, object> _entries = [];

    public static Attrs Empty => new();

    public static Attrs Of(params (string Name, object Value)[] entries)
    {
        var attrs = new Attrs();
        foreach (var (name, value) in entries)
            attrs._entries[name] = value is int[] axes
                ? axes.Select(axis => (long)axis).ToImmutableArray()
                : value is long[] list ? list.ToImmutableArray() : value;
        return attrs;
    }

    public T Get<T>(string name) =>
        _entries.TryGetValue(name, out object? value) && value is T typed ? typed : throw new InvalidOperationException("no attribute " + name);

    public T Get<T>(string name, T otherwise) => _entries.TryGetValue(name, out object? value) && value is T typed ? typed : otherwise;

    public ImmutableArray<long> Longs(string name) => Get(name, ImmutableArray<long>.Empty);

    public int[] Axes(string name = "axes") => [.. Longs(name).Select(axis => (int)axis)];
}
