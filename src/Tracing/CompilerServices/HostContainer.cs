using System.Collections;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A C# array, list or dictionary whose elements, tensors or structures of them, a branch or loop writes. The elements are carried in place, so that
/// every name for the object sees them; their number is a fact of the trace and must stay.
/// </summary>
internal sealed class HostContainer
{
    private readonly object _items;
    private readonly string _name;
    private readonly ElementType _element;
    private object[] _keys;

    private HostContainer(object items, string name, ElementType element)
    {
        _items = items;
        _name = name;
        _element = element;
        _keys = Keys();
    }

    /// <summary>Names of the elements' tensors, for errors.</summary>
    public IEnumerable<string> Names => _keys.SelectMany(key => _element.Parts.Select(part => NameOf(key) + part));

    /// <summary>The number of tensors.</summary>
    public int Count => _keys.Length * _element.Parts.Length;

    /// <summary>The collection of such elements that <paramref name="value"/> is, or those inside it, each object once.</summary>
    public static List<HostContainer> Find(string name, object? value, ElementType element)
    {
        var found = new List<HostContainer>();
        Add(found, name, value, element);
        return found;
    }

    /// <summary>
    /// Takes keys that were added to a dictionary as elements without a value so far: the other branch has to add the same ones. Returns the
    /// number of their tensors.
    /// </summary>
    public int TakeAdded()
    {
        object[] now = Keys();
        if (_items is not IDictionary || now.Length <= _keys.Length || !now.AsSpan(0, _keys.Length).SequenceEqual(_keys))
            return 0;
        int added = now.Length - _keys.Length;
        _keys = now;
        return added * _element.Parts.Length;
    }

    /// <summary>The tensors of the elements as they are.</summary>
    /// <exception cref="GraphException">TG3001 when elements were added or removed.</exception>
    public IEnumerable<Tensor?> Read(SourceSpan source)
    {
        object[] now = Keys();
        if (!now.SequenceEqual(_keys))
            throw Changed(now, source);
        return [.. _keys.SelectMany(key => _element.Leaves(_items is IList list ? list[(int)key] : ((IDictionary)_items)[key]))];
    }

    /// <summary>Puts elements in place; one that has no value yet is taken out.</summary>
    public void Write(ReadOnlySpan<Tensor?> tensors)
    {
        int width = _element.Parts.Length;
        // Back to front: a dictionary gives the place of the last key that left to the first one that comes, so the keys keep their order.
        for (int i = _keys.Length - 1; i >= 0; i--)
        {
            if (ReferenceEquals(tensors[i * width], GraphControl.Undefined) && _items is IDictionary map)
                map.Remove(_keys[i]);
        }

        for (int i = 0; i < _keys.Length; i++)
        {
            ReadOnlySpan<Tensor?> element = tensors.Slice(i * width, width);
            if (_items is IList list)
                _element.Put(list, (int)_keys[i], element);
            else if (!ReferenceEquals(element[0], GraphControl.Undefined))
                ((IDictionary)_items)[_keys[i]] = _element.Element(element);
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

    private static void Add(List<HostContainer> found, string name, object? value, ElementType element)
    {
        if (value is not null && element.IsElementOf(value))
        {
            if (!found.Exists(known => ReferenceEquals(known._items, value)))
                found.Add(new HostContainer(value, name, element));
        }
        else if (value is IList outer)
        {
            for (int i = 0; i < outer.Count; i++)
                Add(found, $"{name}[{i}]", outer[i], element);
        }
        else if (value is IDictionary map)
        {
            foreach (object key in map.Keys)
                Add(found, $"{name}[{key}]", map[key], element);
        }
    }
}
