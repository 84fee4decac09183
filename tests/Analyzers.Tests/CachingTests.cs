using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests;

/// <summary>A step whose input did not change must not run again, or typing gets slow; one whose input did change must.</summary>
public sealed class CachingTests
{
    private const string Model = Roslyn.Usings + """
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                if (x.Sum() > 1)
                    x = Half(x);
                return x;
            }

            private static Tensor Half(Tensor x) => x > 0 ? x / 2 : x;
        }
        """;

    private const string Other = Roslyn.Usings + "public class User { public Tensor Use(Model m, Tensor x) => m.Step(x); }";

    private static readonly string[] s_code = [TrackingNames.Functions, TrackingNames.HelperTwins];

    [Fact]
    public void Nothing_runs_again_on_the_same_sources()
    {
        var reasons = ReasonsAfter(c => c.Clone());
        foreach (string step in TrackingNames.All)
            AssertCached(reasons, step);
        AssertCached(reasons, "SourceOutput");
    }

    [Fact]
    public void An_edit_of_another_file_changes_nothing()
    {
        var reasons = ReasonsAfter(c => c.AddSyntaxTrees(Roslyn.Parse("class Unrelated { int F() => 1; }", "Unrelated.cs")));
        foreach (string step in TrackingNames.All)
            AssertCached(reasons, step);
    }

    [Fact]
    public void A_comment_at_the_end_of_the_file_leaves_the_code_alone()
    {
        var reasons = ReasonsAfter(c => Replace(c, Model + "\n// a remark"));
        foreach (string step in s_code)
            AssertCached(reasons, step);
    }

    [Fact]
    public void An_edit_of_the_body_writes_the_function_again_and_not_the_helper()
    {
        var reasons = ReasonsAfter(c => Replace(c, Model.Replace("return x;", "return x + 1;", StringComparison.Ordinal)));
        Assert.Contains(IncrementalStepRunReason.Modified, reasons[TrackingNames.Functions]);
        AssertCached(reasons, TrackingNames.HelperTwins);
    }

    [Fact]
    public void An_edit_of_a_helper_writes_its_twin_again()
    {
        var reasons = ReasonsAfter(c => Replace(c, Model.Replace("x / 2 : x", "x / 4 : x", StringComparison.Ordinal)));
        Assert.Contains(IncrementalStepRunReason.Modified, reasons[TrackingNames.HelperTwins]);
    }

    [Fact]
    public void A_new_call_site_writes_the_interceptors_again_and_no_code()
    {
        var reasons = ReasonsAfter(c => c.AddSyntaxTrees(Roslyn.Parse(Other.Replace("User", "Second", StringComparison.Ordinal), "Second.cs")));
        Assert.Contains(IncrementalStepRunReason.Modified, reasons[TrackingNames.Interceptors]);
        foreach (string step in s_code)
            AssertCached(reasons, step);
    }

    [Fact]
    public void The_analyzers_take_what_the_generator_found()
    {
        Roslyn.Driver().RunGeneratorsAndUpdateCompilation(Roslyn.Compilation(Model, Other), out Compilation output, out _);
        // As the compiler does before it runs analyzers.
        output = output.WithOptions(output.Options.WithReportSuppressedDiagnostics(true));
        Assert.True(ConversionCache<ImmutableArray<FunctionConversion>>.TryGet(output.SyntaxTrees.First(), output, out ImmutableArray<FunctionConversion> found));
        Assert.Equal("Model.Step.", Assert.Single(found).Files!.Function!.HintName[..11]);
    }

    [Fact]
    public void Without_the_cache_nothing_is_remembered_and_the_files_are_the_same()
    {
        CSharpCompilation compilation = Roslyn.Compilation(Model, Other), without = Roslyn.Fresh(compilation, Roslyn.WithoutCache);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(compilation), other = Roslyn.Driver(options: Roslyn.WithoutCache).RunGenerators(without);
        Assert.Equal(driver.GetRunResult().GeneratedTrees.Select(t => t.ToString()), other.GetRunResult().GeneratedTrees.Select(t => t.ToString()));
        Assert.True(ConversionCache<ImmutableArray<FunctionConversion>>.TryGet(compilation.SyntaxTrees[0], compilation, out _));
        Assert.False(ConversionCache<ImmutableArray<FunctionConversion>>.TryGet(without.SyntaxTrees[0], without, out _));
    }

    /// <summary>The function uses the class, and would be converted again for each method that is written there.</summary>
    [Theory]
    [InlineData("[GraphFunction] public Tensor Added(Tensor x) => x > 0 ? Of(x) : x;", true)]
    [InlineData("public Tensor Of(Tensor x, int more) => x;", false)]
    [InlineData("public Tensor Seed(Tensor x) => x;", false)]
    [InlineData("public static implicit operator Tensor(Layer layer) => 1f;", false)]
    public void A_method_in_another_file_matters_to_code_that_names_it(string added, bool stays)
    {
        const string layer = Roslyn.Usings + "public partial class Layer { public Tensor Of(Tensor x) => x; public string Named = nameof(Extra.Seed); }";
        CSharpCompilation compilation = Roslyn.Compilation(
            Roslyn.Usings + "public partial class Model { private readonly Layer _layer = new(); private const string Name = nameof(Layer.Of); [GraphFunction] public Tensor Step(Tensor x) => x > 0 ? x : -x; }",
            layer,
            Roslyn.Usings + "public partial class Layer { public class Extra { public static Tensor Seed() => 1f; } }");
        Roslyn.Driver().RunGenerators(compilation);
        compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[1], Roslyn.Parse(layer.Replace("public Tensor Of", added + " public Tensor Of", StringComparison.Ordinal), "Model2.cs"));
        Assert.Equal(stays, ConversionCache<ImmutableArray<FunctionConversion>>.TryGet(compilation.SyntaxTrees[0], compilation, out _));
    }

    private static CSharpCompilation Replace(CSharpCompilation compilation, string model)
    {
        SyntaxTree tree = compilation.SyntaxTrees.Single(t => t.FilePath == "Model.cs");
        return compilation.ReplaceSyntaxTree(tree, Roslyn.Parse(model, tree.FilePath));
    }

    private static ImmutableDictionary<string, IncrementalStepRunReason[]> ReasonsAfter(Func<CSharpCompilation, CSharpCompilation> edit)
    {
        CSharpCompilation compilation = Roslyn.Compilation(Model, Other);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(compilation);
        Assert.Equal(3, driver.GetRunResult().GeneratedTrees.Length);
        GeneratorRunResult result = driver.RunGenerators(edit(compilation)).GetRunResult().Results.Single();
        return result.TrackedSteps.Concat(result.TrackedOutputSteps).DistinctBy(s => s.Key).ToImmutableDictionary(s => s.Key, s => s.Value.SelectMany(step => step.Outputs).Select(o => o.Reason).ToArray());
    }

    private static void AssertCached(ImmutableDictionary<string, IncrementalStepRunReason[]> reasons, string step)
    {
        Assert.NotEmpty(reasons[step]);
        Assert.All(reasons[step], reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {reason}"));
    }
}
