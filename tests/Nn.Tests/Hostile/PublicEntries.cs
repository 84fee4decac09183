using System.Linq.Expressions;
using System.Reflection;

namespace TensorGraph.Tests.Hostile;

/// <summary>A public method, constructor or property of TensorGraph, ready to be called with an array of arguments.</summary>
internal sealed record PublicEntry(string Name, bool IsInstance, Type[] Parameters, Func<object?[], object?> Call)
{
    private static readonly Type[] Closed = [typeof(Tensor), typeof(float), typeof((Tensor, Tensor))];

    // What a program does not call with data: switches, generated code, exceptions, the page writer.
    private static readonly string[] Without =
        ["Flags", "Flag", "GraphFunctions", "OpTable", "Throw", "DiagnosticIds", "GraphFunctionDefinition", "GraphFunction`1", "Devices", "Device", "DeviceStream", "TensorGraphOptions", "DebugAssertions", "TraceAssertions", "GraphRecorder", "TensorBoardWriter", "CsvLog", "TensorBoardLog"];

    // Element access of a literal is that of its array, for the inner loops of the reference meanings.
    private static readonly string[] Elements = ["Entry", "GetDouble", "GetLong", "GetString", "SetDouble", "SetLong", "Copy", "CopyFrom", "Print", "Bytes"];

    /// <summary>True for the constructor of a module.</summary>
    public bool MakesModule { get; init; }

    /// <summary>All entries of the namespace TensorGraph, in the order of their names.</summary>
    public static IEnumerable<PublicEntry> All =>
        from assembly in new[] { typeof(Dim).Assembly, typeof(Tensor).Assembly, typeof(Dense).Assembly }
        from type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)
        where type.Namespace == "TensorGraph" && !Without.Contains(type.Name) && !type.IsSubclassOf(typeof(Exception)) && type != typeof(GraphException)
            && !type.IsSubclassOf(typeof(Attribute)) && !type.IsSubclassOf(typeof(Delegate)) && !type.IsByRefLike
        where !type.Name.StartsWith('<') && type.DeclaringType is null
        from closed in Close(type)
        from method in closed.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance).OfType<MethodBase>()
        where method.DeclaringType == closed || (closed.IsSubclassOf(typeof(Module)) && method.Name == nameof(Module.Call))
        where !(method.DeclaringType!.IsAbstract && method is ConstructorInfo) && !method.Name.StartsWith('<') && !method.Name.StartsWith("__", StringComparison.Ordinal)
            && !(type == typeof(Literal) && Elements.Contains(method.Name))
        from entry in Of(method)
        select entry;

    private static IEnumerable<Type> Close(Type type) =>
        !type.IsGenericTypeDefinition ? [type] : type.GetGenericArguments().Length == 1 ? [type.MakeGenericType(typeof(Tensor))] : [];

    private static IEnumerable<PublicEntry> Of(MethodBase method)
    {
        if (method is MethodInfo { IsGenericMethodDefinition: true } open)
        {
            foreach (var argument in Closed)
            {
                MethodInfo closed;
                try
                {
                    closed = open.MakeGenericMethod([.. open.GetGenericArguments().Select(_ => argument)]);
                }
                catch (ArgumentException)
                {
                    continue;
                }

                yield return Make(closed);
            }
        }
        else if (!method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef))
        {
            yield return Make(method);
        }
    }

    // Spans can't be boxed: they are passed as arrays.
    private static PublicEntry Make(MethodBase method)
    {
        var given = Expression.Parameter(typeof(object?[]));
        List<Type> types = [];
        var instance = method.IsStatic || method is ConstructorInfo ? null : Next(method.ReflectedType!);
        Expression[] arguments = [.. method.GetParameters().Select(parameter => Next(parameter.ParameterType))];
        Expression call = method is ConstructorInfo constructor ? Expression.New(constructor, arguments) : Expression.Call(instance, (MethodInfo)method, arguments);
        // A scope that stays open would name what comes after it.
        if (call.Type == typeof(NameScope))
            call = Expression.Call(call, nameof(NameScope.Dispose), null);
        Expression body = call.Type == typeof(void) || call.Type.IsByRefLike ? Expression.Block(call, Expression.Constant(null)) : Expression.Convert(call, typeof(object));
        string name = $"{method.ReflectedType!.Name}.{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name))})";
        return new(name, instance is not null, [.. types], Expression.Lambda<Func<object?[], object?>>(body, given).Compile())
        {
            MakesModule = method is ConstructorInfo && method.DeclaringType!.IsSubclassOf(typeof(Module)),
        };

        Expression Next(Type type)
        {
            bool isSpan = type.IsByRefLike && type.GetGenericTypeDefinition() is var open && 
                (open == typeof(ReadOnlySpan<>) || open == typeof(Span<>) || open == typeof(System.Numerics.Tensors.TensorSpan<>)
                || open == typeof(System.Numerics.Tensors.ReadOnlyTensorSpan<>));
            var boxed = isSpan ? type.GetGenericArguments()[0].MakeArrayType() : type;
            var argument = Expression.Convert(Expression.ArrayIndex(given, Expression.Constant(types.Count)), boxed);
            types.Add(boxed);
            return isSpan ? Expression.Convert(argument, type, type.GetMethod("op_Implicit", [boxed])) : argument;
        }
    }
}
