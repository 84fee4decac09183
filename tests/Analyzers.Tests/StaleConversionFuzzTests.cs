using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// Random edits of projects whose files depend on each other in the ways that C# has: after each, a generator and analyzers that remember what they
/// found before give the same files and diagnostics as those whose cache is off (ADR 0007).
/// </summary>
public sealed class StaleConversionFuzzTests
{
    private static readonly bool s_isLong = LongRun.IsOn;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, s_isLong ? 40 : 3)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void After_each_of_many_edits_the_output_is_that_without_the_cache(int seed) =>
        Check(EditedFile.ThatReachEachOther, seed, edits: s_isLong ? 150 : 30, project => project.EditFile());

    /// <summary>Several edits at once too, so that a method is renamed or moves to another file together with its uses.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_same_when_files_options_and_references_change(int seed) =>
        Check(EditedFile.ThatAreMovedAndRenamed, seed, edits: s_isLong ? 150 : 30, project => project.EditProject());

    public static TheoryData<string> Rules => [.. LookupRule.All.Keys];

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_same_with_members_that_a_rule_of_the_language_finds(string rule) =>
        Check(EditedFile.ThatUse(LookupRule.All[rule]), seed: 1, edits: s_isLong ? 100 : 6, project => project.EditFile());

    private static void Check(EditedFile[] files, int seed, int edits, Func<EditedProject, string> edit)
    {
        var project = new EditedProject(files, seed);
        var random = new Random(seed);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(project.Compilation);
        string log = "";
        for (int step = 0; step < edits; step++)
        {
            for (int count = random.Next(4) == 0 ? 2 + random.Next(2) : 1; count > 0; count--)
                log += edit(project) + (count > 1 ? ", and " : "\n");
            GeneratorDriver other = Roslyn.Driver(options: Roslyn.WithoutCache);
            (string[] texts, string[] reported) = Run(ref other, project.WithoutCache());
            (string[] cachedTexts, string[] cachedReported) = Run(ref driver, project.Compilation);
            AssertEqual(texts, cachedTexts, "files");
            AssertEqual(reported, cachedReported, "diagnostics");
            // An editor asks again without an edit.
            driver = driver.RunGenerators(project.Compilation);
            AssertEqual([$"{cachedTexts.Length} files"], [$"{driver.GetRunResult().GeneratedTrees.Length} files"], "files of the same compilation");
        }

        void AssertEqual(string[] expected, string[] actual, string what) => Assert.True(
            expected.SequenceEqual(actual),
            $"seed {seed}, {what}, after the edits\n{log}only without the cache\n{string.Join("\n", expected.Except(actual))}\n"
            + $"only with it\n{string.Join("\n", actual.Except(expected))}\n"
            + string.Join("\n", project.Compilation.SyntaxTrees.Select(t => $"----- {t.FilePath}\n{t}")));
    }

    private static (string[] Texts, string[] Reported) Run(ref GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation output, out _);
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        string[] reported = [.. Roslyn.Diagnostics((CSharpCompilation)output).Select(d => d.ToString()).Order(StringComparer.Ordinal)];
        return ([.. result.GeneratedSources.OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => s.SourceText.ToString())], reported);
    }
}
