using System.Reflection;
using System.Text.RegularExpressions;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Calls a program in a random order of arguments, imperatively and traced, and compares results, printed lines and state.</summary>
internal static partial class DifferentialRunner
{
    /// <summary>Starts the answer of a program that fails when it is called: with the ID of a limit of tracing, or both ways with the same ID.</summary>
    public const string Refused = "refused when called: ";

    private const int Calls = 7;

    // What a trace cannot do, or only differently (docs/rules); an error of another ID is one of the imperative call too, or a defect.
    private static readonly HashSet<string> s_traceOnly = ["TG1001", "TG3001", "TG3003", "TG3004", "TG3005", "TG7002", "TG7003", "TG7004"];

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static string? Difference(Type type, int seed)
    {
        string? difference = null;
        var thread = new Thread(() => difference = Caught(() => Compare(type, seed)), maxStackSize: 16 << 20) { IsBackground = true };
        thread.Start();
        return thread.Join(s_limit) ? difference : "hang: the program did not end";
    }

    // An exception that leaves a thread would end the process, and with it the name of the seed.
    private static string? Caught(Func<string?> compare)
    {
        try
        {
            return compare();
        }
        catch (Exception failure)
        {
            return $"crash: {failure}";
        }
    }

    private static string? Compare(Type type, int seed)
    {
        bool isFloat = Shrinker.IsFloat(seed);
        string[] want = Transcript(type, seed, "F", isFloat), got = Transcript(type, seed, TwinNames.Entry("F"), isFloat);
        // Two threads would race for statics imperatively too.
        return Report(want, got, "one thread") ?? (StaticFields(type).Length > 0 || seed % 4 != 0 ? null : FromTwoThreads(type, seed, isFloat));
    }

    private static string? FromTwoThreads(Type type, int seed, bool isFloat)
    {
        int[] seeds = [seed, seed + 1];
        string[][] want = [.. seeds.Select(s => Transcript(type, s, "F", isFloat))];
        Task<string[]>[] got = [.. seeds.Select(s => Task.Run(() => Transcript(type, s, TwinNames.Entry("F"), isFloat)))];
        Task.WaitAll(got);
        return Report(want[0], got[0].Result, "first of two threads") ?? Report(want[1], got[1].Result, "second of two threads");
    }

    private static FieldInfo[] StaticFields(Type type) => [.. type.GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(field => field.FieldType == typeof(Tensor))];

    private static string? Report(string[] want, string[] got, string how)
    {
        for (int i = 0; i < want.Length; i++)
        {
            if (want[i] == got[i])
                continue;
            // The effects ahead of an error are made by imperative code only, and the library may say more in a trace: what follows differs then.
            if (ErrorId(got[i]) is { } id && (s_traceOnly.Contains(id) || id == ErrorId(want[i])))
                return Refused + id;
            // Where a branch is taken that assigns an element of a list; a trace does not mind.
            if (IsThrownByHost(want[i]))
                return Refused + "an exception of C# itself";
            return $"{how}, call {i}\nimperative: {want[i]}\ntraced:     {got[i]}";
        }
        return null;
    }

    private static string[] Transcript(Type type, int seed, string method, bool isFloat)
    {
        foreach (FieldInfo field in StaticFields(type))
            field.SetValue(null, field.Name == "s_shared" ? (Tensor)0 : null);
        object model = Activator.CreateInstance(type)!;
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Calls).Select(_ => Call(type, model, method, random, isFloat))];
    }

    private static string Call(Type type, object model, string method, Random random, bool isFloat)
    {
        Tensor Number(int value) => isFloat ? (Tensor)(double)value : (Tensor)value;
        Tensor Vector() => Ops.Stack([.. Enumerable.Range(random.Next(3), random.Next(1, 4)).Select(Number)]);
        object[] arguments = [Number(random.Next(8)), Number(random.Next(6)), Vector(), Vector(), random.Next(4), random.Next(2) == 0, "abc".Substring(random.Next(3), 1)];
        type.GetField("Knob")!.SetValue(model, random.Next(3));
        FieldInfo rule = type.GetField("Rule")!;
        rule.SetValue(model, Activator.CreateInstance(type.Assembly.GetType(random.Next(2) == 0 ? "Low" : "High")!));
        string given = string.Join(", ", arguments);
        string result = isFloat ? WithGradients(model, method, arguments) : BothWays.Run(model, method, arguments);
        // Not fields of tensors: after a trace they hold the graph's.
        IEnumerable<string> state = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(Variable) || field.FieldType == typeof(int))
            .Select(field => $"{field.Name}={(field.GetValue(model) is Variable variable ? variable.Value : field.GetValue(model))}");
        return $"{result}; {string.Join(", ", state)} (from {given})";
    }

    // Null says that there is no influence, which a graph that decides it when it runs cannot know: the gradient is 0 there. Which zero depends on the order of sums.
    private static string WithGradients(object model, string method, object[] arguments)
    {
        Tensor[] sources = [.. arguments.OfType<Tensor>()];
        using var tape = new GradientTape(persistent: true);
        foreach (Tensor source in sources)
            tape.Watch(source);
        string text = BothWays.Run(model, method, arguments, out object? result);
        return result is Tensor value ? $"{text}; {string.Join(", ", sources.Select(source => BothWays.Show((tape.Gradient(value, source) ?? source * 0) + 0)))}" : text;
    }

    private static bool IsThrownByHost(string call) => call.StartsWith("InvalidOperationException: Collection was modified", StringComparison.Ordinal);

    private static string? ErrorId(string call) => LibraryError().Match(call) is { Success: true } match ? match.Groups["id"].Value : null;

    [GeneratedRegex("^[A-Za-z]+Exception: (?<id>TG[1-8][0-9]{3})", RegexOptions.ExplicitCapture)]
    private static partial Regex LibraryError();
}
