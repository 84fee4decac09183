using System.Collections;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// Which leaves one parameter of a graph function adds to a call, in the order in which the generated entry adds them: what names a leaf in
/// errors, and what lets somebody give specs in place of arguments.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ParameterLeaves
{
    private enum Kind { Tensor, Value, Collection, Optional, Sequence, Map, Group }

    private readonly Kind _kind;
    private readonly string _name;
    private readonly ParameterLeaves[] _parts;
    private readonly Action<GraphCall, object?, string>? _addValue;
    private bool _hasTwoLeaves;

    private ParameterLeaves(Kind kind, string name, ParameterLeaves[] parts, Action<GraphCall, object?, string>? addValue = null)
    {
        _kind = kind;
        _name = name;
        _parts = parts;
        _addValue = addValue;
    }

    /// <summary>A tensor. The name of a part is what it adds to the name of the whole.</summary>
    public static ParameterLeaves Tensor(string name) => new(Kind.Tensor, name, []);

    /// <summary>A C# value.</summary>
    public static ParameterLeaves Value<T>(string name) => new(Kind.Value, name, [], AddStatic<T>);

    /// <summary>
    /// A C# collection: a leaf that is compared by identity, if the trace may keep the object, and one that is compared by content, if it reads it.
    /// </summary>
    public static ParameterLeaves Collection<T>(string name, bool readsContent, bool keepsObject) =>
        new(Kind.Collection, name, [], (call, value, name) =>
    {
        if (keepsObject)
            AddStatic<T>(call, value, name);
        if (readsContent)
            call.AddContents(value);
    })
    {
        _hasTwoLeaves = readsContent && keepsObject,
    };

    /// <summary>A leaf that says whether there is something, and what there is.</summary>
    public static ParameterLeaves Optional(string name, ParameterLeaves part) => new(Kind.Optional, name, [part]);

    /// <summary>A leaf with the number of elements, and the elements.</summary>
    public static ParameterLeaves Sequence(string name, ParameterLeaves element) => new(Kind.Sequence, name, [element]);

    /// <summary>A leaf with the number of entries, and for each its key and its value.</summary>
    public static ParameterLeaves Map<TKey>(string name, ParameterLeaves value) =>
        new(Kind.Map, name, [value], AddStatic<TKey>);

    /// <summary>The parts of a tuple, record or struct.</summary>
    public static ParameterLeaves Group(string name, params ParameterLeaves[] parts) => new(Kind.Group, name, parts);

    /// <summary>True for a tensor or a C# value, which is one leaf in every call.</summary>
    internal bool IsOneLeaf => _kind is Kind.Tensor or Kind.Value;

    /// <summary>Names of the arguments that <see cref="Give"/> takes.</summary>
    internal IEnumerable<string> ArgumentNames(string prefix = "") =>
        _kind == Kind.Group ? _parts.SelectMany(part => part.ArgumentNames(prefix + _name)) : [prefix + _name];

    /// <summary>Adds the names of the leaves from <paramref name="next"/> on.</summary>
    internal int Name(ReadOnlySpan<Leaf> leaves, int next, string prefix, List<LeafName> names)
    {
        string name = prefix + _name;
        switch (_kind)
        {
            case Kind.Group:
                foreach (var part in _parts)
                    next = part.Name(leaves, next, name, names);
                return next;
            case Kind.Optional:
                names.Add(new(name, LeafRole.Presence));
                return leaves[next++].Static<bool>() ? _parts[0].Name(leaves, next, name, names) : next;
            case Kind.Sequence:
                names.Add(new(name, LeafRole.Count));
                int length = leaves[next++].Static<int>();
                for (int i = 0; i < length; i++)
                    next = _parts[0].Name(leaves, next, $"{name}[{i}]", names);
                return next;
            case Kind.Map:
                names.Add(new(name, LeafRole.Count));
                int count = leaves[next++].Static<int>();
                for (int i = 0; i < count; i++)
                {
                    names.Add(new(name, LeafRole.Key));
                    string key = leaves[next++].ToString();
                    next = _parts[0].Name(leaves, next, $"{name}[{key}]", names);
                }

                return next;
            default:
                if (_hasTwoLeaves)
                    names.Add(new(name, LeafRole.Identity));
                names.Add(new(name, LeafRole.Content));
                return next + (_hasTwoLeaves ? 2 : 1);
        }
    }

    /// <summary>Adds what somebody gives instead of an argument: a spec or tensor, a C# value, null, or a collection of such.</summary>
    internal void Give(Queue<object?> arguments, string prefix, GraphCall call, Action<object> addTensor)
    {
        string name = prefix + _name;
        switch (_kind)
        {
            case Kind.Group:
                foreach (var part in _parts)
                    part.Give(arguments, name, call, addTensor);
                break;
            case Kind.Tensor:
                addTensor(arguments.Peek() is TensorSpec or TensorGraph.Tensor
                    ? arguments.Dequeue()!
                    : throw NotFitting(name, arguments.Peek(), "a TensorSpec or a tensor"));
                break;
            case Kind.Value or Kind.Collection:
                _addValue!(call, arguments.Dequeue(), name);
                break;
            case Kind.Optional:
                call.AddStatic(arguments.Peek() is not null);
                if (arguments.Peek() is null)
                    arguments.Dequeue();
                else
                    _parts[0].Give(arguments, name, call, addTensor);
                break;
            case Kind.Sequence:
                object? items = arguments.Dequeue();
                object?[] elements = items is IEnumerable and not string
                    ? [.. ((IEnumerable)items).Cast<object?>()]
                    : throw NotFitting(name, items, "a collection of specs");
                call.AddStatic(elements.Length);
                for (int i = 0; i < elements.Length; i++)
                    _parts[0].Give(Parts(elements[i]), $"{name}[{i}]", call, addTensor);
                break;
            default:
                var map = arguments.Peek() as IDictionary ?? throw NotFitting(name, arguments.Peek(), "a dictionary of specs");
                arguments.Dequeue();
                call.AddStatic(map.Count);
                foreach (DictionaryEntry entry in map)
                {
                    _addValue!(call, entry.Key, $"{name}.Key");
                    _parts[0].Give(Parts(entry.Value), $"{name}[{entry.Key}]", call, addTensor);
                }

                break;
        }
    }

    private static void AddStatic<T>(GraphCall call, object? given, string name) =>
        call.AddStatic(given is T || (given is null && default(T) is null) ? (T)given! : throw NotFitting(name, given, $"a {typeof(T).Name}"));

    // A tuple stands for the parts of a group.
    private static Queue<object?> Parts(object? given) =>
        new(given is ITuple tuple ? Enumerable.Range(0, tuple.Length).Select(i => tuple[i]) : [given]);

    private static SignatureMismatchException NotFitting(string name, object? given, string wanted) =>
        new($"'{name}' is given as {given?.GetType().Name ?? "null"}", $"Give {wanted}.");
}

/// <summary>The name of a leaf, and its role.</summary>
internal readonly record struct LeafName(string Name, LeafRole Role)
{
    /// <summary>A leaf as it stands in a signature; null if the leaves behind it say as much.</summary>
    public string? Show(string leaf) => Role switch
    {
        LeafRole.Presence => leaf == "true" ? null : $"{Name}: null",
        LeafRole.Count => leaf == "0" ? $"{Name}: empty" : null,
        LeafRole.Key or LeafRole.Identity => null,
        _ => $"{Name}: {leaf}",
    };

    /// <summary>A leaf on its own, in the cause of a retrace.</summary>
    public string Describe(string leaf) => Role switch
    {
        LeafRole.Presence => leaf == "true" ? "given" : "null",
        LeafRole.Count => leaf == "1" ? "1 element" : $"{leaf} elements",
        LeafRole.Key => $"key {leaf}",
        _ => leaf,
    };
}

internal enum LeafRole { Content, Identity, Presence, Count, Key }
