using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>Output of <c>report</c>, <c>kernels</c> and <c>rule</c>.</summary>
public sealed class ReportTests(RecordedModel model) : IClassFixture<RecordedModel>
{
    [Fact]
    public void A_report_has_functions_signatures_retraces_kernels_and_memory()
    {
        string report = Tool.Run("report", model.Folder);
        Assert.Contains("Model.Step", report, StringComparison.Ordinal);
        Assert.Contains("x: f32[5], factor: 2", report, StringComparison.Ordinal);
        string retrace = Assert.Single(report.Split('\n'), line => Regex.IsMatch(line, @"Model\.Scale +factor +2 +3 +RecordedModel\.cs:\d+"));
        Assert.Contains("Make a C# value", retrace, StringComparison.Ordinal);
        Assert.Matches(@"RecordedModel\.cs:\d+ +4 ", report);
        Assert.Contains("deepest queue", report, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', report);
        Assert.All(report.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public void The_report_as_JSON_has_the_same_and_is_sorted_by_cost()
    {
        var report = Tool.Json("report", model.Folder);
        var functions = report.GetProperty("functions").EnumerateArray().ToArray();
        Assert.Equal([4, 2], functions.OrderByDescending(Calls).Select(Calls));
        double[] costs = [.. functions.Select(function => new[] { "runMilliseconds", "traceMilliseconds", "compileMilliseconds" }.Sum(name => function.GetProperty(name).GetDouble()))];
        Assert.Equal(costs.OrderDescending(), costs);
        var retrace = Assert.Single(report.GetProperty("retraces").EnumerateArray().ToArray());
        Assert.Equal(["factor", "2", "3"], new[] { "argument", "old", "new" }.Select(name => retrace.GetProperty(name).GetString()));
        Assert.True(report.GetProperty("isComplete").GetBoolean());
        double[] times = [.. report.GetProperty("kernels").EnumerateArray().Select(kernel => kernel.GetProperty("laterMilliseconds").GetDouble())];
        Assert.Equal(times.OrderDescending(), times);
        static long Calls(JsonElement function) => function.GetProperty("calls").GetInt64();
    }

    [Theory]
    [InlineData("report")]
    [InlineData("explain")]
    [InlineData("rule")]
    [InlineData("run")]
    [InlineData("convert", "A.cs")]
    [InlineData("staleness", "run")]
    public void An_option_that_is_not_there_is_no_file(params string[] command) =>
        Assert.Contains("There is no option '--nope'.", Tool.Fails([.. command, "--nope"]), StringComparison.Ordinal);

    [Fact]
    public void Kernels_have_work_time_and_code()
    {
        var kernels = Tool.Json("kernels", model.Folder, "--function", "Step").EnumerateArray().ToArray();
        var dot = Assert.Single(kernels, kernel => Ops(kernel) is ["dot"]);
        Assert.Equal((4, 2 * 3 * 4 * 2), (dot.GetProperty("calls").GetInt32(), dot.GetProperty("flops").GetInt32()));
        Assert.Equal((3 * 4 + 4 * 2 + 3 * 2) * 4, dot.GetProperty("bytes").GetInt32());
        var inLoop = kernels.First(kernel => kernel.GetProperty("region").GetString()!.StartsWith("while.body", StringComparison.Ordinal));
        Assert.Equal(4 * 9, inLoop.GetProperty("calls").GetInt32());
        Assert.Contains("for row, for column:", Tool.Run("kernels", model.Folder, "--code"), StringComparison.Ordinal);
        static string[] Ops(JsonElement kernel) => [.. kernel.GetProperty("ops").EnumerateArray().Select(op => op.GetString()!)];
    }

    [Fact]
    public void The_first_run_of_a_kernel_is_told_apart_from_those_after_it()
    {
        var kernels = Tool.Json("kernels", model.Folder).EnumerateArray().ToArray();
        Assert.All(kernels, kernel => Assert.True(Number(kernel, "firstMilliseconds") > 0));
        Assert.All(kernels, kernel => Assert.Equal(
            Number(kernel, "milliseconds"), Number(kernel, "firstMilliseconds") + Number(kernel, "laterMilliseconds"), tolerance: 1e-6));
        // What ran once, as a trace that makes variables does, comes last, whatever it took.
        int once = Array.FindIndex(kernels, kernel => Number(kernel, "calls") == 1);
        Assert.All(kernels[once..], kernel => Assert.Equal(0, Number(kernel, "laterMilliseconds")));
        var functions = Tool.Json("report", model.Folder).GetProperty("functions").EnumerateArray();
        Assert.All(functions, function => Assert.Equal(
            Number(function, "runMilliseconds"), Number(function, "firstMilliseconds") + Number(function, "laterMilliseconds"), tolerance: 1e-6));
        static double Number(JsonElement row, string name) => row.GetProperty(name).GetDouble();
    }

    [Fact]
    public void Kernels_have_IL()
    {
        string text = Tool.Run("kernels", model.Folder, "-f", "Step", "--il");
        Assert.Contains("for row, for column:", text, StringComparison.Ordinal);
        Assert.Contains("A tile of the packed product", text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^    stloc +v\d+$", text);
        Assert.Matches(@"(?m)^    br +L\d+$", text);
        Assert.Matches(@"(?m)^    call +\w+::Exp", text);
        // Commands that only copy or read a variable have none.
        JsonElement[] kernels =
            [.. Tool.Json("kernels", model.Folder, "-f", "Step", "--il").EnumerateArray().Where(kernel => kernel.TryGetProperty("il", out _))];
        Assert.NotEmpty(kernels);
        Assert.All(kernels, kernel => Assert.StartsWith(".locals (", IlOf(kernel), StringComparison.Ordinal));
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "graph g(%x: f32[8]) {\n %1 = exp %x\n return %1\n}\n");
        Assert.Matches(@"(?m)^    ret$", Tool.Run("kernels", file, "--il"));
        Assert.DoesNotContain("stloc", Tool.Run("kernels", file), StringComparison.Ordinal);
        File.WriteAllText(file, """
            graph g(%x: f32[2, 3, 9, 9], %w: f32[8, 3, 3, 3]) {
             %1 = conv %x, %w {stride=[1, 1], low=shape[0, 0], high=shape[0, 0], dilation=[1, 1], input_dilation=[1, 1], groups=1}
             return %1
            }

            """);
        string tile = Tool.Run("kernels", file, "--il");
        Assert.Contains("A tile of positions × outputs", tile, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^    call +\w+::MultiplyAddEstimate", tile);
        File.Delete(file);
        static string IlOf(JsonElement kernel) => kernel.GetProperty("il").GetString()!.Split('\n').First(line => !line.StartsWith("//", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_is_explained_from_the_page_that_is_shipped()
    {
        Assert.Equal(Repository.Read("docs/rules/TG3101.md").Trim(), Tool.Run("rule", "tg3101").Trim());
        Assert.Equal(Tool.Run("rule").Trim().Split('\n').Length - 1, Tool.Json("rule").GetArrayLength());
        Assert.Contains("there is no rule 'TG3999'; there are TG3001", Tool.Fails("rule", "TG3999"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_of_a_process_that_was_killed_is_reported_up_to_its_last_whole_line()
    {
        string copy = Copy(model.Folder);
        string run = Path.Combine(copy, "run-1");
        string[] lines = File.ReadAllLines(Path.Combine(run, "events.jsonl"));
        File.WriteAllText(Path.Combine(run, "events.jsonl"), string.Join('\n', lines[..^1]) + "\n" + lines[^1][..5]);
        File.Delete(Path.Combine(run, "totals.json"));
        var report = Tool.Json("report", copy);
        Assert.False(report.GetProperty("isComplete").GetBoolean());
        Assert.Equal(1, report.GetProperty("damagedLines").GetInt32());
        Assert.Contains("still runs or was killed", Tool.Run("report", copy), StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void What_is_no_recording_is_said_with_what_to_do()
    {
        Assert.Contains("there is no folder", Tool.Fails("report", Path.Combine(model.Folder, "none")), StringComparison.Ordinal);
        string empty = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;
        Assert.Contains("has a recording.json", Tool.Fails("report", empty), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(empty, "recording.json"), "{}");
        Assert.Contains("recording.json", Tool.Fails("report", empty), StringComparison.Ordinal);
        string header = File.ReadAllText(Path.Combine(model.Folder, "run-1", "recording.json"));
        File.WriteAllText(Path.Combine(empty, "recording.json"), header.Replace("\"version\":1", "\"version\":2", StringComparison.Ordinal));
        Assert.Contains("version 2 of the format; this tool reads up to 1", Tool.Fails("report", empty), StringComparison.Ordinal);
        Directory.Delete(empty, recursive: true);
    }

    [Fact]
    public void The_newest_recording_of_a_folder_is_read()
    {
        string copy = Copy(model.Folder);
        RecordedModel.Record(copy, calls: 1);
        Assert.EndsWith("run-2", Tool.Json("report", copy).GetProperty("folder").GetString(), StringComparison.Ordinal);
        Assert.EndsWith("run-1", Tool.Json("report", Path.Combine(copy, "run-1")).GetProperty("folder").GetString(), StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("report")]
    [InlineData("report", "x", "--no-such-option")]
    [InlineData("rule", "a", "b")]
    public void A_command_line_that_is_wrong_ends_with_2_and_names_the_help(params string[] args) =>
        Assert.Contains("--help' shows what there is", Tool.Fails(args), StringComparison.Ordinal);

    [Fact]
    public void Without_arguments_the_help_is_shown() => Assert.Contains("report", Tool.Run(), StringComparison.Ordinal);

    internal static string Copy(string folder)
    {
        string copy = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }
}
