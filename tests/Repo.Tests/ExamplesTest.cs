using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TensorGraph.Tests;

/// <summary>
/// The examples of XML documentation are programs: each compiles as a user's project does, runs, and prints what the comments at the ends of its lines say.
/// </summary>
public sealed partial class ExamplesTest
{
    public static TheoryData<string> Files() =>
        [.. Repository.Files().Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(file => Repository.Read(file).Contains("<example>", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Each_example_prints_what_its_comments_say(string file)
    {
        foreach (Match example in Examples().Matches(Repository.Read(file).ReplaceLineEndings("\n")))
        {
            string code = XElement.Parse(Slashes().Replace(example.Value, "")).Element("code")!.Value.Trim('\n');
            DocProgram program = DocProgram.Compile(($"{Path.GetFileNameWithoutExtension(file)}.Example.cs", code));
            Assert.True(!program.Errors.Any(), $"{file}: {code}\n{string.Join('\n', program.Errors)}");
            string[] expected = [.. Printed().Matches(code).Select(line => line.Groups["text"].Value)];
            Assert.NotEmpty(expected);
            Assert.Equal(string.Join('\n', expected), program.Run());
        }
    }

    [GeneratedRegex(@"^ */// <example>\n.*?</example>", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Examples();

    [GeneratedRegex("^ */// ?", RegexOptions.Multiline)]
    private static partial Regex Slashes();

    [GeneratedRegex(@"; // (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Printed();
}
