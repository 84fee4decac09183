using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Output of <c>show</c>, <c>passes</c> and <c>explain</c> for a graph.</summary>
public sealed class GraphTests(RecordedModel model) : IClassFixture<RecordedModel>
{
    [Theory]
    [InlineData("traced")]
    [InlineData("cse")]
    [InlineData("optimized")]
    public void A_graph_is_shown_as_text_that_parses(string after)
    {
        string text = Tool.Run("show", model.Folder, "--function", "Step", "--after", after);
        var graph = Parser.Parse(text);
        Assert.EndsWith("Model.Step", graph.Name, StringComparison.Ordinal);
        Assert.Contains("// RecordedModel.cs:", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_as_JSON_has_its_nodes_with_the_users_lines()
    {
        var shown = Tool.Json("show", model.Folder, "-f", "Step");
        Assert.Equal(shown.GetProperty("nodes").GetInt32(), shown.GetProperty("body").GetArrayLength());
        Assert.Equal(1, shown.GetProperty("ops").GetProperty("dot").GetInt32());
        Assert.Contains(shown.GetProperty("body").EnumerateArray(), node => node.GetProperty("op").GetString() == "dot"
            && node.GetProperty("source").GetString()!.StartsWith("RecordedModel.cs:", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_are_not_there_are_answered_with_those_that_are()
    {
        Assert.Contains("there is no function 'Stop'; there are ", Tool.Fails("show", model.Folder, "-f", "Stop"), StringComparison.Ordinal);
        Assert.Contains("trace 1 is one of ", Tool.Fails("show", model.Folder, "-f", "Scale", "--trace", "1"), StringComparison.Ordinal);
        Assert.Contains("Model.Scale, ", Tool.Fails("show", model.Folder, "-f", "Stop"), StringComparison.Ordinal);
        Assert.Contains("there is no pass 'nope'", Tool.Fails("show", model.Folder, "-f", "Step", "--after", "nope"), StringComparison.Ordinal);
        Assert.Contains("traced, ", Tool.Fails("show", model.Folder, "-f", "Step", "--after", "nope"), StringComparison.Ordinal);
        Assert.Contains("there is no trace 99", Tool.Fails("show", model.Folder, "--trace", "99"), StringComparison.Ordinal);
        Assert.Contains("there is no file", Tool.Fails("show", "nowhere.tg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Passes_are_shown_with_what_they_removed_and_added_and_the_rules_that_fired()
    {
        string passes = Tool.Run("passes", model.Folder, "-f", "Step");
        Assert.Contains("rule mul-one, 1×: RecordedModel.cs:", passes, StringComparison.Ordinal);
        Assert.Contains(passes.Split('\n'), line => line.StartsWith("- ", StringComparison.Ordinal) && line.Contains(" = mul ", StringComparison.Ordinal));
        string algebra = Tool.Run("passes", model.Folder, "-f", "Step", "--pass", "algebra");
        Assert.DoesNotContain("cse", algebra, StringComparison.Ordinal);
        Assert.Contains("there is no pass 'nope'", Tool.Fails("passes", model.Folder, "-f", "Step", "--pass", "nope"), StringComparison.Ordinal);
        var json = Tool.Json("passes", model.Folder, "-f", "Step", "--pass", "algebra").GetProperty("passes")[0];
        Assert.Contains(json.GetProperty("removed").EnumerateArray(), line => line.GetString()!.Contains("= mul", StringComparison.Ordinal));
    }

    [Fact]
    public void Explain_says_what_was_fused_and_why_not()
    {
        string text = Tool.Run("explain", model.Folder, "-f", "Step");
        Assert.Matches(@"1 mul-one +x · 1 = x +RecordedModel\.cs:\d+", text);
        Assert.Matches(@"loop +sub, exp, mul +\[3, 2\]", text);
        Assert.Contains("dot has a kernel of its own", text, StringComparison.Ordinal);
        Assert.Contains("while.body", text, StringComparison.Ordinal);
        var apart = Tool.Json("explain", model.Folder, "-f", "Step").GetProperty("regions")[0].GetProperty("apart").EnumerateArray();
        Assert.Contains(apart, node => node.GetProperty("why").GetString() == "it needs the finished reduce_sum");
    }

    [Fact]
    public void A_file_is_explained_without_a_recording()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "graph g(%x: f32[8]) {\n %1 = exp %x\n %2 = constant {value=f32[] 1}\n %3 = mul %1, %2\n %4 = neg %3\n return %4\n}\n");
        string text = Tool.Run("explain", file);
        Assert.Contains("mul-one", text, StringComparison.Ordinal);
        Assert.Matches(@"loop +exp, neg +\[8\]", text);
        Assert.Contains("kernel(", Tool.Run("kernels", file), StringComparison.Ordinal);
        File.WriteAllText(file, "graph g(%x: f32[n]) { %1 = exp %x return %1 }");
        Assert.Contains("f32[n]", Tool.Fails("kernels", file), StringComparison.Ordinal);
        File.WriteAllText(file, "graph g(%x: f32[8]) {\n %1 = exq %x\n return %1\n}\n");
        Assert.Contains("TG2007", Tool.Fails("show", file, "--json"), StringComparison.Ordinal);
        File.Delete(file);
    }
}
