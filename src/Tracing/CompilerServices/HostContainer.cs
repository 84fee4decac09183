using System.Collections;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A C# array, list or dictionary of tensors whose elements a branch or loop writes. Its elements are carried in place, so that every name for the
/// object sees them; their number is a fact of the trace and must stay.
/// </summary>
internal sealed class HostContainer
{
    private readonly object _items;
    private readonly object[] _keys;
    private readonly string _name;

    private HostContainer(object items, string name)
    {
        _items = items;
        _name = name;
        _keys = Keys();
    }

    /// <summary>Names of the elements, for errors.</summary>
    public IEnumerable<string> Names => _keys.Select(key => key is string text ? $"{_name}[\"{text}\"]" : $"{_name}[{key}]");

    public int Count => _keys.Length;

    /// <summary>The containers of tensors among some values, those inside of others too, each object once.</summary>
    public static List<HostContainer> Find(string[] names, object?[] values)
    {
        var found = new List<HostContainer>();
        for (int i = 0; i < values.Length; i++)
            Add(found, names[i], values[i]);
        return found;
    }

    /// <summary>The elements as they are.</summary>
    /// <exception cref="GraphException">TG3001 when elements were added or removed.</exception>
    public IEnumerable<Tensor?> Read(SourceSpan source)
    {
        if (!Keys().SequenceEqual(_keys))
        {
            throw new GraphException(
                DiagnosticIds.CarriedTypeChanged, $"'{_name}' has {_keys.Length} elements before a branch or loop and {Keys().Length}, or others, in it",
                "The number of elements of a C# collection cannot depend on a tensor: use a TensorArray.", source);
        }

        return [.. _keys.Select(key => _items is IList list ? (Tensor?)list[(int)key] : (Tensor?)((IDictionary)_items)[key])];
    }

    /// <summary>Puts elements in place.</summary>
    public void Write(ReadOnlySpan<Tensor?> elements)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_items is IList list)
                list[(int)_keys[i]] = elements[i];
            else
                ((IDictionary)_items)[_keys[i]] = elements[i];
        }
    }

    private object[] Keys() => _items is IList list ? [.. Enumerable.Range(0, list.Count).Cast<object>()] : [.. ((IDictionary)_items).Keys.Cast<object>()];

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
