using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Xunit.Abstractions;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Random programs of all kinds of C# do the same imperatively and traced: results, printed lines, exceptions and state.</summary>
public sealed class DifferentialFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] s_asked = Flags.Get("FUZZ").Split(':', StringSplitOptions.RemoveEmptyEntries);

    // Refusals are shown with their programs, too.
    private static readonly bool s_showsRefused = s_asked.Length > 2;

    private const int ProgramsPerAssembly = 25;

    /// <summary>100 programs, 10,000 in the long run, or those that the flag names.</summary>
    [Fact]
    public void Random_programs_agree()
    {
        int[] numbers = s_asked.Length > 1 ? [.. s_asked.Take(2).Select(part => int.Parse(part, CultureInfo.InvariantCulture))] : [1, LongRun.IsOn ? 10_000 : 100];
        var results = new Dictionary<string, int>();
        var failures = new List<string>();
        foreach (int[] seeds in Enumerable.Range(numbers[0], numbers[1]).Chunk(ProgramsPerAssembly))
            CheckAssembly(seeds, results, failures);
        output.WriteLine(string.Join("\n", results.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
        Assert.True(results.GetValueOrDefault("compared") > numbers[1] / 4, "most programs are refused");
    }

    private static void CheckAssembly(int[] seeds, Dictionary<string, int> results, List<string> failures)
    {
        Dictionary<int, Node> bodies = seeds.ToDictionary(seed => seed, seed => new ProgramGenerator(seed).Body());
        var accepted = new List<int>();
        foreach ((int seed, string? id) in Refusals(bodies))
        {
            if (id is null)
            {
                accepted.Add(seed);
                continue;
            }
            Count(id);
            if (id.StartsWith("CS", StringComparison.Ordinal))
                failures.Add($"seed {seed} is no C#: {id}\n{bodies[seed].Print()}");
        }
        Assembly? program = TryLoad([.. accepted.Select(seed => (seed, bodies[seed]))]);
        foreach (int seed in accepted)
        {
            string? difference = Difference(program, seed, bodies[seed]);
            bool isRefused = difference?.StartsWith(DifferentialRunner.Refused, StringComparison.Ordinal) == true;
            Count(isRefused ? difference! : "compared");
            if (difference is not null && (s_showsRefused || !isRefused))
                failures.Add($"seed {seed}: {difference}\n{Shrinker.Smallest(seed, bodies[seed], difference).Print()}");
        }

        void Count(string key) => results[key] = results.GetValueOrDefault(key) + 1;
    }

    private static Assembly? TryLoad((int Seed, Node Body)[] programs)
    {
        try
        {
            return Roslyn.Load(Shrinker.Source(programs));
        }
        catch (Xunit.Sdk.XunitException)
        {
            return null;
        }
    }

    private static string? Difference(Assembly? program, int seed, Node body) =>
        program is null ? Shrinker.Difference(seed, body) : DifferentialRunner.Difference(program.GetType($"P{seed}")!, seed);

    /// <summary>The first error of each program, of the compiler or of an analyzer.</summary>
    private static IEnumerable<(int Seed, string? Id)> Refusals(Dictionary<int, Node> bodies)
    {
        string[] sources = [Roslyn.Usings + FuzzedSource.Shared, .. bodies.Select(pair => Roslyn.Usings + FuzzedSource.Class($"P{pair.Key}", pair.Value.Print(), Shrinker.IsFloat(pair.Key)))];
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation compilation = Roslyn.Compilation(sources);
        ILookup<string, string> errors = compilation.GetDiagnostics().Concat(Roslyn.Diagnostics(compilation)).Where(d => d.Severity == DiagnosticSeverity.Error)
            .ToLookup(d => d.Location.SourceTree!.FilePath, d => d.Id.StartsWith("CS", StringComparison.Ordinal) || s_showsRefused ? $"{d} {d.Location.SourceTree!.GetText().Lines[d.Location.GetLineSpan().StartLinePosition.Line]}" : d.Id);
        Assert.Empty(errors["Model.cs"]);
        return bodies.Keys.Select((seed, i) => (seed, errors[$"Model{i + 2}.cs"].FirstOrDefault()));
    }
}
