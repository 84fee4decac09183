using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// Random edits of a project whose files depend on each other in the ways that C# has: after each, a generator that saw all the edits before
/// writes what a new one writes, and the analyzers report the same.
/// </summary>
public sealed class StaleConversionFuzzTests
{
    // In each text, $0, $1, … stand for one of their choices; an edit chooses again.
    private static readonly (string File, string Text, string[][] Choices)[] s_files =
    [
        ("Model.cs", """
            using TensorGraph;
            $5
            public partial class Model : $0
            {
                private readonly Options _options = new();
                private readonly Layer _layer = new Layer();
                public IScaled? Scaled;
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var pair = new Pair { First = x, Second = x };
                    while (Flags.Forever)
                    {
                        x = Helpers.Scale(x) * _options.Rate;
                        if (x.Sum() > $1) break;
                        x = $2;
                        pair.First = x;
                    }
                    if (x.Sum() > 3) Level = x;
                    return pair.First + x;
                }
                $3
                public Tensor Plain(Tensor x) $4
            }
            """, [
            ["Base", "Middle"],
            ["1", "2"],
            ["Shift(x).Twice()", "_layer.Apply(x)", "Scaled!.Scaled(x)", "Other.Of(x)", "Ops.Abs(x)", "_layer.Inner.Size > 1 ? x : -x", "new Cell(x).Value", "(-new Cell(x)).Value", "new Cell(x)[0]"],
            ["", "[GraphFunction]", "[GraphFunction(ReduceRetracing = false)]"],
            ["=> Shift(x);", "{ if (x.Sum() > 1) return x; return x + 1; }", "{ var y = x; if (Flags.Forever) y = Step(y); return y; }"],
            ["", "#nullable enable"],
        ]),
        ("Base.cs", """
            using TensorGraph;
            public partial class Base
            {
                protected $0 Tensor Shift(Tensor x) $1
                protected Tensor A = 0f, B = 0f;
                protected Tensor$3 Level { get => A; set { $2 = value; } }
            }
            public partial class Middle : Base { $4 }
            """, [
            ["virtual", ""],
            ["=> x + 1;", "=> x.Sum() > 1 ? x : x + 1;", "{ A = x; return x; }"],
            ["A", "B"],
            ["", "?"],
            ["", "protected override Tensor Shift(Tensor x) => x.Sum() > 0 ? x : x + 2;", "protected new Tensor Shift(Tensor x) => x;"],
        ]),
        ("Options.cs", "public class Options { public $0 Rate = 2; }", [["readonly float", "float", "static float", "const float"]]),
        ("Flags.cs", "public static class Flags { public $0; }", [["const bool Forever = true", "const bool Forever = Limits.On", "static bool Forever = true", "static readonly TensorGraph.Tensor Forever = true"]]),
        ("Limits.cs", "public static class Limits { public const bool On = $0; public const int Size = 1; }", [["true", "false"]]),
        ("Helpers.cs", "$1 public static partial class Helpers { public static Tensor Scale(Tensor x) => $0; public static Tensor Twice(this Tensor x) => x + x; }", [
            ["Inner.Of(x)", "x * 2", "Inner.Of(Inner.Of(x))"],
            ["using TensorGraph;", "using TensorGraph; using Inner = Other;"],
        ]),
        ("Inner.cs", "using TensorGraph; public static partial class Inner { public static Tensor Of(Tensor x) { $0 } }", [["return x * 2;", "if (x.Sum() > 0) return x; return x * 2;", "foreach (Tensor row in x) x = x + row; return x;"]]),
        ("Other.cs", "using TensorGraph; public static $0 class Other { public static Tensor Of(Tensor x) $1 }", [["partial", ""], ["=> x;", "{ if (x.Max() > 1) x = -x; return x; }"]]),
        ("Pair.cs", "using TensorGraph; public $0", [["struct Pair { public Tensor First, Second; }", "struct Pair { public Tensor First, Second; public int Count; }", "record Pair { public Tensor First = null!, Second = null!; }", "struct Pair { public Tensor First { get; set; } public Tensor Second; }"]]),
        ("Layer.cs", """
            using TensorGraph;
            public partial class Layer $1
            {
                public Size Inner = new();
                public virtual Tensor Apply(Tensor x) => $0;
            }
            """, [["x", "x.Sum() > 1 ? x : -x"], ["", ": Base"]]),
        ("Size.cs", "using TensorGraph; public $0", [["class Size { public int Size1; }", "partial class Size { public int Size { get; set; } }", "struct Size { public Tensor Size => 1f; }"]]),
        ("Cell.cs", """
            using TensorGraph;
            public partial class Cell
            {
                private readonly Tensor _x = $0;
                public Cell(Tensor x) $1
                public Tensor Value => $2;
                public Tensor this[int i] { get $3 }
                public static Cell operator -(Cell cell) => new Cell(Inner.Of(cell._x));
            }
            """, [
            ["0f", "Inner.Of(1f)"],
            ["{ _x = x; }", "{ if (x.Sum() > 1) x = -x; _x = x; }"],
            ["_x", "_x.Sum() > 1 ? _x : -_x", "this[0]"],
            ["{ return _x; }", "{ if (_x.Sum() > 1) return _x; return -_x; }"],
        ]),
        ("Scaled.cs", "using TensorGraph; public partial interface IScaled { Tensor Scaled(Tensor x); } $0", [["", "public partial class Twofold : IScaled { public Tensor Scaled(Tensor x) => x * 2; }", "public partial class Twofold : IScaled { public Tensor Scaled(Tensor x) => x.Sum() > 0 ? x * 2 : x; }"]]),
        ("Dense.cs", "$0", [["", "using TensorGraph; public partial class Dense : Layer { public override Tensor Apply(Tensor x) => x.Sum() > 2 ? x : x * 3; }", "using TensorGraph; public class Dense : Layer { public override Tensor Apply(Tensor x) => x.Sum() > 2 ? x : x * 3; }"]]),
        ("More.cs", "$0", [["",
            "using TensorGraph; public static partial class More { public static Tensor Twice(this Tensor x, bool really = true) { return x; } }",
            "using TensorGraph; public static partial class More { extension(Tensor x) { public Tensor Thrice() => x; } }",
            "namespace Ops { public class Abs; }",
            "public static class Ops { public static TensorGraph.Tensor Abs(TensorGraph.Tensor x) => x > 0 ? x : 0 - x; }",
            "global using Ops = Other;",
            "public class GraphFunctionAttribute : System.Attribute { public bool ReduceRetracing; }",
            "public partial class Model { public TensorGraph.Tensor Shift(int x) => 1f; }",
        ]]),
        ("User.cs", """
            using TensorGraph;
            public class User
            {
                public Tensor Use(Model m, Tensor x) => $0;
                public Tensor Other(Model m, Tensor x) => $1;
            }
            """, [["m.Step(x)", "m.Step(m.Step(x))", "m?.Step(x)!"], ["m.Plain(x)", "x"]]),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void After_each_of_many_edits_the_output_is_that_of_a_new_generator(int seed)
    {
        var random = new Random(seed);
        int[][] chosen = [.. s_files.Select(f => new int[f.Choices.Length])];
        CSharpCompilation compilation = Roslyn.Compilation().AddSyntaxTrees(s_files.Select((f, i) => Roslyn.Parse(Text(i, chosen[i]), f.File)));
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(compilation);
        string edits = "";
        for (int edit = 0; edit < 30; edit++)
        {
            int file = random.Next(s_files.Length);
            int slot = random.Next(chosen[file].Length);
            chosen[file][slot] = random.Next(s_files[file].Choices[slot].Length);
            edits += $"{s_files[file].File}: {s_files[file].Choices[slot][chosen[file][slot]]}\n";
            compilation = compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file], Roslyn.Parse(Text(file, chosen[file]), s_files[file].File));
            string written = Run(ref driver, compilation);
            // New trees: nothing is remembered of them.
            CSharpCompilation fresh = compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(compilation.SyntaxTrees.Select(t => Roslyn.Parse(t.ToString(), t.FilePath)));
            GeneratorDriver other = Roslyn.Driver();
            string expected = Run(ref other, fresh);
            Assert.True(expected == written, $"seed {seed}, after the edits\n{edits}expected\n{expected}\nbut was\n{written}");
        }
    }

    private static string Text(int file, int[] chosen)
    {
        string text = s_files[file].Text;
        for (int slot = 0; slot < chosen.Length; slot++)
            text = text.Replace("$" + slot, s_files[file].Choices[slot][chosen[slot]], StringComparison.Ordinal);
        return text;
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
