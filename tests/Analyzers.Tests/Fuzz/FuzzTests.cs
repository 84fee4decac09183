using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Random methods give the same results, and log the same values in the same order, imperatively and traced.</summary>
public sealed class FuzzTests
{
    private const int ProgramsPerAssembly = 25;

    private const string Helpers = BothWays.LogMember + """

            private Tensor State { get; set; } = 0;
            private Tensor Logged(Tensor x) { Log(x); return x; }
            private Tensor Advance(Tensor x) { if (x > 2) { State = (State + x) % 8; return State; } State = State - 1; return x; }
            private static (Tensor X, Tensor Y) Sorted(Tensor x, Tensor y) { if (x > y) return (y, x); return (x, y); }
            private static Tensor Helper(Tensor x)
            {
                if (x > 3)
                    return x - 3;
                return x + 1;
            }
        """;

    /// <summary>50 programs, or 1,000 others in the long run (TENSORGRAPH_LONG=1).</summary>
    [Fact]
    public void Random_methods_agree()
    {
        bool all = Environment.GetEnvironmentVariable("TENSORGRAPH_LONG") == "1";
        Check(first: all ? 1000 : 1, count: all ? 1000 : 50);
    }

    private static void Check(int first, int count)
    {
        for (int start = first; start < first + count; start += ProgramsPerAssembly)
        {
            int[] seeds = [.. Enumerable.Range(start, Math.Min(ProgramsPerAssembly, first + count - start))];
            Assembly program = Roslyn.Load(Source(seeds.Select(seed => (new RandomProgram(seed).Body(), $"F{seed}"))));
            foreach (int seed in seeds)
            {
                if (Difference(program, $"F{seed}") is { } difference)
                    Assert.Fail($"seed {seed}: {difference}\n{Smallest(new RandomProgram(seed).Body())}");
            }
        }
    }

    private static string Source(IEnumerable<(Statement[] Body, string Name)> methods)
    {
        var source = new StringBuilder("public partial class Model\n{\n").Append(Helpers).Append('\n');
        foreach ((Statement[] body, string name) in methods)
            source.Append(RandomProgram.Print(body, name)).Append('\n');
        return source.Append("}\n").ToString();
    }

    private static string? Difference(Assembly program, string method)
    {
        Func<object?[]>[] arguments = [.. new[] { (1, 5, 0, 0, true), (4, 2, 1, 1, false), (7, 0, 3, 2, true), (3, 3, 2, 3, false) }
            .Select(((int A, int B, int Length, int N, bool Flag) x) =>
                new Func<object?[]>(() => [(Tensor)x.A, (Tensor)x.B, (Tensor)Enumerable.Range(1, x.Length).ToArray(), x.N, x.Flag]))];
        try
        {
            BothWays.AssertEqual(program, method, arguments);
            return null;
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }

    /// <summary>Takes away whatever leaves the difference in place.</summary>
    private static string Smallest(Statement[] body)
    {
        bool smaller = true;
        for (int step = 0; smaller && step < 60; step++)
        {
            smaller = false;
            foreach (Statement[] candidate in Statement.SmallerLists(body))
            {
                if (!StillDiffers(candidate))
                    continue;
                body = candidate;
                smaller = true;
                break;
            }
        }
        return Source([(body, "F")]);
    }

    private static bool StillDiffers(Statement[] body)
    {
        string source = Source([(body, "F")]);
        if (Roslyn.Compilation(Roslyn.Usings + source).GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error))
            return false;
        return Difference(Roslyn.Load(source), "F") is not null;
    }
}
