using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace TensorGraph.Tests;

/// <summary>The behaviours of graph functions, as the tests of Tracing have them, on a device.</summary>
/// <param name="Cases">Facts, and rows of theories.</param>
/// <param name="Left">Tests for which there was no time.</param>
/// <param name="Seconds">The time that it took.</param>
/// <param name="Failures">Those that fail.</param>
internal sealed record BehaviourRun(int Cases, int Left, double Seconds, List<string> Failures)
{
    // Every so many classes, where a look is enough.
    private const int QuickStep = 8;

    public static BehaviourRun Run(Device device, TimeSpan budget, bool isQuick)
    {
        TensorGraphOptions.Default = TensorGraphOptions.Default with { Device = device, Warnings = TextWriter.Null };
        var clock = Stopwatch.StartNew();
        var failures = new List<string>();
        int cases = 0, left = 0;
        Type[] classes = Classes();
        for (int at = 0; at < classes.Length; at += isQuick ? QuickStep : 1)
        {
            foreach (MethodInfo test in classes[at].GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null }))
            {
                if (clock.Elapsed > budget)
                {
                    left++;
                    continue;
                }
                foreach (object?[] arguments in Rows(test))
                {
                    cases++;
                    if (Fault(test, arguments) is { } fault) failures.Add($"{classes[at].Name}.{test.Name}({string.Join(", ", arguments)}): {fault.Message.ReplaceLineEndings(" ")}");
                }
            }
        }
        return new(cases, left, clock.Elapsed.TotalSeconds, failures);
    }

    // The classes of the folder Behaviours, by the names of their files.
    private static Type[] Classes()
    {
        string names = typeof(BehaviourRun).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Behaviours").Value!;
        HashSet<string> files = [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return [.. Assembly.Load("Tracing.Tests").GetTypes().Where(type => files.Contains(type.Name)).OrderBy(type => type.Name, StringComparer.Ordinal)];
    }

    private static IEnumerable<object?[]> Rows(MethodInfo test) => test.GetCustomAttribute<TheoryAttribute>() is null
        ? [[]] : test.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(test));

    private static Exception? Fault(MethodInfo test, object?[] arguments)
    {
        try
        {
            object? instance = test.IsStatic ? null : Activator.CreateInstance(test.DeclaringType!);
            using (instance as IDisposable)
            {
                object?[] all = Complete(test.GetParameters(), arguments);
                if (test.Invoke(instance, BindingFlags.OptionalParamBinding, binder: null, all, culture: null) is Task task) task.GetAwaiter().GetResult();
            }
            return null;
        }
        catch (TargetInvocationException fault)
        {
            return fault.InnerException;
        }
    }

    // With what may be left out, and an array of what may be many.
    private static object?[] Complete(ParameterInfo[] parameters, object?[] arguments)
    {
        if (parameters is not [.., var last] || !last.IsDefined(typeof(ParamArrayAttribute))
            || (arguments.Length == parameters.Length && last.ParameterType.IsInstanceOfType(arguments[^1])))
            return [.. arguments, .. Enumerable.Repeat(Type.Missing, parameters.Length - arguments.Length)];
        object?[] rest = arguments[(parameters.Length - 1)..];
        Type type = last.ParameterType.GetElementType()!;
        var array = Array.CreateInstance(type, rest.Length);
        for (int i = 0; i < rest.Length; i++) array.SetValue(rest[i] is IConvertible value ? Convert.ChangeType(value, type, CultureInfo.InvariantCulture) : rest[i], i);
        return [.. arguments[..(parameters.Length - 1)], array];
    }
}
