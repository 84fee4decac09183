using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Fuzz;

/// <summary>Makes a program that differs smaller, as long as it still differs.</summary>
internal static class Shrinker
{
    private const int Attempts = 400;

    public static string Source(IEnumerable<(int Seed, Node Body)> programs) =>
        FuzzedSource.Shared + string.Concat(programs.Select(program => FuzzedSource.Class($"P{program.Seed}", program.Body.Print(), IsFloat(program.Seed))));

    /// <summary>True for a program over f64, whose gradients are compared too.</summary>
    public static bool IsFloat(int seed) => seed % 2 == 0;

    public static Node Smallest(int seed, Node body, string difference)
    {
        if (difference.StartsWith("hang", StringComparison.Ordinal))
            return body;
        bool isBuild = IsBuild(difference);
        int attempts = 0;
        bool smaller = true;
        while (smaller)
        {
            smaller = false;
            foreach (Node candidate in body.Smaller())
            {
                if (++attempts > Attempts)
                    return body;
                if (!IsAccepted(seed, candidate) || Difference(seed, candidate) is not { } found || IsRefused(found) != IsRefused(difference) || IsBuild(found) != isBuild)
                    continue;
                body = candidate;
                smaller = true;
                break;
            }
        }
        return body;
    }

    public static string? Difference(int seed, Node body)
    {
        try
        {
            return DifferentialRunner.Difference(Roslyn.Load(Source([(seed, body)])).GetType($"P{seed}")!, seed);
        }
        catch (Xunit.Sdk.XunitException failure)
        {
            return "the generated code does not compile: " + failure.Message.Split("\n" + FuzzedSource.Shared)[0];
        }
    }

    private static bool IsRefused(string difference) => difference.StartsWith(DifferentialRunner.Refused, StringComparison.Ordinal);

    private static bool IsBuild(string difference) => difference.StartsWith("the generated", StringComparison.Ordinal);

    private static bool IsAccepted(int seed, Node body)
    {
        Microsoft.CodeAnalysis.CSharp.CSharpCompilation compilation = Roslyn.Compilation(Roslyn.Usings + Source([(seed, body)]));
        return !compilation.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) && !Roslyn.Diagnostics(compilation).Any(d => d.Severity == DiagnosticSeverity.Error);
    }
}
