using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TensorGraph.Benchmarks;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>
/// The generator's work is proportional to the length of the code. Bytes allocated stand for work: they are the same in each run, whatever else the
/// machine does. A part that is the same for each compilation is taken away first.
/// </summary>
public sealed class LinearCostTests(ITestOutputHelper output)
{
    // Ten times the lines; the rest is for what a random function of that length happens to contain.
    private const double Limit = 12;

    public static TheoryData<string> Kinds => [.. LongFunction.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Ten_times_the_lines_of_a_function_cost_ten_times_as_much(string kind) => Check(lines => [LongFunction.Class("C0", kind, lines)]);

    [Fact]
    public void Ten_times_the_functions_cost_ten_times_as_much() =>
        Check(lines => [.. Enumerable.Range(0, lines / 20).Select(i => LongFunction.Class($"C{i}", "random", lines: 20, seed: 1 + (i % 5)))]);

    private void Check(Func<int, string[]> sources)
    {
        double none = Cost(LongFunction.Class("C0", "random", lines: 0)), some = Cost(sources(100)) - none, many = Cost(sources(1000)) - none;
        output.WriteLine($"fixed {none / 1e6:f1} MB, 100 lines {some / 1e6:f1} MB, 1,000 lines {many / 1e6:f1} MB: {many / some:f1} times");
        Assert.InRange(many / some, 5, Limit);
    }

    // What the first run loads is there in the second.
    private static double Cost(params string[] sources) => Math.Min(CostOnce(sources), CostOnce(sources));

    private static double CostOnce(string[] sources)
    {
        CSharpCompilation compilation = Roslyn.Compilation(sources);
        Assert.DoesNotContain(compilation.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error);
        GeneratorDriver driver = Roslyn.Driver();
        long before = GC.GetAllocatedBytesForCurrentThread();
        driver = driver.RunGenerators(compilation);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Null(driver.GetRunResult().Results.Single().Exception);
        return allocated;
    }
}
