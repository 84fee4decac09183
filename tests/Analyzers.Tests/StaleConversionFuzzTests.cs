using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// Random edits of a project whose files depend on each other in the ways that C# has: after each, a generator that saw all the edits before
/// writes what a new one writes, and the analyzers report the same.
/// </summary>
public sealed class StaleConversionFuzzTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_each_of_many_edits_the_output_is_that_of_a_new_generator(int seed) => Check(EditedFile.ThatReachEachOther, seed, edits: 30);

    public static TheoryData<string> Rules => [.. LookupRule.All.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_same_with_members_that_a_rule_of_the_language_finds(string rule) => Check(EditedFile.ThatUse(LookupRule.All[rule]), seed: 1, edits: Environment.GetEnvironmentVariable("TENSORGRAPH_LONG") == "1" ? 100 : 6);

    private static void Check(EditedFile[] files, int seed, int edits)
    {
        var random = new Random(seed);
        int[][] chosen = [.. files.Select(f => f.Choices.Select(c => random.Next(c.Length)).ToArray())];
        CSharpCompilation compilation = Roslyn.Compilation().AddSyntaxTrees(files.Select((f, i) => Roslyn.Parse(f.With(chosen[i]), f.Name)));
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(compilation);
        string log = "";
        for (int edit = 0; edit < edits; edit++)
        {
            int file = random.Next(files.Length);
            int slot = random.Next(chosen[file].Length);
            chosen[file][slot] = random.Next(files[file].Choices[slot].Length);
            log += $"{files[file].Name}: {files[file].Choices[slot][chosen[file][slot]]}\n";
            compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file], Roslyn.Parse(files[file].With(chosen[file]), files[file].Name));
            string written = Run(ref driver, compilation);
            // New trees: nothing is remembered of them.
            CSharpCompilation fresh = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Select(t => Roslyn.Parse(t.ToString(), t.FilePath)));
            GeneratorDriver other = Roslyn.Driver();
            string expected = Run(ref other, fresh);
            Assert.True(expected == written, $"seed {seed}, after the edits\n{log}expected\n{expected}\nbut was\n{written}");
        }
    }

    private static string Run(ref GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        IEnumerable<string> texts = result.GeneratedSources.OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => s.SourceText.ToString());
        IEnumerable<string> reported = Roslyn.Diagnostics(output).Select(d => d.ToString()).Order(StringComparer.Ordinal);
        return string.Join("\n", texts.Concat(reported));
    }
}
