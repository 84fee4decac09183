using System.Collections;
using System.Runtime.InteropServices;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A C# array, list or dictionary of tensors whose elements a branch or loop writes. Its elements are carried in place, so that every name for the
/// object sees them; their number is a fact of the trace and must stay.
/// </summary>
internal sealed class HostContainer
{
    private readonly object _items;
    private readonly string _name;
    private object[] _keys;

    private HostContainer(object items, string name)
    {
        _items = items;
        _name = name;
        _keys = Keys();
    }

    /// <summary>Names of the elements, for errors.</summary>
    public IEnumerable<string> Names => _keys.Select(NameOf);

    public int Count => _keys.Length;

    /// <summary>The collection of tensors that <paramref name="value"/> is, or those inside it, each object once.</summary>
    public static List<HostContainer> Find(string name, object? value)
    {
        var found = new List<HostContainer>();
        Add(found, name, value);
        return found;
    }

    /// <summary>
    /// Takes keys that were added to a dictionary as elements without a value so far: the other branch has to add the same ones. Returns their
    /// number.
    /// </summary>
    public int TakeAdded()
    {
        object[] now = Keys();
        if (_items is not IDictionary || now.Length <= _keys.Length || !now.AsSpan(0, _keys.Length).SequenceEqual(_keys))
            return 0;
        int added = now.Length - _keys.Length;
        _keys = now;
        return added;
    }

    /// <summary>The elements as they are.</summary>
    /// <exception cref="GraphException">TG3001 when elements were added or removed.</exception>
    public IEnumerable<Tensor?> Read(SourceSpan source)
    {
        object[] now = Keys();
        if (!now.SequenceEqual(_keys))
            throw Changed(now, source);
        return [.. _keys.Select(key => _items is IList list ? (Tensor?)list[(int)key] : (Tensor?)((IDictionary)_items)[key])];
    }

    /// <summary>Puts elements in place; one that has no value yet is taken out.</summary>
    public void Write(ReadOnlySpan<Tensor?> elements)
    {
        // Back to front: a dictionary gives the place of the last key that left to the first one that comes, so the keys keep their order.
        for (int i = _keys.Length - 1; i >= 0; i--)
        {
            if (ReferenceEquals(elements[i], GraphControl.Undefined) && _items is IDictionary map)
                map.Remove(_keys[i]);
        }

        for (int i = 0; i < _keys.Length; i++)
        {
            // C# code that walks through a list must not take this for a change of its own.
            if (_items is List<Tensor> tensors)
                CollectionsMarshal.AsSpan(tensors)[(int)_keys[i]] = elements[i]!;
            else if (_items is IList list)
                list[(int)_keys[i]] = elements[i];
            else if (!ReferenceEquals(elements[i], GraphControl.Undefined))
                ((IDictionary)_items)[_keys[i]] = elements[i];
        }
    }

    private string NameOf(object key) => key is string text ? $"{_name}[\"{text}\"]" : $"{_name}[{key}]";

    private GraphException Changed(object[] now, SourceSpan source)
    {
        if (_items is IDictionary && now.Except(_keys).Concat(_keys.Except(now)).FirstOrDefault() is { } key)
        {
            return new GraphException(
                DiagnosticIds.CarriedTypeChanged, $"'{NameOf(key)}' has a value on one side of a branch or loop only",
                "The keys of a dictionary cannot depend on a tensor: give the key a value ahead of it, or in both branches.", source);
        }

        return new GraphException(
            DiagnosticIds.CarriedTypeChanged, $"'{_name}' has {_keys.Length} elements before a branch or loop and {now.Length}, or others, in it",
            "The number and order of the elements of a C# collection cannot depend on a tensor: use a TensorArray.", source);
    }

    private object[] Keys() => _items is IList list
        ? [.. Enumerable.Range(0, list.Count).Cast<object>()]
        : [.. ((IDictionary)_items).Keys.Cast<object>()];

    private static void Add(List<HostContainer> found, string name, object? value)
    {
        if (value is IList<Tensor> || (value is IDictionary && value.GetType().GenericTypeArguments is [_, var element] && element == typeof(Tensor)))
        {
            if (!found.Exists(known => ReferenceEquals(known._items, value)))
                found.Add(new HostContainer(value, name));
        }
        else if (value is IList outer)
        {
            for (int i = 0; i < outer.Count; i++)
                Add(found, $"{name}[{i}]", outer[i]);
        }
        else if (value is IDictionary map)
        {
            foreach (object key in map.Keys)
                Add(found, $"{name}[{key}]", map[key]);
        }
    }
}
