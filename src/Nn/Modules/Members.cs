using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TensorGraph;

/// <summary>
/// Finds the modules and variables that an object's fields hold: directly, or in arrays, lists, dictionaries, tuples and records. Fields of automatic
/// properties and of base classes count; what else an object leads to does not.
/// </summary>
internal static partial class Members
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    // A collection that contains itself has no end.
    private const int DeepestContainer = 16;

    private static readonly ConcurrentDictionary<Type, (string Name, FieldInfo Field)[]> s_fields = [];

    /// <summary>The modules and variables in the fields of a module, with the names of the members; those of base classes first.</summary>
    public static IEnumerable<(string Name, object Part)> Of(Module module) => InFields(module, FieldsOfModule(module.GetType()), "", 0);

    /// <summary>The generators of random numbers in the fields of a module itself, with the names of the members.</summary>
    public static IEnumerable<(string Name, RandomGenerator Generator)> GeneratorsOf(Module module) =>
        FieldsOfModule(module.GetType()).Select(field => (field.Name, field.Field.GetValue(module) as RandomGenerator))
            .Where(entry => entry.Item2 is not null)!;

    /// <summary><c>MaxPool2D</c> is <c>max_pool2d</c>.</summary>
    public static string SnakeCase(string name) => Words().Replace(name, "_").ToLowerInvariant();

    // The annotation is what keeps the fields of modules in a trimmed program.
    private static (string Name, FieldInfo Field)[] FieldsOfModule(
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)] Type type) =>
        s_fields.TryGetValue(type, out var known) ? known : s_fields[type] = FieldsOf(type, typeof(Module));

    private static (string Name, FieldInfo Field)[] FieldsOfRecord(Type type) =>
        s_fields.GetOrAdd(type, static type => FieldsOf(type, typeof(object)));

    private static IEnumerable<(string Name, object Part)> InFields(object owner, (string Name, FieldInfo Field)[] fields, string path, int depth)
    {
        foreach (var (name, field) in fields)
        {
            foreach (var part in In(field.GetValue(owner), ModuleTree.Join(path, name), depth))
                yield return part;
        }
    }

    private static IEnumerable<(string Name, object Part)> In(object? value, string name, int depth)
    {
        if (value is Variable or Module)
            return [(name, value)];
        if (depth == DeepestContainer)
            return [];
        return value switch
        {
            null or string => [],
            ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => In(tuple[i], Item(name, i), depth + 1)),
            IDictionary map => Entries(map).SelectMany(entry => In(entry.Value, Item(name, entry.Key), depth + 1)),
            _ when Elements(value) is { } elements => elements.SelectMany((element, i) => In(element, Item(name, i), depth + 1)),
            _ when IsRecord(value.GetType()) => InFields(value, FieldsOfRecord(value.GetType()), name, depth + 1),
            _ => [],
        };
    }

    private static string Item(string name, object key) => $"{name}.{Convert.ToString(key, CultureInfo.InvariantCulture)}";

    private static List<DictionaryEntry> Entries(IDictionary map)
    {
        var entries = new List<DictionaryEntry>();
        // Cast would give pairs of a generic type.
        foreach (DictionaryEntry entry in map)
            entries.Add(entry);
        return entries;
    }

    // Only what is counted: to walk through anything else may compute it anew, or use it up.
    private static List<object?>? Elements(object value)
    {
        if (value is not (ICollection or IReadOnlyCollection<Module> or IReadOnlyCollection<Variable>))
            return null;
        try
        {
            return [.. ((IEnumerable)value).Cast<object?>()];
        }
        catch (InvalidOperationException)
        {
            // An immutable array that is not initialised.
            return [];
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields of modules are kept; of a record those that code uses.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Fields of modules are kept; of a record those that code uses.")]
    private static (string Name, FieldInfo Field)[] FieldsOf(Type type, Type end)
    {
        var levels = new Stack<Type>();
        for (var level = type; level is not null && level != end; level = level.BaseType)
            levels.Push(level);
        return
        [
            .. from level in levels
               from field in level.GetFields(Own)
               where MayHold(field.FieldType, 0)
               select (NameOf(field), field),
        ];
    }

    /// <summary>False for types whose values never lead to a module or variable, so that their fields need not be read.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Only asks which interfaces a type has.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Only asks which interfaces a type has.")]
    private static bool MayHold(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        // A type may be a collection of its own kind.
        if (depth == DeepestContainer || type == typeof(object) || type == typeof(Variable) || type == typeof(RandomGenerator)
            || typeof(Module).IsAssignableFrom(type))
            return true;
        if (type.IsPrimitive || type.IsPointer || type.IsEnum || type == typeof(string) || typeof(Delegate).IsAssignableFrom(type))
            return false;
        if (type.IsArray)
            return MayHold(type.GetElementType()!, depth + 1);
        if (typeof(ITuple).IsAssignableFrom(type) || typeof(IEnumerable).IsAssignableFrom(type))
        {
            var arguments = type.GetInterfaces().Append(type).Where(each => each.IsGenericType)
                .SelectMany(each => each.GetGenericArguments()).ToHashSet();
            return arguments.Count == 0 || arguments.Where(argument => argument != type).Any(argument => MayHold(argument, depth + 1));
        }

        return type.IsInterface || IsRecord(type);
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Without its method a record is an object like others.")]
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public) is not null;

    // _kernel, <Kernel>k__BackingField, and <kernel>P of a primary constructor.
    internal static string NameOf(FieldInfo field)
    {
        string name = field.Name.StartsWith('<') && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end
            ? field.Name[1..end]
            : field.Name;
        string bare = name.StartsWith("m_", StringComparison.Ordinal) ? name[2..] : name.TrimStart('_');
        return SnakeCase(bare.Length == 0 ? name : bare);
    }

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();
}
