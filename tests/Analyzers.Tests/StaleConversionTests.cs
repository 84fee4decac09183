using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// What is remembered from one compilation to the next must be what a new compiler would find: each edit of another file that changes the
/// meaning of a graph function gives the files that a fresh run gives.
/// </summary>
public sealed class StaleConversionTests
{
    private const string Model = """
        using TensorGraph;
        public partial class Model : Base
        {
            private readonly Options _options = new();
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                while (Flags.Forever)
                {
                    x = Helpers.Scale(x) * _options.Rate;
                    if (x.Sum() > 1) break;
                    x = Shift(x).Twice();
                    x = Ops.Abs(x);
                }
                if (x.Sum() > 3) Level = x;
                return x;
            }
        }
        """;

    private static readonly (string Name, string Text)[] s_files =
    [
        ("Base.cs", "using TensorGraph; public partial class Base { protected virtual Tensor Shift(Tensor x) => x + 1; protected Tensor A = 0f, B = 0f; protected Tensor Level { get => A; set { A = value; } } }"),
        ("Options.cs", "public class Options { public readonly float Rate = 2; }"),
        ("Flags.cs", "public static class Flags { public const bool Forever = true; }"),
        ("Helpers.cs", "using TensorGraph; public static partial class Helpers { public static Tensor Scale(Tensor x) => Inner.Of(x); public static Tensor Twice(this Tensor x) => x + x; }"),
        ("Inner.cs", "using TensorGraph; public static partial class Inner { public static Tensor Of(Tensor x) { return x * 2; } }"),
    ];

    [Theory]
    // A body far away becomes decided by a tensor.
    [InlineData("Inner.cs", "return x * 2;", "if (x.Sum() > 0) return x; return x * 2;")]
    // A member becomes state that can change; and a constant, a condition.
    [InlineData("Options.cs", "readonly float", "float")]
    [InlineData("Flags.cs", "Forever = true", "Forever = false")]
    [InlineData("Flags.cs", "const bool Forever = true", "static readonly TensorGraph.Tensor Forever = true")]
    // A class that is new overrides a method, shadows an extension, or hides a type of the library.
    [InlineData("New.cs", "", "using TensorGraph; public partial class Derived : Model { protected override Tensor Shift(Tensor x) => x.Sum() > 0 ? x : x + 2; }")]
    [InlineData("New.cs", "", "using TensorGraph; public static partial class More { public static Tensor Twice(this Tensor x, bool really = true) { return x; } }", false)]
    [InlineData("New.cs", "", "public static class Ops { public static TensorGraph.Tensor Abs(TensorGraph.Tensor x) => x > 0 ? x : 0 - x; }")]
    [InlineData("New.cs", "", "global using Ops = Mine; public static partial class Mine { public static TensorGraph.Tensor Abs(TensorGraph.Tensor x) => x.Sum() > 0 ? x : -x; }")]
    [InlineData("New.cs", "", "global using Ops = Mine; public static class Mine { public static TensorGraph.Tensor Abs(TensorGraph.Tensor x) => x; }", false)]
    [InlineData("New.cs", "", "namespace Ops { public class Nothing; }", false)]
    [InlineData("Base.cs", "x + 1", "x.Sum() > 1 ? x : x + 1")]
    // A setter writes another field.
    [InlineData("Base.cs", "A = value;", "B = value;")]
    [InlineData("Helpers.cs", "x + x", "x.Sum() > 1 ? x : x + x")]
    public void An_edit_elsewhere_is_seen(string file, string old, string now, bool changes = true)
    {
        CSharpCompilation before = Compile(s_files);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(before);
        string first = Texts(driver);

        SyntaxTree edited = Roslyn.Parse(file == "New.cs" ? now : s_files.Single(f => f.Name == file).Text.Replace(old, now, StringComparison.Ordinal), file);
        CSharpCompilation after = file == "New.cs" ? before.AddSyntaxTrees(edited) : before.ReplaceSyntaxTree(before.SyntaxTrees.Single(t => t.FilePath == file), edited);
        string remembered = Texts(driver.RunGenerators(after));
        // New trees: nothing is remembered of them.
        CSharpCompilation fresh = after.RemoveAllSyntaxTrees().AddSyntaxTrees(after.SyntaxTrees.Select(t => Roslyn.Parse(t.ToString(), t.FilePath)));
        Assert.Equal(Texts(Roslyn.Driver().RunGenerators(fresh)), remembered);
        Assert.Equal(changes, first != remembered);
    }

    private static CSharpCompilation Compile((string Name, string Text)[] files) =>
        Roslyn.Compilation(Model).AddSyntaxTrees(files.Select(f => Roslyn.Parse(f.Text, f.Name)));

    private static string Texts(GeneratorDriver driver) => string.Join("\n", driver.GetRunResult().GeneratedTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal));
}
