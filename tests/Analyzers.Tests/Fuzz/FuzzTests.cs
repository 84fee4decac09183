using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Random methods give the same results, and log the same values in the same order, imperatively and traced; and the same gradients.</summary>
public sealed class FuzzTests
{
    private const int ProgramsPerAssembly = 25;

    private const string Helpers = FuzzedMembers.Text + """

            public readonly Variable W = new(0.6);
            private Tensor State { get; set; } = 0;
        """;

    private const string Refused = "refused";

    /// <summary>50 programs, or 1,000 others in the long run.</summary>
    [Fact]
    public void Random_methods_agree() => Check(first: LongRun.IsOn ? 1000 : 1, count: LongRun.IsOn ? 1000 : 50);

    /// <summary>15 smooth programs, or 300 others in the long run.</summary>
    [Fact]
    public void Gradients_of_random_methods_agree() => Check(first: LongRun.IsOn ? 1000 : 1, count: LongRun.IsOn ? 300 : 15, isSmooth: true);

    private static void Check(int first, int count, bool isSmooth = false)
    {
        int refused = 0;
        for (int start = first; start < first + count; start += ProgramsPerAssembly)
        {
            int[] seeds = [.. Enumerable.Range(start, Math.Min(ProgramsPerAssembly, first + count - start))];
            Assembly program = Roslyn.Load(Source(seeds.Select(seed => (new RandomProgram(seed, isSmooth).Body(), $"F{seed}")), isSmooth));
            foreach (int seed in seeds)
            {
                string? difference = Difference(program, $"F{seed}", isSmooth);
                if (difference == Refused)
                    refused++;
                else if (difference is not null)
                    Assert.Fail($"seed {seed}: {difference}\n{Smallest(new RandomProgram(seed, isSmooth).Body(), isSmooth)}");
            }
        }

        Assert.InRange(refused, 0, count / 2);
    }

    private static string Source(IEnumerable<(Statement[] Body, string Name)> methods, bool isSmooth)
    {
        var source = new StringBuilder("public partial class Model\n{\n").Append(Helpers).Append('\n');
        foreach ((Statement[] body, string name) in methods)
            source.Append(isSmooth ? RandomProgram.PrintSmooth(body, name) : RandomProgram.Print(body, name)).Append('\n');
        return source.Append("}\n").ToString();
    }

    private static string? Difference(Assembly program, string method, bool isSmooth)
    {
        Func<object?[]>[] arguments = [.. new[] { (1, 5, 0, 0, true), (4, 2, 1, 1, false), (7, 0, 3, 2, true), (3, 3, 2, 3, false) }
            .Select(((int A, int B, int Length, int N, bool Flag) x) =>
                new Func<object?[]>(() => [(Tensor)x.A, (Tensor)x.B, (Tensor)Enumerable.Range(1, x.Length).ToArray(), x.N, x.Flag, .. isSmooth ? new object[] { (Tensor)0.7, (Tensor)(-0.4) } : []]))];
        try
        {
            if (isSmooth)
                AssertSameGradients(program, method, arguments);
            else
                BothWays.AssertEqual(program, method, arguments);
            return null;
        }
        // A branch whose gradient would read a variable after C# code, which may have assigned it.
        catch (GraphException refusal) when (refusal.Id == "TG4001" && refusal.Message.Contains("after C# code", StringComparison.Ordinal))
        {
            return Refused;
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }

    // Imperatively; with the tape in the graph; and with the tape around the call of the graph.
    private static void AssertSameGradients(Assembly program, string method, Func<object?[]>[] arguments)
    {
        Type type = program.GetType("Model")!;
        object imperative = Activator.CreateInstance(type)!, inside = Activator.CreateInstance(type)!, outside = Activator.CreateInstance(type)!;
        foreach (Func<object?[]> make in arguments)
        {
            double[] expected = Invoke(imperative, method + "_gradient", make()).ToArray<double>();
            AssertNear(expected, Invoke(inside, TwinNames.Entry(method + "_gradient"), make()).ToArray<double>(), "the tape is inside");
            object?[] values = make();
            using var tape = new GradientTape(persistent: true);
            Tensor x = (Tensor)values[^2]!, y = (Tensor)values[^1]!;
            tape.Watch(x);
            tape.Watch(y);
            Tensor result = Invoke(outside, TwinNames.Entry(method), values);
            var weight = (Variable)type.GetField("W")!.GetValue(outside)!;
            AssertNear(
                expected, [result.Item<double>(), .. new[] { tape.Gradient(result, x), tape.Gradient(result, y), tape.Gradient(result, weight) }.Select(gradient => gradient?.Item<double>() ?? 0)], "the tape is outside");
        }
    }

    private static Tensor Invoke(object model, string method, object?[] arguments) => (Tensor)model.GetType()
        .GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    private static void AssertNear(double[] expected, double[] actual, string how) => Assert.True(
        expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-9 * (1 + Math.Abs(pair.First))),
        $"{how}: expected {string.Join(", ", expected)}, got {string.Join(", ", actual)}");

    /// <summary>Takes away whatever leaves the difference in place.</summary>
    private static string Smallest(Statement[] body, bool isSmooth)
    {
        bool smaller = true;
        for (int step = 0; smaller && step < 60; step++)
        {
            smaller = false;
            foreach (Statement[] candidate in Statement.SmallerLists(body))
            {
                if (!StillDiffers(candidate, isSmooth))
                    continue;
                body = candidate;
                smaller = true;
                break;
            }
        }
        return Source([(body, "F")], isSmooth);
    }

    private static bool StillDiffers(Statement[] body, bool isSmooth)
    {
        string source = Source([(body, "F")], isSmooth);
        if (Roslyn.Compilation(Roslyn.Usings + source).GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error))
            return false;
        return Difference(Roslyn.Load(source), "F", isSmooth) is not (null or Refused);
    }
}
