using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>Each piece of C# in the right column of docs/coming-from.md compiles: what the tables name exists and is called so.</summary>
public sealed partial class ComingFromTest
{
    // Words of the language, and what the generator or the user's class adds to: no expressions.
    private static readonly string[] Words = ["while", "for", "foreach", "if", "?:", "class M : Module", "Forward"];

    [Fact]
    public void Each_name_in_the_right_columns_exists()
    {
        (int Line, string Code)[] cells =
        [
            .. Repository.Read("docs/coming-from.md").ReplaceLineEndings("\n").Split('\n').Select((text, i) => (Line: i + 1, Text: text))
                .Where(row => row.Text.StartsWith('|') && !row.Text.StartsWith("|--", StringComparison.Ordinal))
                .SelectMany(row => Code().Matches(row.Text.Split(" | ")[^1]).Select(match => (row.Line, match.Groups[1].Value)))
                .Where(cell => !Words.Contains(cell.Item2)),
        ];
        Assert.InRange(cells.Length, 130, 1000);

        var program = new StringBuilder("""
            public static partial class Cells
            {
                [GraphFunction]
                public static Tensor Step(Tensor x) => x;

                public static void All(Tensor x, Tensor y, Tensor w, Tensor labels, Variable v, Module model, Dataset<(Tensor X, Tensor Y)> data)
                {
                    Func<Tensor, Tensor> step = Step;

            """);
        foreach (var (line, code) in cells.Where(cell => !cell.Code.StartsWith("[G", StringComparison.Ordinal)))
            program.Append("#line ").Append(line).Append(" \"coming-from.md\"\n{ ").Append(IsStatement().IsMatch(code) ? code : $"_ = {code}").Append("; }\n");
        program.Append("#line default\n}\n");
        foreach (var (line, code) in cells.Where(cell => cell.Code.StartsWith("[G", StringComparison.Ordinal)))
            program.Append("#line ").Append(line).Append(" \"coming-from.md\"\n").Append(code).Append($" public static Tensor F{program.Length}(Tensor x) => x;\n");
        program.Append("}\n");

        Assert.Empty(DocProgram.Compile(("coming-from.cs", program.ToString())).Errors);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    // What gives nothing, or is a statement already.
    [GeneratedRegex(@"^using |\.(Assign\w*|AddScalar|Print|Assert|HostCall|Apply|Freeze|Synchronize|Dispose)\(| = ")]
    private static partial Regex IsStatement();
}
