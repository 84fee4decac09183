using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Shapes;

/// <summary>
/// The analyzer against the run time, over all methods with a type rule: where all shapes are constants it reports the error that the run throws, in its words, and
/// nothing else; and the type that it has for a result is that of the result.
/// </summary>
public sealed class AgreementTests
{
    private const int CallsOfEach = 8;

    // Errors that depend on elements, not on types.
    private static readonly string[] s_ofValues = ["TG2005", "position ", "label ", "start "];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Errors_and_types_are_those_of_the_run(int seed)
    {
        var random = new RandomCalls(seed);
        string[] calls = [.. RandomCalls.Names.SelectMany(name => Enumerable.Range(0, CallsOfEach).Select(_ => random.Next(name)))];
        string[] runs = Run(calls);
        string[] said = Analyze(calls.Select((call, i) => $"public static object M{i}() => {call};"), calls.Length);
        var differences = new List<string>();
        for (int i = 0; i < calls.Length; i++)
        {
            string want = runs[i].StartsWith("TG", StringComparison.Ordinal) ? runs[i] : "";
            if (want != said[i] && !s_ofValues.Any(want.Contains))
                differences.Add($"{calls[i]}\n  run:      {runs[i]}\n  analyzer: {said[i]}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {calls.Length}:\n{string.Join("\n", differences.Take(20))}");
        Assert.InRange(runs.Count(run => run.StartsWith("TG", StringComparison.Ordinal)), calls.Length / 10, calls.Length * 9 / 10);

        // A declaration that no result fits makes the analyzer show the type that it has.
        int[] good = [.. Enumerable.Range(0, calls.Length).Where(i => !runs[i].StartsWith("TG", StringComparison.Ordinal))];
        string[] types = Analyze(good.Select((call, i) => $"public static void M{i}() => Want({calls[call]});").Append("public static void Want([Shape(\"99, 99, 99, 99, 99, 99, 99, 99, 99\")] Tensor x) { }"), good.Length);
        for (int i = 0; i < good.Length; i++)
        {
            if (types[i] != $"TG1003: Want: 'x' is {runs[good[i]]}, not [99, 99, 99, 99, 99, 99, 99, 99, 99]")
                differences.Add($"{calls[good[i]]}\n  run:      {runs[good[i]]}\n  analyzer: {types[i]}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} types of {good.Length}:\n{string.Join("\n", differences.Take(20))}");
    }

    [Fact]
    public void Element_types_have_the_order_of_the_enum() => Assert.Equal(DTypes.All.Select(dtype => dtype.Name()), Enumerable.Range(0, DTypes.All.Count).Select(i => TensorGraph.Ir.DType.OfEnum(i).Name()));

    // For each call the type of its result, or ID and problem.
    private static string[] Run(string[] calls)
    {
        Type type = Roslyn.Load($"public static class Model\n{{\n{string.Join("\n", calls.Select((call, i) => $"public static object M{i}() => {call};"))}\n}}").GetType("Model")!;
        return [.. calls.Select((_, i) => Result(type.GetMethod($"M{i}")!))];

        static string Result(MethodInfo method)
        {
            try
            {
                return ((Tensor)method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!).Type.ToString();
            }
            catch (GraphException error)
            {
                return $"{error.Id}: {error.Problem}";
            }
        }
    }

    // For each method the only thing that is said about it, without the remedy.
    private static string[] Analyze(IEnumerable<string> methods, int count)
    {
        string source = $"{Roslyn.Usings}public static class Model\n{{\n{string.Join("\n", methods)}\n}}";
        int first = Roslyn.Usings.Count(c => c == '\n') + 2;
        string[] said = [.. Enumerable.Repeat("", count)];
        foreach (Diagnostic diagnostic in Roslyn.Diagnostics(source).Where(d => d.Descriptor.Category == "Shapes"))
        {
            string message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
            string problem = $"{diagnostic.Id}: {message[..message.LastIndexOf(". ", StringComparison.Ordinal)]}";
            int method = diagnostic.Location.GetLineSpan().StartLinePosition.Line - first;
            said[method] += said[method].Length == 0 ? problem : "";
        }

        return said;
    }
}
