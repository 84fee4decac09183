using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <summary>
/// The tensors of features and labels with their names, and back: a tensor, or a tuple, record, array, list or dictionary of such. Entries of a
/// dictionary are taken in the order of their keys, so that the order in which an input adds them makes no difference.
/// </summary>
internal static class Leaves
{
    private static readonly ConcurrentDictionary<Type, (ConstructorInfo Constructor, PropertyInfo[] Parts)?> s_records = [];

    public static List<(string Name, Tensor Value)> Flatten(object? structure, string name)
    {
        var leaves = new List<(string, Tensor)>();
        Add(structure, name, leaves);
        return leaves;
    }

    /// <summary>The same structure over other tensors.</summary>
    public static T Restore<T>(T like, IEnumerator<Tensor> next) => (T)Restored(like!, next);

    private static void Add(object? part, string name, List<(string, Tensor)> leaves)
    {
        switch (part)
        {
            case null:
                Throw.Raise(DiagnosticIds.NullArgument, "estimator", $"'{name}' of a batch is null", "Put a tensor in its place.");
                return;
            case Tensor tensor:
                leaves.Add((name, tensor));
                return;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                    Add(tuple[i], $"{name}.{i}", leaves);
                return;
            case IDictionary map:
                CheckRebuilt(map.GetType(), map.IsReadOnly, name);
                foreach (string key in Keys(map, name))
                    Add(map[key], $"{name}.{key}", leaves);
                return;
            case IList list:
                if (list is not Array { Rank: 1 })
                    CheckRebuilt(list.GetType(), list.IsReadOnly || list.IsFixedSize, name);
                for (int i = 0; i < list.Count; i++)
                    Add(list[i], $"{name}.{i}", leaves);
                return;
        }

        if (RecordOf(part.GetType()) is not { } record)
        {
            Misuse.Raise("estimator", $"'{name}' of a batch is a {part.GetType().Name}, which a graph can't take",
                "Features and labels may be tensors, or tuples, positional records, arrays and dictionaries of tensors.");
            return;
        }

        foreach (var property in record.Parts)
            Add(property.GetValue(part), $"{name}.{Members.SnakeCase(property.Name)}", leaves);
    }

    // The model function gets a collection of the same type.
    private static void CheckRebuilt(Type type, bool isFixed, string name)
    {
        if (isFixed || type.GetConstructor(Type.EmptyTypes) is null)
            Misuse.Raise("estimator", $"'{name}' of a batch is a {type.Name}, which can't be filled again", "Use an array, a List or a Dictionary.");
    }

    private static object Restored(object like, IEnumerator<Tensor> next)
    {
        switch (like)
        {
            case Tensor:
                next.MoveNext();
                return next.Current;
            case ITuple tuple:
                object[] items = [.. Enumerable.Range(0, tuple.Length).Select(i => Restored(tuple[i]!, next))];
                return Create(like.GetType(), items);
            case IDictionary map:
                var copy = EmptyLike(map);
                foreach (string key in Keys(map, ""))
                    copy[key] = Restored(map[key]!, next);
                return copy;
            case Array array:
                var other = Array.CreateInstance(array.GetType().GetElementType()!, array.Length);
                for (int i = 0; i < other.Length; i++)
                    other.SetValue(Restored(array.GetValue(i)!, next), i);
                return other;
            case IList list:
                var elements = (IList)Activator.CreateInstance(like.GetType())!;
                foreach (object? element in list)
                    elements.Add(Restored(element!, next));
                return elements;
        }

        var record = RecordOf(like.GetType())!.Value;
        object[] parts = [.. record.Parts.Select(part => Restored(part.GetValue(like)!, next))];
        return record.Constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, parts, null);
    }

    // With the comparer, so that a model function finds the keys that it found in the batch.
    private static IDictionary EmptyLike(IDictionary map)
    {
        if (map.GetType().GetProperty("Comparer")?.GetValue(map) is { } comparer && Array.Find(map.GetType().GetConstructors(), constructor =>
            constructor.GetParameters() is [var only] && only.Name == "comparer" && only.ParameterType.IsInstanceOfType(comparer)) is { } with)
            return (IDictionary)with.Invoke([comparer]);
        return (IDictionary)Activator.CreateInstance(map.GetType())!;
    }

    // A tuple of more than seven parts has the rest in a tuple.
    private static object Create(Type type, object[] items)
    {
        var types = type.GetGenericArguments();
        if (items.Length < 8)
            return Activator.CreateInstance(type, items)!;
        return Activator.CreateInstance(type, [.. items[..7], Create(types[7], items[7..])])!;
    }

    private static string[] Keys(IDictionary map, string name)
    {
        if (map.Keys.Cast<object>().FirstOrDefault(key => key is not string) is { } other)
            Misuse.Raise("estimator", $"'{name}' of a batch has a key that is a {other.GetType().Name}", "Use names as keys.");
        return [.. map.Keys.Cast<string>().Order(StringComparer.Ordinal)];
    }

    private static (ConstructorInfo Constructor, PropertyInfo[] Parts)? RecordOf(Type type) => s_records.GetOrAdd(type, static type =>
    {
        foreach (var constructor in type.GetConstructors())
        {
            PropertyInfo?[] parts = [.. constructor.GetParameters().Select(parameter =>
                type.GetProperty(parameter.Name!, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is { CanRead: true } property
                && property.PropertyType == parameter.ParameterType ? property : null)];
            if (parts.Length > 0 && !parts.Contains(null))
                return (constructor, [.. parts.Select(part => part!)]);
        }

        return null;
    });
}
