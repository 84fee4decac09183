using System.Runtime.CompilerServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// One leaf of a call's arguments: a tensor, or a C# value that is part of the signature. Numbers, enums and bool lie in
/// <see cref="_bits"/>, so that no call boxes them.
/// </summary>
internal readonly struct Leaf
{
    private static readonly object s_any = new();

    private readonly object? _object;
    private readonly long _bits;

    private Leaf(object? value, Type? type, long bits)
    {
        _object = value;
        StaticType = type;
        _bits = bits;
    }

    /// <summary>The declared type of a C# value; null for a tensor.</summary>
    public Type? StaticType { get; }

    public bool IsTensor => StaticType is null;

    /// <summary>True for a reference to nothing.</summary>
    public bool IsNull => _object is null && (IsTensor || !StaticType!.IsValueType);

    public Tensor? Tensor => _object as Tensor;

    /// <summary>An object other than a tensor that is compared by identity, or a collection; null for other leaves.</summary>
    public object? Reference => IsTensor || ComparesByValue(_object) ? null : _object;

    public static Leaf Of(Tensor? tensor) => new(tensor, null, 0);

    public static Leaf OfStatic<T>(T value)
    {
        if (typeof(T) == typeof(int) || typeof(T) == typeof(bool) || typeof(T) == typeof(float) || typeof(T) == typeof(double)
            || typeof(T) == typeof(long)
            || typeof(T) == typeof(byte) || typeof(T) == typeof(char) || (typeof(T).IsEnum && Unsafe.SizeOf<T>() <= 8))
        {
            long bits = 0;
            Unsafe.As<long, T>(ref bits) = value;
            return new(null, typeof(T), bits);
        }

        return new(value, typeof(T), 0);
    }

    /// <summary>In a key: any C# value, since the trace does not depend on it.</summary>
    public static Leaf Any { get; } = new(s_any, typeof(object), 0);

    /// <summary>A C# collection that is compared by its content.</summary>
    public static Leaf OfContents(object? collection, bool holdsTensors = false) => new(collection, typeof(HostContents), holdsTensors ? 1 : 0);

    /// <summary>True for a collection with tensors in it.</summary>
    public bool HoldsTensors => StaticType == typeof(HostContents) && _bits != 0;

    public T Static<T>()
    {
        if (_object is null && StaticType == typeof(T) && typeof(T).IsValueType && (typeof(T).IsPrimitive || typeof(T).IsEnum))
        {
            long bits = _bits;
            return Unsafe.As<long, T>(ref bits);
        }

        return (T)_object!;
    }

    /// <summary>
    /// The same C# value in a key and in a call: text and structs by value, records and collections by content, other objects by identity.
    /// </summary>
    public bool SameStatic(in Leaf other)
    {
        if (ReferenceEquals(_object, s_any))
            return true;
        if (StaticType != other.StaticType || _bits != other._bits)
            return false;
        if (_object is ContentKey contents)
            return contents.Matches(other._object);
        if (StaticType == typeof(HostContents) && _object is null)
            return other._object is null;
        if (_object is DelegateKey function)
            return function.Matches(other._object);
        if (ReferenceEquals(_object, other._object))
            return true;
        object? mine = _object is WeakReference weak ? weak.Target : _object;
        return ReferenceEquals(mine, other._object) ? mine is not null : ComparesByValue(mine) && ExactValue.Same(mine, other._object);
    }

    /// <summary>This leaf as it is now, without a strong reference to an object.</summary>
    public Leaf ForKey() => IsTensor || _object is null ? this
        : new(StaticType == typeof(HostContents) ? new HostContents(_object) : IsCollection ? new WeakReference(_object) : ContentKey.Of(
        _object), StaticType, _bits);

    /// <summary>In a key: compares objects by identity too that the trace keeps.</summary>
    public void Settle(Func<object, bool> isKept) => (_object as ContentKey)?.Settle(isKept);

    /// <summary>True for an object that the trace keeps.</summary>
    public bool IsKept(Func<object, bool> isKept) => _object is not null && isKept(_object);

    /// <summary>True when the object of a key was collected: the key can never match again.</summary>
    public bool IsDead => _object is WeakReference { IsAlive: false } or DelegateKey { IsDead: true } or ContentKey { IsDead: true };

    public override string ToString()
    {
        object? value = _object is WeakReference weak ? weak.Target : _object;
        if (IsTensor)
            return value is Tensor tensor ? tensor.Type.ToString() : "null";
        if (StaticType == typeof(HostContents))
            return (value as HostContents ?? new HostContents(value)).ToString();
        if (_object is null && StaticType!.IsPrimitive)
            return Primitive();
        return value switch
        {
            null when StaticType!.IsEnum => Enum.ToObject(StaticType, _bits).ToString()!,
            null => "null",
            string text => $"\"{ContentKey.Escaped(text)}\"",
            DelegateKey or ContentKey => value.ToString()!,
            Type type => ContentKey.TextOf(type),
            _ => ContentKey.Of(value) switch
            {
                ContentKey content => content.ToString()!,
                ValueType number => ContentKey.TextOf(number),
                _ => value.GetType().Name.Split('`')[0],
            },
        };
    }

    /// <summary>The text of a value that is not this one: with its class where they look alike, and <c>another</c> where that is the same.</summary>
    public string TextOfOther(in Leaf other)
    {
        string text = other.ToString();
        return text != ToString() ? text
            : CollectionType() is { } mine && other.CollectionType() is { } its && mine != its ? $"the same in {its}, not {mine}"
            : $"another {text}";
    }

    private string? CollectionType()
    {
        object? value = _object is WeakReference weak ? weak.Target : _object;
        return value is HostContents contents ? contents.TypeName
            : value is not null && StaticType == typeof(HostContents) ? TypeNames.Of(value.GetType())
            : null;
    }

    private string Primitive() => Type.GetTypeCode(StaticType) switch
    {
        TypeCode.Boolean => Static<bool>() ? "true" : "false",
        TypeCode.Single => Static<float>().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        TypeCode.Double => Static<double>().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        TypeCode.Char => $"'{ContentKey.Escaped($"{Static<char>()}")}'",
        TypeCode.Int32 => Static<int>().ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => _bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private bool IsCollection => !ComparesByValue(_object) && HostContents.IsCounted(_object!);

    private static bool ComparesByValue(object? value) => value is string or ValueType;
}
