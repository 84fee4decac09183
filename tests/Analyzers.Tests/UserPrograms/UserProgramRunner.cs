using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests.UserPrograms;

/// <summary>Runs the scenario of a program, built as plain C# and with the generator, and compares all that can be seen from outside.</summary>
internal sealed partial class UserProgramRunner(Assembly plain, Assembly converted)
{
    private const int Calls = 12;

    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    /// <summary>True if a type of the program has a static field that may change.</summary>
    public bool HasStatics { get; } = plain.GetTypes().Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)))
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Any(field => !field.IsInitOnly && !field.IsLiteral);

    public void Compare(int seed) => AssertEqual(Transcript(plain, seed), InTime(() => Transcript(converted, seed)), "one thread");

    public void CompareThreads()
    {
        string[][] want = [Transcript(plain, 3), Transcript(plain, 4)];
        string[][] got = InTime(() =>
            Task.WhenAll(Task.Run(() => Transcript(converted, 3)), Task.Run(() => Transcript(converted, 4))).GetAwaiter().GetResult());
        AssertEqual(want[0], got[0], "first of two threads");
        AssertEqual(want[1], got[1], "second of two threads");
    }

    private static T InTime<T>(Func<T> run)
    {
        Task<T> task = Task.Run(run);
        Assert.True(Task.WhenAny(task, Task.Delay(s_limit)).GetAwaiter().GetResult() == task, "hang: the program did not end");
        return task.GetAwaiter().GetResult();
    }

    private string[] Transcript(Assembly program, int seed)
    {
        Type type = program.GetType("Scenario")!;
        object scenario = Activator.CreateInstance(type)!;
        MethodInfo[] calls =
        [
            .. type.GetMethods().Where(m => m.DeclaringType == type && m.GetParameters() is [{ } only] && only.ParameterType == typeof(Random))
                .OrderBy(m => m.Name, StringComparer.Ordinal),
        ];
        MethodInfo? state = type.GetMethod("State"), traces = type.GetMethod("Traces");
        var order = new Random(seed);
        var lines = new List<string>();
        for (int i = 0; i < Calls; i++)
        {
            MethodInfo call = calls[order.Next(calls.Length)];
            int random = order.Next();
            lines.Add($"call {i}, {call.Name}: {Result(() => Invoke(call, new Random(random)))}");
            if (state is not null)
                lines.Add($"state after call {i}, {call.Name}: {Result(() => Invoke(state))}");
        }
        if (traces is not null && program == converted)
        {
            var (count, most) = ((int, int))Invoke(traces)!;
            Assert.True(count <= most, $"{count} traces, needed are {most}");
        }
        return [.. lines];

        object? Invoke(MethodInfo method, params object[] arguments) => method.Invoke(scenario, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }

    private static string Result(Func<object?> run)
    {
        try
        {
            object? result = run();
            if (result is Task task)
            {
                task.GetAwaiter().GetResult();
                result = task.GetType().GetProperty("Result")?.GetValue(task);
            }
            return Show(result);
        }
        catch (Exception failure) when (failure is not NullReferenceException and not InvalidCastException)
        {
            return $"{failure.GetType().Name}: {failure.Message}";
        }
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        string text => text,
        Tensor tensor => $"{tensor.Type}[{string.Join(", ", tensor.ToLiteral().Data.Cast<object>().Select(Show))}]",
        Variable variable => Show(variable.Value),
        ITuple tuple => "(" + string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Show(tuple[i]))) + ")",
        IEnumerable items => "[" + string.Join(", ", items.Cast<object?>().Select(Show)) + "]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static void AssertEqual(string[] want, string[] got, string how)
    {
        for (int i = 0; i < want.Length; i++)
            Assert.True(IsClose(want[i], got[i]), $"{how}\nplain:  {want[i]}\ntraced: {got[i]}");
    }

    // A fused kernel rounds at other places.
    private static bool IsClose(string want, string got)
    {
        if (want == got)
            return true;
        MatchCollection wanted = Numbers().Matches(want), given = Numbers().Matches(got);
        return Numbers().Replace(want, "#") == Numbers().Replace(got, "#")
            && wanted.Zip(given).All(pair => IsClose(Parse(pair.First), Parse(pair.Second)));
    }

    private static bool IsClose(double want, double got) => Math.Abs(want - got) <= 2e-5 + 2e-4 * Math.Abs(want);

    private static double Parse(Match number) => double.Parse(number.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![A-Za-z_])-?\d+(\.\d+)?(E[+-]?\d+)?", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex Numbers();
}
