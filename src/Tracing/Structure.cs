using System.Collections.Concurrent;
using System.Reflection;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Tensors inside tuples, records, structs and arrays, for functions that take a delegate: what the generator writes for a graph function's
/// parameters is found by reflection here. A type is made of its parts if a public constructor takes all of them.
/// </summary>
internal static class Structure
{
    private static readonly ConcurrentDictionary<Type, Parts?> s_parts = new();

    private sealed record Parts(ConstructorInfo? Constructor, string[] Names, Func<object, object?>[] Read);

    /// <summary>The tensors in order, each with its name.</summary>
    /// <exception cref="GraphException">TG1002 null; TG3001 a value that is not made of tensors.</exception>
    public static (string Name, Tensor Value)[] Flatten(object? structure, string op, string name)
    {
        switch (structure)
        {
            case null:
                throw new GraphException(DiagnosticIds.NullArgument, $"{op}: '{name}' is null",
                    "Pass a tensor, or a structure of tensors without null.", SourceSpan.Capture());
            case Tensor tensor:
                return [(name, tensor)];
            case Array { Rank: 1 } array:
                return [.. array.Cast<object?>().SelectMany((element, i) => Flatten(element, op, $"{name}[{i}]"))];
        }

        if (PartsOf(structure.GetType()) is not { } parts)
        {
            throw new GraphException(
                DiagnosticIds.CarriedTypeChanged, $"{op}: '{name}' is a {structure.GetType().Name}, which a graph cannot carry",
                "It may be a tensor, a tuple, a positional record or an array of tensors, or these inside each other; make a number or a bool a Tensor.", SourceSpan.Capture());
        }

        return [.. parts.Names.SelectMany((part, i) => Flatten(parts.Read[i](structure), op, $"{name}.{part}"))];
    }

    /// <summary>The same structure over other tensors.</summary>
    public static T Restore<T>(T like, IEnumerable<Tensor> values)
    {
        using var next = values.GetEnumerator();
        return (T)Restore(like!, next);
    }

    private static object Restore(object like, IEnumerator<Tensor> next)
    {
        switch (like)
        {
            case Tensor:
                next.MoveNext();
                return next.Current;
            case Array array:
                var copy = Array.CreateInstance(array.GetType().GetElementType()!, array.Length);
                for (int i = 0; i < copy.Length; i++)
                    copy.SetValue(Restore(array.GetValue(i)!, next), i);
                return copy;
        }

        var parts = PartsOf(like.GetType())!;
        object[] values = [.. parts.Read.Select(read => Restore(read(like)!, next))];
        return parts.Constructor?.Invoke(BindingFlags.DoNotWrapExceptions, null, values, null) ?? like;
    }

    private static Parts? PartsOf(Type type) => s_parts.GetOrAdd(type, static type =>
    {
        if (type == typeof(ValueTuple))
            return new(null, [], []);
        foreach (var constructor in type.GetConstructors())
        {
            MemberInfo?[] members = [.. constructor.GetParameters().Select(parameter => MemberOf(type, parameter))];
            if (members.Length > 0 && !members.Contains(null))
                return new(constructor, [.. members.Select(member => member!.Name)], [.. members.Select(member => Reader(member!))]);
        }

        return null;
    });

    // The property or field that a parameter of the constructor sets, by their names.
    private static MemberInfo? MemberOf(Type type, ParameterInfo parameter)
    {
        const BindingFlags members = BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase;
        if (type.GetProperty(parameter.Name!, members) is { CanRead: true } property && property.PropertyType == parameter.ParameterType)
            return property;
        return type.GetField(parameter.Name!, members) is { } field && field.FieldType == parameter.ParameterType ? field : null;
    }

    private static Func<object, object?> Reader(MemberInfo member) =>
        member is PropertyInfo property ? property.GetValue : ((FieldInfo)member).GetValue;
}
