using System.Collections;
using System.Globalization;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A C# collection, record or struct as it was when a trace began, compared by what is in it. Numbers and text are compared by value, collections,
/// records and structs inside by content, delegates by <see cref="DelegateKey"/>, other objects by identity and held weakly.
/// </summary>
internal abstract class ContentKey
{
    private readonly WeakReference? _object;
    private bool _isKept;

    protected ContentKey(object? value)
    {
        if (value is not (null or ValueType))
            _object = new(value);
    }

    /// <summary>The keys of what is in it.</summary>
    protected abstract IEnumerable<object?> Parts { get; }

    /// <summary>True when an object that it must lead to is gone: no value has this content again.</summary>
    public bool IsDead => (_isKept && !_object!.IsAlive)
        || Parts.Any(part => part is WeakReference { IsAlive: false } or DelegateKey { IsDead: true } or ContentKey { IsDead: true });

    /// <summary>
    /// True for an object that comes before <see cref="HasContent"/>: where it is the same one, what is read of it is compared elsewhere.
    /// </summary>
    protected bool IsSameObject(object? value) => _object?.Target is { } mine && ReferenceEquals(mine, value);

    public virtual bool Matches(object? value) => (!_isKept || IsSameObject(value)) && HasContent(value);

    protected abstract bool HasContent(object? value);

    /// <summary>Compares those objects by identity too that the trace keeps.</summary>
    public void Settle(Func<object, bool> isKept)
    {
        _isKept = _object?.Target is { } mine && isKept(mine);
        foreach (object? part in Parts)
            (part as ContentKey)?.Settle(isKept);
    }

    /// <summary>The form of a value in a key.</summary>
    public static object? Of(object? value) => new Content().Key(value);

    /// <summary>A text on one line, without characters that move a cursor.</summary>
    public static string Escaped(string text) => !text.Any(char.IsControl) ? text : string.Concat(text.Select(c =>
        !char.IsControl(c) ? $"{c}" : c == '\n' ? "\\n" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")));

    /// <summary>True for a value that is the same to everything that a graph function can ask of it.</summary>
    public static bool Matches(object? key, object? value) => key switch
    {
        ContentKey contents => contents.Matches(value),
        DelegateKey function => function.Matches(value),
        WeakReference weak => weak.Target is { } target && ReferenceEquals(target, value),
        _ => ExactValue.Same(key, value),
    };

    /// <summary>A few of the parts.</summary>
    protected static string Text(IEnumerable items)
    {
        const int Most = 8;
        string[] texts = [.. items.Cast<object?>().Take(Most + 1).Select(Text)];
        return $"{string.Join(", ", texts.Take(Most))}{(texts.Length > Most ? ", …" : "")}";
    }

    protected static string Text(object? part) =>
        part is WeakReference weak ? weak.Target is Type type ? TextOf(type) : weak.Target?.GetType().Name ?? "an object that is gone"
        : part is null ? "" : TextOf(part);

    /// <summary>The text of a value for people; of one whose own code fails to give it, the type.</summary>
    public static string TextOf(object value)
    {
        if (value is Type type)
            return $"typeof({TypeNames.Of(type)})";
        try
        {
            return Escaped(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        }
        catch (Exception)
        {
            return value.GetType().Name;
        }
    }

    /// <summary>Objects that were taken into a key so far: objects that lead to themselves, and very large ones, are compared by identity.</summary>
    internal sealed class Content
    {
        private const int MostParts = 10_000;

        private readonly HashSet<object> _around = new(ReferenceEqualityComparer.Instance);
        private int _parts;

        public object? Key(object? value)
        {
            switch (value)
            {
                case null or string:
                    return value;
                case Delegate function:
                    return new DelegateKey(function);
                // To read one is to move it.
                case IEnumerator:
                    return new WeakReference(value);
                case ValueType:
                    return ExactValue.HasObjects(value.GetType()) ? new FieldContents(value, this) : value;
            }

            bool isCollection = HostContents.IsCounted(value);
            if (!(isCollection || FieldContents.IsRecord(value.GetType())) || ++_parts > MostParts || !_around.Add(value))
                return new WeakReference(value);
            ContentKey key = isCollection ? new HostContents(value, this) : new FieldContents(value, this);
            _around.Remove(value);
            return key;
        }
    }
}
