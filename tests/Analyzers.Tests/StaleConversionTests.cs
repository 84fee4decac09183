using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>
/// Facts that are remembered from one compilation to the next must be what a new compiler would find: each edit of another file that changes the
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
            [GraphFunction]
            public Tensor Of(Weighted weighted) => 1f;
        }
        """;

    private static readonly (string Name, string Text)[] s_files =
    [
        ("Base.cs", "using TensorGraph; public partial class Base { protected virtual Tensor Shift(Tensor x) => x + 1; protected Tensor A = 0f, B = 0f; protected Tensor Level { get => A; set { A = value; } } }"),
        ("Options.cs", "public class Options { public readonly float Rate = 2; }"),
        ("Flags.cs", "public static class Flags { public const bool Forever = true; }"),
        ("Helpers.cs", "using TensorGraph; public static partial class Helpers { public static Tensor Scale(Tensor x) => Inner.Of(x); public static Tensor Twice(this Tensor x) => x + x; }"),
        ("Weighted.cs", "using TensorGraph; public struct Weighted { public Tensor Value { get => field; set => field = value; } public Tensor Weight { get => 1f; set { } } }"),
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
    // A property gets a field of its own, a part of an argument.
    [InlineData("Weighted.cs", "get => 1f; set { }", "get => field; set => field = value;")]
    [InlineData("Helpers.cs", "x + x", "x.Sum() > 1 ? x : x + x")]
    public void An_edit_elsewhere_is_seen(string file, string old, string now, bool changes = true)
    {
        CSharpCompilation before = Compile(s_files);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(before);
        string first = Texts(driver);

        SyntaxTree edited = Roslyn.Parse(file == "New.cs" ? now : s_files.Single(f => f.Name == file).Text.Replace(old, now, StringComparison.Ordinal), file);
        CSharpCompilation after = file == "New.cs" ? before.AddSyntaxTrees(edited) : before.ReplaceSyntaxTree(before.SyntaxTrees.Single(t => t.FilePath == file), edited);
        string remembered = Texts(driver.RunGenerators(after));
        Assert.Equal(Texts(Roslyn.Driver().RunGenerators(Roslyn.Fresh(after))), remembered);
        Assert.Equal(changes, first != remembered);
    }

    /// <summary>In each program the edit is in a file of which no method is reached, and whose surface stays the same or has the same parts.</summary>
    [Theory]
    // Another part of the class changes an array, whose content the calls then compare.
    [InlineData(
        "public partial class Model { private static readonly float[] s_rates = [1, 2]; [GraphFunction] public Tensor Step(Tensor x) => x * s_rates[0]; }",
        "public partial class Model { public void Change() { } }", "public partial class Model { public void Change() { s_rates[0] = 3; } }", "", "")]
    // The framework calls a method that no code names.
    [InlineData(
        "public partial class Model { [GraphFunction] public Tensor Step(Tensor x) { var bags = new List<Bag> { new(), new() }; bags.Sort(); return x + bags[0].Sum; } }",
        "public partial class Bag { }", "public partial class Bag { public new int CompareTo(Bag? other) => s_order; }",
        "public partial class BagBase { public static int s_order; public Tensor Sum = 0f; public void Turn() => s_order++; public int CompareTo(Bag? other) => 0; } public partial class Bag : BagBase, IComparable<Bag> { }",
        "public partial class BagBase { public static int s_order; public Tensor Sum = 0f; public void Turn() => s_order++; public int CompareTo(Bag? other) => 0; } public partial class Bag : BagBase, IComparable<Bag> { }")]
    // A method moves to a part of its class where the type of its parameter is another one.
    [InlineData(
        "public partial class Model { [GraphFunction] public Tensor Step(Tensor x) => Tools.Make(new One.Cell(), x); } public static partial class Tools { public static Tensor Make(object cell, Tensor x) => x.Sum() > 1 ? x : -x; }",
        "using Two; public static partial class Tools { public static Tensor Make(Cell cell, Tensor x) => x; }", "using Two; public static partial class Tools { }",
        "using One; public static partial class Tools { }", "using One; public static partial class Tools { public static Tensor Make(Cell cell, Tensor x) => x; }")]
    // What is wrong with an initialiser is reported where it is now.
    [InlineData(
        "public partial class Model { [GraphFunction] public Tensor Step(Tensor x) => new Holder().Value + x; } public partial class Holder { public static Tensor Made(Tensor x) => x.Sum() > 1 ? x : -x; }",
        "public partial class Holder { public int Count() { return 1; } public Tensor Value = Made(1f); }", "public partial class Holder { public int Count() { int two = 2;\n return two; } public Tensor Value = Made(1f); }", "", "")]
    // A file of the user's that is named after the generator.
    [InlineData(
        "public partial class Model { [GraphFunction] public Tensor Step(Tensor x) => x * GraphFunctionGeneratorSettings.Rate; }",
        "public static class GraphFunctionGeneratorSettings { public const float Rate = 2; }", "public static class GraphFunctionGeneratorSettings { public static float Rate = 2; }", "", "", "GraphFunctionGeneratorSettings.cs")]
    public void An_edit_of_another_part_is_seen(string model, string before, string after, string otherBefore, string otherAfter, string name = "Edited.cs")
    {
        const string cells = Roslyn.Usings + "namespace One { public class Cell; } namespace Two { public class Cell; }";
        CSharpCompilation program = Roslyn.Compilation(Roslyn.Usings + model, cells);
        SyntaxTree[] edited = [Parse(before, name), Parse(otherBefore, "Other.cs")];
        program = program.AddSyntaxTrees(edited);
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(program);
        string first = TextsAndDiagnostics(driver, program);
        if (before != after)
            program = program.ReplaceSyntaxTree(edited[0], Parse(after, name));
        if (otherBefore != otherAfter)
            program = program.ReplaceSyntaxTree(edited[1], Parse(otherAfter, "Other.cs"));
        string remembered = TextsAndDiagnostics(driver, program);
        Assert.Equal(TextsAndDiagnostics(Roslyn.Driver(), Roslyn.Fresh(program)), remembered);
        Assert.NotEqual(first, remembered);
    }

    /// <summary>The order of the parts of a struct is that of their files.</summary>
    [Fact]
    public void A_part_that_moves_to_the_end_is_seen()
    {
        const string model = Roslyn.Usings + "public partial class Model { [GraphFunction] public Tensor Step(Pair pair, Tensor x) { while (x.Sum() > 1) { pair.First = x; x = x / 2; } return pair.First + pair.Second; } }";
        CSharpCompilation program = Roslyn.Compilation(model).AddSyntaxTrees(Parse("public partial struct Pair { public Tensor First; }", "One.cs"), Parse("public partial struct Pair { public Tensor Second; }", "Two.cs"));
        GeneratorDriver driver = Roslyn.Driver().RunGenerators(program);
        string first = Texts(driver);
        SyntaxTree moved = program.SyntaxTrees[1];
        program = program.RemoveSyntaxTrees(moved).AddSyntaxTrees(Roslyn.Parse(moved.ToString(), moved.FilePath));
        string remembered = Texts(driver.RunGenerators(program));
        Assert.Equal(Texts(Roslyn.Driver().RunGenerators(Roslyn.Fresh(program))), remembered);
        Assert.NotEqual(first, remembered);
    }

    public static TheoryData<string> Rules => [.. LookupRule.All.Keys];

    /// <summary>For each code that uses it each member is added and removed again: where there was none, by a base class or in a part of the class itself, and where one was inherited.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void A_member_that_a_rule_of_the_language_finds_is_seen(string rule)
    {
        EditedFile[] files = EditedFile.ThatUse(LookupRule.All[rule]);
        for (int use = 0; use < files[0].Choices[0].Length; use++)
        {
            (int inherited, int own, int part) = (files.Length - 3, files.Length - 2, files.Length - 1);
            foreach ((int place, bool isReplaced) in ((int, bool)[])[(inherited, false), (part, false), (part, true)])
            {
                int[][] chosen = [.. files.Select(f => new int[f.Choices.Length])];
                chosen[0][0] = use;
                chosen[inherited][1] = chosen[own][2] = isReplaced ? 1 : 0;
                CSharpCompilation without = Roslyn.Compilation().AddSyntaxTrees(files.Select((f, i) => Roslyn.Parse(f.With(chosen[i]), f.Name)));
                GeneratorDriver driver = Roslyn.Driver().RunGenerators(without);
                string expected = Texts(driver);
                for (chosen[place][0] = 1; chosen[place][0] < files[place].Choices[0].Length; chosen[place][0]++)
                {
                    CSharpCompilation with = without.ReplaceSyntaxTree(without.SyntaxTrees[place], Roslyn.Parse(files[place].With(chosen[place]), files[place].Name));
                    driver = driver.RunGenerators(with);
                    Assert.Equal(Texts(Roslyn.Driver().RunGenerators(Roslyn.Fresh(with))), Texts(driver));
                    driver = driver.RunGenerators(without);
                    Assert.Equal(expected, Texts(driver));
                }
            }
        }
    }

    private static CSharpCompilation Compile((string Name, string Text)[] files) =>
        Roslyn.Compilation(Model).AddSyntaxTrees(files.Select(f => Roslyn.Parse(f.Text, f.Name)));

    private static SyntaxTree Parse(string text, string name) => Roslyn.Parse(Roslyn.Usings + text, name);

    private static string TextsAndDiagnostics(GeneratorDriver driver, Compilation program)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(program, out Compilation output, out _);
        return string.Join("\n", Roslyn.Diagnostics(output).Select(d => d.ToString()).Order(StringComparer.Ordinal).Append(Texts(driver)));
    }

    private static string Texts(GeneratorDriver driver) => string.Join("\n", driver.GetRunResult().GeneratedTrees.OrderBy(t => t.FilePath, StringComparer.Ordinal));
}
