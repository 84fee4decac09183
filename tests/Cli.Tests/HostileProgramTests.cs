using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>Programs with unusual names, values and control flow are recorded without a trace of it in their results, and every command reads them.</summary>
public sealed partial class HostileProgramTests : IDisposable
{
    private const string Evil = "a\nb\t\"q\" </script><img src=x onerror=alert(1)> // Evil.cs:1 \e[31m \ud800 😀";

    private static readonly string[][] Commands =
    [
        ["report"], ["show"], ["passes"], ["explain"], ["kernels"], ["kernels", "--code"], ["html", "-o", "page.html"], ["tensorboard", "-o", "board"],
        ["lock", "-o", "graph.lock"], ["check", "--lock", "graph.lock"], ["watch", "--lines", "1"],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph äö \"x\"-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Blocks_in_many_blocks_are_recorded_counted_and_drawn()
    {
        Tensor result;
        using (GraphRecorder.Start(_folder))
            result = Hostile.Chain(3f);
        Assert.Equal(63f, result.Item<float>());
        Assert.Equal(1, Tool.Json("report", _folder).GetProperty("functions")[0].GetProperty("calls").GetInt32());
        RunAll("Chain");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public void Values_whose_text_is_code_or_fails_are_part_of_a_signature(bool isRecorded, int first)
    {
        using (isRecorded ? GraphRecorder.Start(_folder, keepInputs: true) : null)
        {
            for (int n = first; n < first + 2; n++)
            {
                Assert.Equal(2f * n, Hostile.OfStruct(Ops.Ones(2), new Mute(n)).Sum().Item<float>());
                Assert.Equal(2f * n, Hostile.OfRecord(Ops.Ones(2), new MuteRecord(n)).Sum().Item<float>());
                Assert.Equal(Evil.Length + n, Hostile.OfText(Ops.Ones(), Evil + new string('x', n)).Item<float>());
            }
        }

        if (!isRecorded)
            return;
        RunAll("OfText");
        string report = Tool.Run("report", _folder);
        Assert.DoesNotContain('\e', report);
        Assert.Contains("s: \"a\\nb\\u0009\"q\"", report, StringComparison.Ordinal);
        Assert.Matches(@"MuteRecord \{ N = 3 \} +MuteRecord \{ N = 4 \}", report);
    }

    [Fact]
    public void A_graph_with_a_gradient_of_its_own_is_read_by_all_commands()
    {
        using (GraphRecorder.Start(_folder, keepInputs: true))
            Hostile.Clipped(Ops.Ones(3));
        Assert.Contains("gradient(\"", Tool.Run("show", _folder, "--after", "traced"), StringComparison.Ordinal);
        RunAll("Clipped");
        Assert.Contains("All agree", Tool.Run("replay", _folder), StringComparison.Ordinal);
        Tool.Json("show", _folder, "--after", "traced");
        Assert.Contains("the graphs are equal", Tool.Run("diff", _folder, _folder, "-f", "Clipped", "--after", "traced"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_with_code_in_its_names_runs_none_of_it()
    {
        using (GraphRecorder.Start(_folder))
            Hostile.OfText(Ops.Ones(), Evil);
        string page = Path.Combine(_folder, "page.html");
        Tool.Run("html", _folder, "-o", page);
        string text = File.ReadAllText(page);
        Assert.Equal(4, text.Split("</script").Length - 1);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.Contains("HostileProgramTests.cs:", Tool.Run("show", _folder), StringComparison.Ordinal);
        Assert.DoesNotContain(Tool.Json("show", _folder).GetProperty("body").EnumerateArray(),
            node => node.GetProperty("source").GetString()!.StartsWith("Evil", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recording_stays_in_its_folder_when_the_program_changes_directory()
    {
        string before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = _folder;
            using (GraphRecorder.Start("inner"))
            {
                Environment.CurrentDirectory = before;
                Hostile.Moved(Ops.Ones(2));
            }
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }

        Assert.False(Directory.Exists("inner"));
        Assert.Contains("Hostile.Moved", Tool.Run("show", Path.Combine(_folder, "inner")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_whole_is_not_taken_for_a_part_of_another()
    {
        using (GraphRecorder.Start(_folder))
        {
            for (int i = 0; i < 3; i++)
                Hostile.TwiceAgain(Ops.Ones(2));
            Hostile.Twice(Ops.Ones(2));
        }

        Assert.StartsWith("graph TensorGraph.Tests.Hostile.Twice(", Tool.Run("show", _folder, "-f", "twice"), StringComparison.Ordinal);
        Assert.StartsWith("graph TensorGraph.Tests.Hostile.Twice(", Tool.Run("show", _folder, "-f", "Hostile.Twice"), StringComparison.Ordinal);
        Assert.StartsWith("graph TensorGraph.Tests.Hostile.TwiceAgain(", Tool.Run("show", _folder, "-f", "Again"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_recording_beside_others_does_not_hide_them()
    {
        RecordedModel.Record(_folder, calls: 1);
        foreach (string damaged in new[] { "", "{}", "{\"format\":\"tensorgraph-recording\",\"version\":99}" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, "run-2"));
            File.WriteAllText(Path.Combine(_folder, "run-2", "recording.json"), damaged);
            Assert.EndsWith("run-1", Tool.Json("report", _folder).GetProperty("folder").GetString(), StringComparison.Ordinal);
            Assert.Contains("recording.json", Tool.Fails("report", Path.Combine(_folder, "run-2")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_process_that_was_killed_ends_the_watch()
    {
        RecordedModel.Record(_folder, calls: 1);
        string run = Path.Combine(_folder, "run-1"), header = Path.Combine(run, "recording.json"), events = Path.Combine(run, "events.jsonl");
        File.WriteAllText(header, File.ReadAllText(header).Replace($"\"process\":{Environment.ProcessId}", "\"process\":2147483647", StringComparison.Ordinal));
        File.WriteAllLines(events, File.ReadAllLines(events)[..^1]);
        foreach (string file in Directory.EnumerateFiles(run))
            File.SetLastWriteTimeUtc(file, new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Single(Tool.Run("watch", _folder, "--interval", "0").Trim().Split('\n'));
    }

    [Theory]
    [InlineData("lock", "-o", "")]
    [InlineData("html", "-o", "")]
    [InlineData("tensorboard", "-o", "")]
    [InlineData("run", "-o", "", "--", "true")]
    [InlineData("watch", "--interval", "NaN")]
    [InlineData("watch", "--interval", "x")]
    [InlineData("watch", "--lines", "")]
    [InlineData("kernels", "--trace", "x")]
    [InlineData("replay", "--tolerance", "1e")]
    [InlineData("watch", "--interval", "-1")]
    [InlineData("watch", "--lines", "-1")]
    [InlineData("replay", "--tolerance", "NaN")]
    [InlineData("replay", "--tolerance", "-1")]
    [InlineData("report", "-o", "x")]
    public void An_option_without_a_meaning_is_refused(params string[] args)
    {
        string[] line = args[0] == "run" ? args : [args[0], _folder, .. args[1..]];
        Assert.Contains(args[1] == "-o" ? "" : args[1], Tool.Fails(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("show", "-f", "x")]
    [InlineData("show", "--after", "traced")]
    [InlineData("explain", "--trace", "1")]
    [InlineData("kernels", "-f", "x")]
    public void A_file_has_no_functions_traces_or_passes_to_choose_from(params string[] args)
    {
        string file = Path.Combine(_folder, "g.tg");
        File.WriteAllText(file, "graph g(%x: f32[8]) {\n %1 = exp %x\n return %1\n}\n");
        Assert.Contains("is one graph", Tool.Fails([args[0], file, .. args[1..]]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"function\":\"a\",\"signature\":\"b\"}")]
    [InlineData("{\"function\":\"a\",\"signature\":\"b\",\"hostIslands\":[]},{\"function\":\"a\",\"signature\":\"b\",\"hostIslands\":[]}")]
    public void A_lock_whose_entries_are_not_whole_or_twice_is_refused(string entries)
    {
        RecordedModel.Record(_folder, calls: 1);
        string file = Path.Combine(_folder, "graph.lock");
        File.WriteAllText(file, $"{{\"version\":1,\"signatures\":[{entries}]}}");
        Assert.Contains("graph.lock", Tool.Fails("check", _folder, "--lock", file), StringComparison.Ordinal);
    }

    private void RunAll(string function)
    {
        foreach (string[] command in Commands)
        {
            string[] args = [command[0], _folder, .. command[1..].Select(arg => arg.Contains('.', StringComparison.Ordinal) || arg == "board" ? Path.Combine(_folder, arg) : arg)];
            if (command[0] is "show" or "passes" or "explain")
                args = [.. args, "-f", function];
            string text = Tool.Run(args);
            Assert.DoesNotContain(text, c => char.IsControl(c) && c is not ('\n' or '\t'));
            JsonDocument.Parse(Tool.Run([.. args, "--json"]), new JsonDocumentOptions { MaxDepth = 2000 });
        }
    }

    /// <summary>A struct that has no text.</summary>
    public readonly struct Mute(int n)
    {
        public int N { get; } = n;

        public override string ToString() => throw new InvalidOperationException("no text");
    }

    /// <summary>A record that has no text.</summary>
    public sealed record MuteRecord(int N)
    {
        public override string ToString() => throw new InvalidOperationException("no text");
    }
}

/// <summary>Functions for these tests.</summary>
public static partial class Hostile
{
    private static readonly Variable s_last = new(0f, name: "a \"b\"\n</script> // Evil.cs:3");

    [GraphFunction]
    public static Tensor OfStruct(Tensor x, HostileProgramTests.Mute n) => x * n.N;

    [GraphFunction]
    public static Tensor OfRecord(Tensor x, HostileProgramTests.MuteRecord n) => x * n.N;

    [GraphFunction]
    public static Tensor OfText(Tensor x, string s)
    {
        Ops.Assert((x > 0).All(), s, x);
        return x * s.Length;
    }

    [GraphFunction]
    public static Tensor Clipped(Tensor x) => Ops.CustomGradient(x, y => Ops.Exp(y), (y, result, g) => g * Ops.Min(result, 2f)) + 1;

    [GraphFunction]
    public static Tensor Moved(Tensor x) => x * 2;

    [GraphFunction]
    public static Tensor Twice(Tensor x) => x * 2;

    [GraphFunction]
    public static Tensor TwiceAgain(Tensor x) => x * 2;

    // Each else opens a block in the block before.
    [GraphFunction]
    public static Tensor Chain(Tensor x)
    {
        if (x > 99) s_last.Assign(x * 1);
        else if (x > 98) s_last.Assign(x * 2);
        else if (x > 97) s_last.Assign(x * 3);
        else if (x > 96) s_last.Assign(x * 4);
        else if (x > 95) s_last.Assign(x * 5);
        else if (x > 94) s_last.Assign(x * 6);
        else if (x > 93) s_last.Assign(x * 7);
        else if (x > 92) s_last.Assign(x * 8);
        else if (x > 91) s_last.Assign(x * 9);
        else if (x > 90) s_last.Assign(x * 10);
        else if (x > 89) s_last.Assign(x * 11);
        else if (x > 88) s_last.Assign(x * 12);
        else if (x > 87) s_last.Assign(x * 13);
        else if (x > 86) s_last.Assign(x * 14);
        else if (x > 85) s_last.Assign(x * 15);
        else if (x > 84) s_last.Assign(x * 16);
        else if (x > 83) s_last.Assign(x * 17);
        else if (x > 82) s_last.Assign(x * 18);
        else s_last.Assign(x * 20);
        return x + s_last;
    }
}
