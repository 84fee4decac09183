using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Names the variable in which a tensor outlived its trace, for the error that says so. Breadth first through what the graph function can have
/// reached: fields of its instance, arguments, static fields, captured locals, and elements of collections in these. No code of the user's runs.
/// </summary>
/// <remarks>What trimming or native AOT compilation removed is not seen; then the error names the op and its line.</remarks>
internal sealed class EscapeSearch
{
    private const int MostObjects = 20_000;

    private readonly object _wanted;
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<(object Holder, string Path)> _next = [];
    private string? _found;

    private EscapeSearch(object wanted) => _wanted = wanted;

    /// <summary>
    /// The variable that holds an object, such as <c>Model.Last</c>, <c>Model._states[2]</c> or <c>kept</c>; null when none is found.
    /// </summary>
    public static string? NameOf(object wanted, TraceContext trace)
    {
        var search = new EscapeSearch(wanted);
        Try(() => search.AddRoots(trace));
        if (ExecutionContext.Current is TraceContext other && other != trace)
            search.AddRoots(other);
        while (search._found is null && search._next.TryDequeue(out var next))
            Try(() => search.Open(next.Holder, next.Path));
        return search._found;
    }

    private void AddRoots(TraceContext trace)
    {
        foreach (var call in trace.Calls)
        {
            Enter(call.Receiver, "");
            foreach (var (name, value) in call.Arguments)
                Enter(value, name);
            AddStatics(call.DeclaringType);
        }

        foreach (var function in HostFunctions(trace.Builder.Body))
            Enter(function, "");

        foreach (var assembly in trace.Calls.Select(call => call.DeclaringType.Assembly).Distinct())
        {
            // To read a static field of a class that was never used would run its initializer.
            foreach (var type in TypesOf(assembly).Where(type => type.TypeInitializer is null && !IsGenerated(type)))
                AddStatics(type);
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "A field that was trimmed away is not named.")]
    private void AddStatics(Type type)
    {
        if (type.ContainsGenericParameters || !_seen.Add(type))
            return;
        foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        {
            if (!field.IsLiteral && CanHold(field.FieldType))
                Enter(field.GetValue(null), PathOf("", field));
        }
    }

    private void Open(object holder, string path)
    {
        switch (holder)
        {
            case Delegate function:
                foreach (var each in function.GetInvocationList())
                    Enter(each.Target, each.Target is { } target && IsGenerated(target.GetType()) ? "" : After(path, ".Target"));
                break;
            case ITuple tuple when IsSystem(tuple.GetType()):
                for (int i = 0; i < tuple.Length; i++)
                    Enter(tuple[i], After(path, $".Item{i + 1}"));
                break;
            case IDictionary map when IsCollection(map):
                foreach (DictionaryEntry entry in map)
                    Enter(entry.Value, After(path, $"[{KeyOf(entry.Key)}]"));
                break;
            case IEnumerable items when IsCollection(items):
                bool isIndexed = items is IList and not Array { Rank: > 1 };
                int next = 0;
                foreach (object? item in items)
                    Enter(item, isIndexed ? After(path, $"[{next++}]") : path);
                break;
            default:
                OpenFields(holder, path);
                break;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A field that was trimmed away is not named.")]
    private void OpenFields(object holder, string path)
    {
        for (var type = holder.GetType(); type is not null && !IsOpaque(type); type = type.BaseType)
        {
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (CanHold(field.FieldType))
                    Enter(field.GetValue(holder), PathOf(path, field));
            }
        }
    }

    private void Enter(object? value, string path)
    {
        if (ReferenceEquals(value, _wanted) && path.Length > 0)
            _found ??= path;
        else if (value is not (null or string or Tensor or Variable or TensorArray or Type) && _seen.Count < MostObjects && _seen.Add(value))
            _next.Enqueue((value, path));
    }

    private static IEnumerable<Delegate> HostFunctions(IEnumerable<Node> nodes) => nodes.SelectMany(node =>
        node.Op == OpDefs.HostCall ? [node.Attrs.Get<Resource>("fn").HostFunction!] : node.Regions.SelectMany(region => HostFunctions(region.Body)));

    // Empty stands for what has no name of its own, such as a closure.
    private static string After(string path, string part) => path.Length > 0 ? path + part : "";

    private static string KeyOf(object key) => key is string text ? $"\"{text}\""
        : key is Enum || IsSystem(key.GetType()) ? Convert.ToString(key, CultureInfo.InvariantCulture)! : key.GetType().Name;

    private static string PathOf(string path, FieldInfo field)
    {
        var type = field.DeclaringType!;
        string name = NameOf(field);
        if (type.Assembly == typeof(Tensor).Assembly)
            return "";
        if (name.Length == 0 || IsGenerated(type))
            return name;
        return path.Length > 0 ? $"{path}.{name}" : $"{type.Name.Split('`')[0]}.{name}";
    }

    private static bool IsGenerated(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    // The compiler's names: <Last>k__BackingField of a property, <scale>P of a parameter of the class, <>3__x of a parameter of an iterator;
    // <>4__this and CS$<>8__locals1 lead from closures to what they share. Captured locals are called as they are.
    private static string NameOf(FieldInfo field)
    {
        string name = field.Name;
        int start = name.IndexOf('<', StringComparison.Ordinal), end = name.IndexOf('>', StringComparison.Ordinal);
        if (end < 0)
            return name;
        return end > start + 1 ? name[(start + 1)..end] : name.StartsWith("<>3__", StringComparison.Ordinal) ? name[5..] : "";
    }

    private static bool CanHold(Type type) =>
        !type.IsPrimitive && !type.IsEnum && !type.IsPointer && !type.IsFunctionPointer && type != typeof(string);

    // A collection of the user's own is looked at by its fields: its enumerator would run code.
    private static bool IsCollection(IEnumerable items)
    {
        var type = items.GetType();
        return HostContents.IsCounted(items)
            && (type.IsArray ? CanHold(type.GetElementType()!)
            : IsSystem(type) && (!type.IsGenericType || Array.Exists(type.GenericTypeArguments, CanHold)));
    }

    private static bool IsSystem(Type type) =>
        type.Namespace is { } name && (name == "System" || name.StartsWith("System.", StringComparison.Ordinal));

    // What only leads into the framework or into the traces and graphs themselves. Closures of the library's hold delegates of the user's.
    private static bool IsOpaque(Type type) =>
        type.IsArray || IsSystem(type) || type.Assembly == typeof(Node).Assembly || type.Assembly == typeof(Device).Assembly
        || (type.Assembly == typeof(Tensor).Assembly && !IsGenerated(type));

    // What another thread changes meanwhile is passed over.
    private static void Try(Action step)
    {
        try
        {
            step();
        }
        catch (InvalidOperationException)
        {
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A type that was trimmed away is not named.")]
    private static Type[] TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException partly)
        {
            return [.. partly.Types.OfType<Type>()];
        }
    }
}
