using System.Collections;
using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// An op's constant parameters: a small immutable map, ordered by name, compared by content. Values are <see cref="long"/>,
/// <see cref="double"/>, <see cref="bool"/>, <see cref="string"/>, <see cref="DType"/>, <see cref="Dim"/>, <see cref="Shape"/>,
/// <see cref="ImmutableArray{T}"/> of long, <see cref="Literal"/> and <see cref="Resource"/>.
/// </summary>
public sealed class Attrs : IEquatable<Attrs>, IEnumerable<KeyValuePair<string, object>>
{
    private readonly ImmutableArray<KeyValuePair<string, object>> _entries;
    private readonly int _hash;

    private Attrs(ImmutableArray<KeyValuePair<string, object>> entries)
    {
        _entries = entries;
        var hash = new HashCode();
        foreach (var (name, value) in entries)
        {
            hash.Add(name);
            hash.Add(value is ImmutableArray<long> list ? ListHash(list) : value.GetHashCode());
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>No parameters.</summary>
    public static Attrs Empty { get; } = new([]);

    /// <summary>Number of parameters.</summary>
    public int Count => _entries.Length;

    /// <summary>One parameter.</summary>
    public static Attrs Of(string name, object value) => new([new(name, Normalise(Throw.IfNull(value, name)))]);

    /// <summary>Several parameters.</summary>
    public static Attrs Of(params ReadOnlySpan<(string Name, object Value)> entries)
    {
        var pairs = new KeyValuePair<string, object>[entries.Length];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new(entries[i].Name, Normalise(Throw.IfNull(entries[i].Value, entries[i].Name)));
        Array.Sort(pairs, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new(ImmutableArray.Create(pairs));
    }

    /// <summary>These parameters with one added or replaced.</summary>
    public Attrs With(string name, object value) =>
        Of([.. _entries.Where(entry => entry.Key != name).Select(entry => (entry.Key, entry.Value)), (name, value)]);

    /// <summary>These parameters without one.</summary>
    public Attrs Without(string name) => Of([.. _entries.Where(entry => entry.Key != name).Select(entry => (entry.Key, entry.Value))]);

    /// <summary>The parameter, or null.</summary>
    public object? Find(string name)
    {
        foreach (var (key, value) in _entries)
        {
            if (key == name)
                return value;
        }

        return null;
    }

    /// <summary>The sizes in a parameter's value.</summary>
    public static IReadOnlyList<Dim> DimsIn(object value) => value is Dim dim ? [dim] : value is Shape shape ? shape : (Shape)[];

    /// <summary>The parameter, which must be there with this type.</summary>
    public T Get<T>(string name) =>
        Find(name) is T value ? value : throw new InvalidOperationException($"attribute '{name}' of type {typeof(T).Name} is missing");

    /// <summary>The parameter, or a default when absent.</summary>
    public T Get<T>(string name, T otherwise) => Find(name) is T value ? value : otherwise;

    /// <summary>A list of integers, empty when absent.</summary>
    public ImmutableArray<long> Longs(string name) => Get(name, ImmutableArray<long>.Empty);

    /// <summary>A list of axes, empty when absent.</summary>
    public int[] Axes(string name = "axes") => [.. Longs(name).Select(axis => checked((int)axis))];

    /// <inheritdoc/>
    public bool Equals(Attrs? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || _hash != other._hash || _entries.Length != other._entries.Length)
            return false;
        for (int i = 0; i < _entries.Length; i++)
        {
            if (_entries[i].Key != other._entries[i].Key || !ValueEquals(_entries[i].Value, other._entries[i].Value))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Attrs);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Enumerates by name.</summary>
    public IEnumerator<KeyValuePair<string, object>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool ValueEquals(object a, object b) => (a, b) switch
    {
        (ImmutableArray<long> x, ImmutableArray<long> y) => x.AsSpan().SequenceEqual(y.AsSpan()),
        (double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y),
        _ => a.Equals(b),
    };

    private static int ListHash(ImmutableArray<long> list)
    {
        var hash = new HashCode();
        foreach (long value in list)
            hash.Add(value);
        return hash.ToHashCode();
    }

    private static object Normalise(object value) => value switch
    {
        int number => (long)number,
        float number => (double)number,
        IEnumerable<int> list => list.Select(item => (long)item).ToImmutableArray(),
        long[] list => list.ToImmutableArray(),
        Dim size => size.InGraph,
        Shape shape => shape.InGraph,
        _ => value,
    };
}
