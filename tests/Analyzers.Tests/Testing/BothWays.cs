using System.Linq.Expressions;
using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests;

/// <summary>Runs a method of a compiled <c>Model</c> imperatively, as C#, and traced, through its entry; and compares results and logs.</summary>
internal static class BothWays
{
    /// <summary>The member that a test program declares to log values in the order in which they appear, whoever runs it.</summary>
    public const string LogMember = """
            public readonly List<string> Lines = new();
            private void Log(Tensor x) => Ops.HostCall((Tensor t) => Lines.Add(t.ToString()!), x);
        """;

    /// <summary>Compares the runs for each of the arguments, which are made anew for each run: nothing may leak from one to the other.</summary>
    /// <returns>The instance whose method was traced.</returns>
    public static object AssertEqual(Assembly program, string method, params Func<object?[]>[] arguments)
    {
        Type type = program.GetType("Model")!;
        object imperative = Activator.CreateInstance(type)!;
        object traced = Activator.CreateInstance(type)!;
        foreach (Func<object?[]> make in arguments)
        {
            string want = Run(imperative, method, make());
            string got = Run(traced, TwinNames.Entry(method), make());
            Assert.True(want == got, $"{method}({string.Join(", ", make().Select(Show))})\nimperative: {want}\ntraced:     {got}");
        }
        return traced;
    }

    /// <summary>The handle of a graph function of <paramref name="model"/>.</summary>
    public static GraphFunction FunctionOf(object model, string method)
    {
        MethodInfo info = model.GetType().GetMethod(method)!;
        Type type = Expression.GetDelegateType([.. info.GetParameters().Select(p => p.ParameterType), info.ReturnType]);
        return GraphFunction.Of(info.CreateDelegate(type, info.IsStatic ? null : model));
    }

    /// <summary>Result and log, or the exception's type and message.</summary>
    public static string Run(object model, string method, object?[] arguments) => Run(model, method, arguments, out _);

    /// <inheritdoc cref="Run(object, string, object[])"/>
    public static string Run(object model, string method, object?[] arguments, out object? value)
    {
        MethodInfo target = model.GetType().GetMethod(method, BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        var lines = (List<string>)model.GetType().GetField("Lines")!.GetValue(model)!;
        lines.Clear();
        string result;
        value = null;
        try
        {
            value = target.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            result = Show(value);
        }
        catch (Exception failure) when (failure is InvalidOperationException or GraphException)
        {
            result = $"{failure.GetType().Name}: {failure.Message}";
        }
        return $"{result} after [{string.Join(", ", lines)}]";
    }

    public static string Show(object? value) => value switch
    {
        null => "null",
        System.Runtime.CompilerServices.ITuple tuple => "(" + string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Show(tuple[i]))) + ")",
        Array array => "[" + string.Join(", ", array.Cast<object?>().Select(Show)) + "]",
        _ => value.ToString()!,
    };
}
