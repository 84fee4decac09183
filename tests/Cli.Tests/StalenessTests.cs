using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary><c>tgraph staleness run</c>.</summary>
public sealed class StalenessTests : IDisposable
{
    private const string Small = """
        { "grids": [ { "name": "small", "workers": [2], "modes": ["sequential", "delayed:1"], "rates": [0.02, 0.1], "seeds": [1, 2], "gradients": 24, "evaluate_every": 6,
          "plots": ["curves", "time", "histogram", "heatmap", "best"] } ] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-staleness-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Experiments_become_tables_pictures_and_a_page()
    {
        string file = In("experiment.json"), report = In("report");
        File.WriteAllText(file, Small);
        string text = Tool.Run("staleness", "run", file, "-o", report, "--trace");
        Assert.Contains("2 workers, delayed:1, sgd 0.1", text, StringComparison.Ordinal);
        Assert.Contains("192 gradients", text, StringComparison.Ordinal);
        // A head and 2 modes × 2 rates × 2 seeds; 4 evaluations each.
        string[] runs = File.ReadAllLines(Path.Combine(report, "runs.csv"));
        Assert.Equal(9, runs.Length);
        Assert.Equal(33, File.ReadAllLines(Path.Combine(report, "curves.csv")).Length);
        string[] pictures = Directory.GetFiles(report, "*.svg");
        Assert.Equal(6, pictures.Length);
        Assert.All(pictures, picture => XDocument.Load(picture));
        Assert.Equal(6, File.ReadAllText(Path.Combine(report, "report.html")).Split("<img ").Length - 1);
        Assert.All(Directory.GetFiles(report, "*.trace.json"), trace => JsonDocument.Parse(File.ReadAllText(trace)).Dispose());
        Assert.Equal(2, Directory.GetFiles(report, "*.trace.json").Length);

        // Nothing is left to do, and the report is made of what is there.
        var figures = Tool.Json("staleness", "run", file, "-o", report, "--resume");
        Assert.Equal((0, 8), (figures.GetProperty("gradients").GetInt32(), figures.GetProperty("runs").GetInt32()));
        Assert.Equal(runs, File.ReadAllLines(Path.Combine(report, "runs.csv")));
        string again = In("again");
        Tool.Run("staleness", "run", "--from", report, "-o", again);
        Assert.Equal(File.ReadAllBytes(Path.Combine(report, "small-2-test.svg")), File.ReadAllBytes(Path.Combine(again, "small-2-test.svg")));

        // A program that is ended in its first run may leave nothing in its files.
        foreach (string name in new[] { "runs.csv", "losses.csv", "curves.csv" })
            File.WriteAllText(Path.Combine(report, name), "");
        Assert.Equal(192, Tool.Json("staleness", "run", file, "-o", report, "--resume").GetProperty("gradients").GetInt32());
        Assert.Equal(runs, File.ReadAllLines(Path.Combine(report, "runs.csv")));

        // What can't run leaves the results that are there.
        File.WriteAllText(file, """{ "grids": [ { "batches": [100000] } ] }""");
        Tool.Fails("staleness", "run", file, "-o", report);
        Assert.Equal(runs, File.ReadAllLines(Path.Combine(report, "runs.csv")));
    }

    [Fact]
    public void Files_that_can_not_be_used_are_one_line_with_the_place()
    {
        string file = In("bad.json");
        File.WriteAllText(file, "{ \"grids\": [\n { \"rates\": [0.1, \"fast\"] } ] }");
        string error = Tool.Fails("staleness", "run", file, "-o", In("none"));
        Assert.StartsWith($"TG1006: experiment: '{file}' can't be used: grids[0].rates[1], line 2: it is no number.", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        File.WriteAllText(file, """{ "grids": [ { "modes": ["asynchron"] } ] }""");
        Assert.Contains("grids[0].modes[0], line 1: ", Tool.Fails("staleness", "run", file, "-o", In("none")), StringComparison.Ordinal);
        Assert.Contains("TG1006", Tool.Fails("staleness", "run", In("missing.json")), StringComparison.Ordinal);
        File.WriteAllText(file, Small);
        Assert.Contains("cifar10:FOLDER", Tool.Fails("staleness", "run", file, "--data", "nope", "-o", In("none")), StringComparison.Ordinal);
        File.WriteAllText(file, """{ "grids": [ { "batches": [100000] } ] }""");
        Assert.Contains("TG2004", Tool.Fails("staleness", "run", file, "-o", In("large")), StringComparison.Ordinal);
        Assert.Contains("--quick", Tool.Fails("staleness", "run", file, "--quick", "-o", In("none")), StringComparison.Ordinal);
        Assert.Contains("--resume", Tool.Fails("staleness", "run", "--from", In("none"), "--resume", "-o", In("none")), StringComparison.Ordinal);
        Assert.Contains("TG1006", Tool.Fails("staleness", "run", "", "-o", In("none")), StringComparison.Ordinal);
        Assert.Contains("'tgraph staleness run --help'", Tool.Fails("staleness", "run", "-o", ""), StringComparison.Ordinal);
        Assert.Contains("'tgraph --help'", Tool.Fails("stale"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("none")));
    }

    // A terminal for the tool is made by util-linux's script; other systems have other programs for it.
    [Theory]
    [InlineData("\u0003")]
    [InlineData("")]
    public void A_training_that_is_broken_off_shows_the_cursor_again(string keys)
    {
        if (!OperatingSystem.IsLinux())
            return;
        const string Hidden = "\u001b[?25l", Shown = "\u001b[?25h";
        string pidFile = In("pid"), command = $"echo $$ > {pidFile}; exec dotnet {typeof(App).Assembly.Location} staleness run -o {In("report")}";
        var start = new ProcessStartInfo("script", ["-qfc", command, "/dev/null"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["SHELL"] = "/bin/sh";
        using var process = Process.Start(start)!;
        var text = new StringBuilder();
        var part = new char[4096];
        for (bool isTold = false; process.StandardOutput.Read(part) is > 0 and var count;)
        {
            text.Append(part, 0, count);
            if (isTold || !text.ToString().Contains(Hidden, StringComparison.Ordinal))
                continue;
            isTold = true;
            process.StandardInput.Write(keys);
            process.StandardInput.Flush();
            if (keys.Length == 0)
                Process.Start("kill", ["-TERM", File.ReadAllText(pidFile).Trim()]).WaitForExit();
        }

        process.WaitForExit();
        Assert.True(text.ToString().LastIndexOf(Shown, StringComparison.Ordinal) > text.ToString().LastIndexOf(Hidden, StringComparison.Ordinal), text.ToString());
    }

    private string In(string name) => Path.Combine(_folder, name);
}
