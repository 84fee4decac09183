using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TensorGraph.Tests;

/// <summary>
/// Thousands of changes of the parts of models, with checksums that fit: each ends in a model or in TG1006, and takes no more memory than a small
/// model does.
/// </summary>
public sealed class FuzzedModelTests : TemporaryFolder
{
    private const int Changes = 3000;

    // What reading and compiling one small model allocates, with room.
    private const long MostBytes = 64 << 20;

    private static readonly string[] Parts =
    [
        "%0", "%1", "%2", "%x", "%n", "@count", "f32", "i64[]", "f32[n]", "f32[2, 3]", "string[]", "0", "1", "-1", "7", "9223372036854775807", "-9223372036854775808", "99999999999999999999",
        "1E400", "nan", "n", "n*n*n*n", "max(n, n)", "floordiv(n, 0)", "?", "{", "}", "(", ")", "[", "]", ",", ":", "=", "\"\"", "\"\\u0000\"", "yield", "return", "while", "if", "scan", "add",
        "constant", "reshape", "broadcast_to", "conv", "dot", "gather", "list_new", "bind_size", "dim_size", "read_variable", "assign_variable", "host_call", "call", "true", "dim(n)",
        "shape[n, 2]", "shape[9223372036854775807, 2]", "[0, 1]", "[-1]", "carried=9", "axis=3",
    ];

    private readonly string[] _models;
    private string _model;

    public FuzzedModelTests()
    {
        SignatureDefinition[] signatures =
        [
            new("add", GraphFunction.Of(new Counter().Add).GetConcreteFunction(TensorSpec.Parse("f32[]"))),
            new("loop", GraphFunction.Of(Programs.Collatz).GetConcreteFunction(TensorSpec.Parse("i32[]"))),
            new("list", GraphFunction.Of(Programs.Squares).GetConcreteFunction(TensorSpec.Parse("i32[]"))),
            new("sizes", GraphFunction.Of(Programs.PositiveTwice).GetConcreteFunction(TensorSpec.Parse("f32[n]"))),
            new("layer", new Network(new Conv2D(1, 2, 3)).For("f32[n, 1, 5, 5]")),
        ];
        foreach (var signature in signatures)
            SavedModel.Save(At(signature.Name), [signature]);
        _models = [.. signatures.Select(signature => At(signature.Name))];
        _model = _models[0];
    }

    private static string GraphOf(string model) => Path.Combine(ContentOf(model), "graphs", "0.tg");

    [Fact]
    public void Changed_graphs_are_read_or_refused()
    {
        string[] texts = [.. _models.Select(model => File.ReadAllText(GraphOf(model)))];
        int read = 0;
        for (int seed = 0; seed < Changes; seed++)
        {
            var random = new Random(seed);
            int which = random.Next(_models.Length);
            string text = texts[which];
            for (int i = random.Next(1, 3); i > 0; i--)
                text = Change(random, text);
            _model = _models[which];
            Put(GraphOf(_model), text);
            read += Loads(seed, text) ? 1 : 0;
        }

        Assert.InRange(read, Changes / 100, Changes - 100);
    }

    [Fact]
    public void Changed_descriptions_are_read_or_refused()
    {
        string manifest = Path.Combine(_model, "saved_model.json"), text = File.ReadAllText(manifest);
        for (int seed = 0; seed < Changes / 3; seed++)
        {
            var random = new Random(seed);
            var root = JsonNode.Parse(text)!;
            var all = Values(root["model"]!).ToArray();
            var value = all[random.Next(all.Length)];
            JsonNode? other = random.Next(6) switch
            {
                0 => null,
                1 => JsonValue.Create(random.Next(-2, 3)),
                2 => JsonValue.Create("../" + random.Next(3)),
                3 => new JsonArray(),
                4 => JsonValue.Create(long.MaxValue),
                _ => all[random.Next(all.Length)].DeepClone(),
            };
            value.ReplaceWith(other);
            Write(manifest, root);
            Loads(seed, File.ReadAllText(manifest));
        }
    }

    [Fact]
    public void Nesting_that_no_model_has_is_refused()
    {
        string graph = GraphOf(_model), text = File.ReadAllText(graph);
        foreach (string bomb in new[] { "(", "[", "{", "max(", "if %0 then() { " })
        {
            Put(graph, text.Replace("f32[]", "f32[" + string.Concat(Enumerable.Repeat(bomb, 100_000)), StringComparison.Ordinal));
            Assert.False(Loads(0, bomb));
        }

        string manifest = Path.Combine(_model, "saved_model.json");
        File.WriteAllText(manifest, string.Concat(Enumerable.Repeat("{\"model\":", 100_000)));
        Assert.False(Loads(0, "json"));
    }

    private static string Change(Random random, string text)
    {
        string part = Parts[random.Next(Parts.Length)];
        string[] lines = text.Split('\n');
        int line = random.Next(lines.Length);
        switch (random.Next(6))
        {
            case 0: return string.Join('\n', lines.Where((_, i) => i != line));
            case 1: return string.Join('\n', [.. lines[..line], lines[random.Next(lines.Length)], .. lines[line..]]);
            case 2: return text.Insert(random.Next(text.Length), part);
            default:
                // A word in the place of another one.
                var words = System.Text.RegularExpressions.Regex.Matches(text, @"[%@\w\.]+|[^\s\w]");
                var word = words[random.Next(words.Count)];
                return text[..word.Index] + part + text[(word.Index + word.Length)..];
        }
    }

    private bool Loads(int seed, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            SavedModel.Load(_model);
            return true;
        }
        catch (GraphException fault)
        {
            Assert.True(fault.Id == DiagnosticIds.BadData, string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {fault}\n{what}"));
            return false;
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {fault.GetType().Name}: {fault.Message}\n{what}"), fault);
        }
        finally
        {
            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(bytes < MostBytes, string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {bytes} bytes\n{what}"));
        }
    }

    private static IEnumerable<JsonNode> Values(JsonNode node) => node switch
    {
        JsonObject entries => entries.Where(entry => entry.Value is not null).SelectMany(entry => Values(entry.Value!).Prepend(entry.Value!)).ToArray(),
        JsonArray items => items.Where(item => item is not null).SelectMany(item => Values(item!).Prepend(item!)).ToArray(),
        _ => [],
    };

    // The file, and its length and checksum in the description.
    private void Put(string file, string text)
    {
        File.WriteAllText(file, text);
        string manifest = Path.Combine(_model, "saved_model.json");
        var root = JsonNode.Parse(File.ReadAllText(manifest))!;
        var entry = root["model"]!["files"]!.AsArray().First(each => (string?)each!["name"] == $"graphs/{Path.GetFileName(file)}")!;
        byte[] bytes = File.ReadAllBytes(file);
        entry["bytes"] = bytes.LongLength;
        entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Write(manifest, root);
    }

    private static void Write(string manifest, JsonNode root)
    {
        string model = root["model"]!.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" });
        string checksum = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(model)));
        File.WriteAllText(manifest, $"{{\"format_version\": 1, \"model\": {model}, \"sha256\": \"{checksum}\"}}");
    }
}
