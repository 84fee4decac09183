using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// A record, or a struct with objects in it, by the content of its fields. Where the record is the same object, the fields that the trace read are
/// compared as C# state (<see cref="StateGuard"/>), so that others may change.
/// </summary>
internal sealed class FieldContents : ContentKey
{
    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = [];

    private readonly Type _type;
    private readonly object?[] _parts;
    private readonly string? _text;

    public FieldContents(object value, Content content)
        : base(value)
    {
        _type = value.GetType();
        _parts = [.. FieldsOf(_type).Select(field => content.Key(field.GetValue(value)))];
        _text = value is IFormattable || _type.Assembly == typeof(Dim).Assembly ? TextOf(value) : null;
    }

    protected override IEnumerable<object?> Parts => _parts;

    /// <summary>True for a record class.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Without its method a record is compared by identity.")]
    public static bool IsRecord(Type type) => type.GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public) is not null;

    public override bool Matches(object? value) => IsSameObject(value) || base.Matches(value);

    protected override bool HasContent(object? value)
    {
        if (value?.GetType() != _type)
            return false;
        var fields = FieldsOf(_type);
        for (int i = 0; i < fields.Length; i++)
        {
            if (!Matches(_parts[i], fields[i].GetValue(value)))
                return false;
        }

        return true;
    }

    public override string ToString() => _text is not null ? _text : typeof(ITuple).IsAssignableFrom(_type) ? $"({Text(_parts)})"
        : $"{_type.Name} {{ {string.Join(", ", FieldsOf(_type).Zip(_parts, (field, part) => $"{NameOf(field)} = {Text(part)}"))} }}";

    private static string NameOf(FieldInfo field) =>
        field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A field that was trimmed away is read by no code.")]
    private static FieldInfo[] FieldsOf(Type type) => s_fields.GetOrAdd(type, static type =>
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var fields = new List<FieldInfo>();
        for (var level = type; level is not null; level = level.BaseType)
            fields.AddRange(level.GetFields(own));
        return [.. fields];
    });
}
