using System.Reflection;
using System.Text.RegularExpressions;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Calls a program in a random order of arguments, imperatively and traced, and compares results, printed lines and state.</summary>
internal static partial class DifferentialRunner
{
    /// <summary>Starts the answer of a program that the library refuses when it is called: with an ID, but not TG9, its own faults.</summary>
    public const string Refused = "refused when called: ";

    private const int Calls = 7;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static string? Difference(Type type, int seed)
    {
        string? difference = null;
        var thread = new Thread(() => difference = Compare(type, seed), maxStackSize: 16 << 20) { IsBackground = true };
        thread.Start();
        return thread.Join(s_limit) ? difference : "hang: the program did not end";
    }

    private static string? Compare(Type type, int seed)
    {
        string[] want = Transcript(type, seed, "F"), got = Transcript(type, seed, TwinNames.Entry("F"));
        return Report(want, got, "one thread") ?? (UsesStatics(type) || seed % 4 != 0 ? null : FromTwoThreads(type, seed));
    }

    private static string? FromTwoThreads(Type type, int seed)
    {
        int[] seeds = [seed, seed + 1];
        string[][] want = [.. seeds.Select(s => Transcript(type, s, "F"))];
        var got = new string[2][];
        Thread[] threads = [.. seeds.Select((s, i) => new Thread(() => got[i] = Transcript(type, s, TwinNames.Entry("F"), keep: true)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return Report(want[0], got[0], "first of two threads") ?? Report(want[1], got[1], "second of two threads");
    }

    // Two threads would race for these imperatively too.
    private static bool UsesStatics(Type type) => StaticFields(type).Any(field => field.GetValue(null) is { } value && value.ToString() != "0");

    private static FieldInfo[] StaticFields(Type type) => [.. type.GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(field => field.FieldType == typeof(Tensor))];

    private static string? Report(string[] want, string[] got, string how)
    {
        for (int i = 0; i < want.Length; i++)
        {
            if (want[i] == got[i])
                continue;
            // The effects ahead of an error are made by imperative code only: what later calls find differs then.
            if (RefusalId().Match(got[i]) is { Success: true } id && IsLibraryError(got[i]))
                return Refused + id.Value;
            if (IsThrownByHost(want[i]) && IsThrownByHost(got[i]))
                return Refused + "an exception of C# itself";
            return $"{how}, call {i}\nimperative: {want[i]}\ntraced:     {got[i]}";
        }
        return null;
    }

    private static string[] Transcript(Type type, int seed, string method, bool keep = false)
    {
        if (!keep)
        {
            foreach (FieldInfo field in StaticFields(type))
                field.SetValue(null, field.Name == "s_shared" ? (Tensor)0 : null);
        }
        object model = Activator.CreateInstance(type)!;
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Calls).Select(_ => Call(type, model, method, random))];
    }

    private static string Call(Type type, object model, string method, Random random)
    {
        Tensor Vector() => Enumerable.Range(random.Next(3), random.Next(1, 4)).ToArray();
        object[] arguments = [(Tensor)random.Next(8), (Tensor)random.Next(6), Vector(), Vector(), random.Next(4), random.Next(2) == 0, "abc".Substring(random.Next(3), 1)];
        type.GetField("Knob")!.SetValue(model, random.Next(3));
        FieldInfo rule = type.GetField("Rule")!;
        rule.SetValue(model, Activator.CreateInstance(type.Assembly.GetType(random.Next(2) == 0 ? "Low" : "High")!));
        string given = string.Join(", ", arguments);
        string result = BothWays.Run(model, method, arguments);
        IEnumerable<string> state = type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic)
            .Where(field => field.FieldType == typeof(Variable) || field.FieldType == typeof(int)).Select(field => $"{field.Name}={(field.GetValue(model) is Variable variable ? variable.Value : field.GetValue(model))}");
        return $"{result}; {string.Join(", ", state)} (from {given})";
    }

    // C# throws it while the method is traced.
    private static bool IsThrownByHost(string call) => call.StartsWith("InvalidOperationException: Collection was modified", StringComparison.Ordinal);

    // The library may say more in a trace.
    private static bool IsLibraryError(string call) => call.StartsWith(nameof(GraphException), StringComparison.Ordinal) || call.StartsWith("EscapedTensorException", StringComparison.Ordinal);

    [GeneratedRegex("TG[1-8][0-9]{3}")]
    private static partial Regex RefusalId();
}
