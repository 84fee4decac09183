using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary><c>tgraph convert</c> shows what the compiler makes of graph functions.</summary>
public sealed class ConvertTests : IDisposable
{
    private const string Clip = """
        using TensorGraph;

        public static partial class Model
        {
            [GraphFunction]
            public static Tensor Clip(Tensor x)
            {
                if (x.Sum() > 1)
                    x = x / 2;
                return x;
            }
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Control_flow_is_shown_as_it_was_converted()
    {
        string file = Write("Model.cs", Clip);
        string text = Tool.Run("convert", file);
        Assert.StartsWith("// Model.Clip, Model.cs:6\n", text, StringComparison.Ordinal);
        Assert.Contains("If(", text, StringComparison.Ordinal);
        var function = Assert.Single(Tool.Json("convert", _folder).GetProperty("functions").EnumerateArray().ToArray());
        Assert.Equal(("Model.Clip", 6), (function.GetProperty("function").GetString(), function.GetProperty("line").GetInt32()));
    }

    [Fact]
    public void What_can_not_be_converted_is_an_error_with_its_ID_and_line()
    {
        string file = Write("Model.cs", Clip.Replace("x = x / 2;", "Console.WriteLine(count++);", StringComparison.Ordinal).Replace("if (", "int count = 0; if (", StringComparison.Ordinal)
            .Replace("return x", "return x * count", StringComparison.Ordinal));
        var (_, error) = Tool.Run(App.Differs, "convert", file);
        Assert.Contains("Model.cs:9: TG3101: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_without_graph_functions_or_with_unknown_names_are_told()
    {
        string file = Write("Other.cs", "class Other { }");
        Assert.Contains("no method is marked [GraphFunction]", Tool.Fails("convert", file), StringComparison.Ordinal);
        Assert.Contains("there is no file", Tool.Fails("convert", Path.Combine(_folder, "None.cs")), StringComparison.Ordinal);
        file = Write("Model.cs", Clip.Replace("x / 2", "Elsewhere.Half(x)", StringComparison.Ordinal));
        Assert.Contains("1 names are declared elsewhere", Tool.Run(App.Ok, "convert", file).Error, StringComparison.Ordinal);
        Assert.Contains("there is no function 'nope'; there are Model.Clip", Tool.Fails("convert", file, "-f", "nope"), StringComparison.Ordinal);
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
