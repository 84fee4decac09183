using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.Specialized;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// The elements of a C# collection, in their order, but for sets by hash, which have none. What is not counted is compared by identity, since reading
/// it might use it up; and a query or an iterator, whose elements are computed anew each time, is never the same. The comparer is a part of a set or
/// dictionary.
/// </summary>
internal sealed class HostContents : ContentKey
{
    private static readonly ConcurrentDictionary<Type, bool> s_hashed = [];
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> s_comparers = [];

    private readonly Type? _type;
    private readonly Array? _numbers;
    private readonly object?[] _elements = [];
    private readonly bool _isComputed;
    private readonly bool _isOrdered = true;
    private readonly object? _comparer;
    private readonly string _suffix;

    public HostContents(object? value)
        : this(value, new Content())
    {
    }

    public HostContents(object? value, Content content)
        : base(value)
    {
        _type = value?.GetType();
        _isOrdered = _type is null || !s_hashed.GetOrAdd(_type, IsHashed);
        object? comparer = ComparerOf(value);
        // The framework makes new ones for the same function or culture.
        _comparer = comparer?.GetType().Assembly == typeof(object).Assembly ? new FieldContents(comparer, content) : content.Key(comparer);
        // The default ones are the framework's.
        _suffix = comparer?.GetType() is { Namespace: not "System.Collections.Generic" } own ? $" by {own.Name}" : "";
        if (value is Array array && IsOfNumbers(array))
            _numbers = (Array)array.Clone();
        else if (value is not null && IsComputed(value))
            (_isComputed, _elements) = (true, [new WeakReference(null)]);
        else if (value is not null)
            _elements = [.. Elements(value).Select(element => ReferenceEquals(element, value) ? new WeakReference(value) : content.Key(element))];
    }

    protected override IEnumerable<object?> Parts => _elements.Append(_comparer);

    protected override bool HasContent(object? value)
    {
        if (value?.GetType() != _type)
            return false;
        if (_numbers is not null)
            return AreSameNumbers(_numbers, (Array)value!);
        if (!Matches(_comparer, ComparerOf(value)))
            return false;
        return HasSequence(value) || (!_isOrdered && HasMembers([.. Elements(value!)]));
    }

    private bool HasSequence(object? value)
    {
        int count = 0;
        foreach (object? element in value is null ? [] : Elements(value))
        {
            if (count == _elements.Length || !Matches(_elements[count++], element))
                return false;
        }

        return count == _elements.Length;
    }

    private bool HasMembers(List<object?> members)
    {
        if (members.Count != _elements.Length)
            return false;
        var rest = members.GroupBy(HashOf).ToDictionary(group => group.Key, group => group.ToList());
        foreach (object? element in _elements)
        {
            int hash = HashOf(element is WeakReference { Target: var target } ? target : element);
            int at = rest.TryGetValue(hash, out var alike) ? alike.FindIndex(member => Matches(element, member)) : -1;
            if (at < 0)
                return false;
            alike!.RemoveAt(at);
        }

        return true;
    }

    // The same for a member and for its key: what is compared by content has none.
    private static int HashOf(object? member) => member switch
    {
        null or Delegate or DelegateKey or ContentKey => 0,
        string text => text.GetHashCode(StringComparison.Ordinal),
        ValueType => ExactValue.HasObjects(member.GetType()) ? 0 : member.GetHashCode(),
        _ => IsCounted(member) || FieldContents.IsRecord(member.GetType()) ? 0 : RuntimeHelpers.GetHashCode(member),
    };

    private static object? ComparerOf(object? value) => value is null or Array ? null : s_comparers.GetOrAdd(value.GetType(), static type =>
        Framework(type) is { } known ? known.GetProperty("Comparer") ?? known.GetProperty("KeyComparer") : null)?.GetValue(value);

    // The collection of the framework that a class is made of.
    private static Type? Framework(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level.Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true)
                return level;
        }

        return null;
    }

    /// <summary>The class of the collection.</summary>
    public string TypeName => _type is null ? "null" : TypeNames.Of(_type);

    public override string ToString() =>
        _type is null ? "null" : _isComputed ? "a sequence that is computed when it is read" : $"[{Text(_numbers ?? (IEnumerable)InFixedOrder)}]{_suffix}";

    // The members of a set come in the order of its history.
    private IEnumerable<object?> InFixedOrder => !IsSet(_type!) ? _elements
        : _elements.All(element => element is ValueType and IComparable && element.GetType() == _elements[0]!.GetType()) ? _elements.Order()
        : _elements.OrderBy(Text, StringComparer.Ordinal);

    private static bool IsSet(Type type) =>
        Array.Exists(type.GetInterfaces(), part => part.IsGenericType && part.GetGenericTypeDefinition() == typeof(IReadOnlySet<>));

    private static bool IsHashed(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level.IsGenericType && level.GetGenericTypeDefinition() is var known
                && (known == typeof(HashSet<>) || known == typeof(ImmutableHashSet<>) || known == typeof(FrozenSet<>)))
                return true;
        }

        return false;
    }

    private static IEnumerable<object?> Elements(object value)
    {
        if (value is NameValueCollection named)
        {
            foreach (string? name in named.AllKeys)
            {
                yield return name;
                yield return named[name];
            }
        }
        else if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
            {
                yield return entry.Key;
                yield return entry.Value;
            }
        }
        else if (IsCounted(value))
        {
            foreach (object? item in (IEnumerable)value)
                yield return item;
        }
        else
        {
            yield return value;
        }
    }

    /// <summary>True for a collection that can be walked through again and again.</summary>
    public static bool IsCounted(object value) => value is not string
        && (value is ICollection || Array.Exists(value.GetType().GetInterfaces(), type => type.IsGenericType
        && type.GetGenericTypeDefinition() == typeof(IReadOnlyCollection<>)));

    private static bool IsComputed(object value) =>
        value is IEnumerable && !IsCounted(value) && value.GetType() is var type
        && (type.Assembly == typeof(Enumerable).Assembly || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false));

    /// <summary>True for two arrays of numbers with the same sizes and bits.</summary>
    public static bool AreSameNumbers(Array one, Array other) =>
        IsOfNumbers(one) && HaveSameLengths(one, other) && Bytes(one).SequenceEqual(Bytes(other));

    private static bool IsOfNumbers(Array array) => array.GetType().GetElementType()!.IsPrimitive;

    private static bool HaveSameLengths(Array one, Array other) =>
        one.Rank == other.Rank && Enumerable.Range(0, one.Rank).All(axis => one.GetLength(axis) == other.GetLength(axis));

    private static ReadOnlySpan<byte> Bytes(Array array) =>
        MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), Buffer.ByteLength(array));
}
