using System.Text.Json.Nodes;
using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary>A recording with a file that is damaged in any way is read as far as it goes, or refused with a message; nothing crashes.</summary>
[Trait("Category", "Long")]
public sealed class DamagedRecordingTests(RecordedModel model) : IClassFixture<RecordedModel>, IDisposable
{
    private static readonly string[][] Commands =
    [
        ["report"], ["show", "-f", "Step"], ["passes", "-f", "Step"], ["explain", "-f", "Step"], ["kernels"], ["check", "--lock", "none"], ["replay"],
        ["html", "-o", "page.html"], ["watch", "--lines", "1"],
    ];

    private readonly string _folder = ReportTests.Copy(model.Folder);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("recording.json")]
    [InlineData("events.jsonl")]
    [InlineData("totals.json")]
    public void A_file_with_a_value_missing_or_of_another_kind(string name)
    {
        string file = Path.Combine(_folder, "run-1", name);
        string[] lines = File.ReadAllLines(file);
        foreach (var (number, line) in lines.Index())
        {
            foreach (string damaged in Damaged(line))
            {
                File.WriteAllLines(file, lines.Select((other, i) => i == number ? damaged : other));
                RunAll(damaged);
            }
        }
    }

    [Theory]
    [InlineData("recording.json")]
    [InlineData("events.jsonl")]
    [InlineData("totals.json")]
    [InlineData("graphs/2/00-traced.tg")]
    [InlineData("inputs/2.txt")]
    public void A_file_that_is_cut_off_or_gone_or_something_else(string name)
    {
        string file = Path.Combine(_folder, "run-1", name);
        string text = File.ReadAllText(file);
        foreach (string damaged in new[] { "", text[..(text.Length / 2)], "null", "[]", "\0\u0001\uffff", text + text })
        {
            File.WriteAllText(file, damaged);
            RunAll(name);
        }

        File.Delete(file);
        RunAll(name);
    }

    private void RunAll(string what)
    {
        foreach (string[] command in Commands)
        {
            var output = new StringWriter();
            string[] args = [command[0], _folder, .. command[1..].Select(arg => arg == "page.html" ? Path.Combine(_folder, arg) : arg), "--json"];
            var thrown = Record.Exception(() => Assert.InRange(App.Run(args, new Output(output, output)), App.Ok, App.Unusable));
            Assert.True(thrown is null, $"tgraph {command[0]} of {what}:\n{thrown}");
        }
    }

    // Each property of the outer object and of the first objects in it: gone, null, and another kind of value.
    private static IEnumerable<string> Damaged(string line)
    {
        string[] paths = [.. Paths(JsonNode.Parse(line)!, "").Distinct().Take(60)];
        foreach (string path in paths)
        {
            foreach (string? value in new[] { null, "null", "\"text\"", "-7", "[[]]" })
            {
                var root = JsonNode.Parse(line)!;
                JsonNode parent = root;
                string[] parts = path.Split('/');
                foreach (string part in parts[..^1])
                    parent = int.TryParse(part, out int index) ? parent[index]! : parent[part]!;
                if (value is null)
                    parent.AsObject().Remove(parts[^1]);
                else
                    parent[parts[^1]] = JsonNode.Parse(value);
                yield return root.ToJsonString();
            }
        }
    }

    private static IEnumerable<string> Paths(JsonNode node, string at)
    {
        if (node is JsonObject properties)
        {
            foreach (var (name, value) in properties)
            {
                yield return at + name;
                foreach (string inner in value is null ? [] : Paths(value, $"{at}{name}/"))
                    yield return inner;
            }
        }
        else if (node is JsonArray { Count: > 0 } items && items[0] is JsonObject first)
        {
            foreach (string inner in Paths(first, $"{at}0/"))
                yield return inner;
        }
    }
}
