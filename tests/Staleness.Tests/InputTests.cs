using System.Text.Json;
using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Text forms, files, and what is said about those that are wrong.</summary>
public sealed class InputTests
{
    [Theory]
    [InlineData("sequential")]
    [InlineData("synchronous")]
    [InlineData("backup:1")]
    [InlineData("asynchronous")]
    [InlineData("softsync:2")]
    [InlineData("limited:3")]
    [InlineData("delayed:0.5")]
    [InlineData("ssp:3")]
    [InlineData("local:8")]
    [InlineData("ring")]
    [InlineData("gossip")]
    [InlineData("parameters:0.5")]
    public void A_mode_is_read_as_it_is_written(string text) => Assert.Equal(text, TrainingMode.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("async")]
    [InlineData("ssp")]
    [InlineData("ssp:-1")]
    [InlineData("ssp:1.5")]
    [InlineData("delayed:NaN")]
    [InlineData("delayed:-1")]
    [InlineData("ring:2")]
    [InlineData("parameters:0")]
    [InlineData("softsync:0")]
    public void A_mode_that_is_none_is_TG2004(string text) => AssertError("TG2004", () => TrainingMode.Parse(text));

    [Theory]
    [InlineData("constant:0.5", 0.5)]
    [InlineData("exponential:2", 2)]
    [InlineData("uniform:1,3", 2)]
    [InlineData("lognormal:0.5,0.3", 0.5)]
    [InlineData("trace:1,2,6", 3)]
    public void A_duration_is_read_as_it_is_written_and_has_its_mean(string text, double mean)
    {
        var duration = Duration.Parse(text);
        Assert.Equal(text, duration.ToString());
        Assert.Equal(mean, duration.Mean);
        var random = new SeededStream(1, "test");
        Assert.Equal(mean, Enumerable.Range(0, 60_000).Average(_ => duration.Sample(random)), mean * 0.02);
    }

    [Theory]
    [InlineData("")]
    [InlineData("constant:-1")]
    [InlineData("exponential:0")]
    [InlineData("uniform:3,1")]
    [InlineData("uniform:3")]
    [InlineData("lognormal:1,x")]
    [InlineData("gamma:1,2")]
    [InlineData("constant:Infinity")]
    public void A_duration_that_is_none_is_TG2004(string text) => AssertError("TG2004", () => Duration.Parse(text));

    [Fact]
    public void Settings_out_of_range_are_TG2004()
    {
        AssertError("TG2004", () => Simulator.Run(new() { Workers = [] }));
        AssertError("TG2004", () => Simulator.Run(new() { Gradients = 0 }));
        AssertError("TG2004", () => Simulator.Run(new() { Mode = TrainingMode.Sequential, Workers = SimulationSettings.Equal(2, new()) }));
        AssertError("TG2004", () => Simulator.Run(new() { Mode = TrainingMode.Backup(2), Workers = SimulationSettings.Equal(2, new()) }));
        AssertError("TG2004", () => Simulator.Run(new() { Workers = [new() { SlowShare = 2 }] }));
        AssertError("TG2004", () => Simulator.Run(new() { Workers = [new() { JoinsAt = 5, FailsAt = 3 }] }));
        AssertError("TG2004", () => Simulator.Run(new() { Shards = int.MaxValue }));
        AssertError("TG2004", () => SimulationSettings.Equal(int.MaxValue, new()));
        AssertError("TG2004", () => Tasks.Train(Tasks.Dense(), Tasks.Schedule("parameters:0.5", 2), rule: new() { DividesRate = true }));
        AssertError("TG2004", () => new TrainingSetup { EvaluateEvery = -1 }.Validate(TrainingMode.Asynchronous));
        AssertError("TG2004", () => _ = new DelayCompensation(-1));
        AssertError("TG2004", () => TrainingMode.Gossip.CreatePolicy(3));
        AssertError("TG2004", () => Tasks.Train(Tasks.Dense(batch: 5000), Tasks.Schedule("asynchronous", 2)));
        var settings = Tasks.Settings("asynchronous", 2);
        AssertError("TG2004", () => Tasks.Train(Tasks.Dense(), Simulator.Run(settings with { Shards = 40 })));
    }

    [Theory]
    [InlineData("local:2")]
    [InlineData("ring")]
    [InlineData("gossip")]
    public void What_only_a_server_has_is_TG2004_in_modes_without_one(string mode)
    {
        var settings = Tasks.Settings(mode, 2);
        Assert.Contains("LossShare", AssertError("TG2004", () => Simulator.Run(settings with { Workers = [settings.Workers[0], new() { LossShare = 0.5 }] })).Message, StringComparison.Ordinal);
        Assert.Contains("Shards", AssertError("TG2004", () => Simulator.Run(settings with { Shards = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("ServerTime", AssertError("TG2004", () => Simulator.Run(settings with { ServerTime = Duration.Constant(1) })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ModeKind.LocalSteps, 0)]
    [InlineData(ModeKind.LocalSteps, 1.5)]
    [InlineData(ModeKind.Gossip, 3)]
    [InlineData(ModeKind.Ring, -1)]
    [InlineData((ModeKind)99, 0)]
    public void A_mode_that_was_made_by_hand_is_checked(ModeKind kind, double setting)
    {
        TrainingMode mode = new(kind, setting);
        AssertError("TG2004", () => Simulator.Run(new() { Mode = mode }));
        AssertError("TG2004", () => mode.CreatePolicy(1));
        Assert.NotEmpty(mode.ToString());
    }

    [Fact]
    public void What_is_null_is_TG1002()
    {
        AssertError("TG1002", () => Simulator.Run(new() { Mode = null! }));
        AssertError("TG1002", () => Simulator.Run(new() { ServerTime = null! }));
        AssertError("TG1002", () => Simulator.Run(new() { Workers = [null!] }));
        AssertError("TG1002", () => Simulator.Run(new() { Workers = [new() { Compute = null! }] }));
        AssertError("TG1002", () => Simulator.Run(new() { Workers = [new() { Link = null! }] }));
        AssertError("TG1002", () => Simulator.Run(new() { Workers = [new() { Link = new() { Latency = null! } }] }));
        AssertError("TG1002", () => Simulator.Run(new() { Mode = TrainingMode.Ring, Workers = [null!] }));
        AssertError("TG1002", () => SimulationSettings.Equal(2, null!));
        var schedule = Tasks.Schedule("asynchronous", 2, 10);
        AssertError("TG1002", () => _ = schedule with { Events = default });
        AssertError("TG1002", () => _ = schedule with { Events = [null!] });
        AssertError("TG1002", () => _ = schedule with { Mode = null! });
        AssertError("TG1002", () => _ = new Schedule(null!, 1, 1, true, []));
        AssertError("TG1002", () => _ = new Schedule(TrainingMode.Asynchronous, 1, 1, true, default));
        AssertError("TG1002", () => TrainingWorkload.Train(Tasks.Dense(), new() { CreateOptimizer = null! }, schedule));
        AssertError("TG1002", () => TrainingWorkload.Train(Tasks.Dense(), new() { Rule = null! }, schedule));
        AssertError("TG1002", () => TrainingWorkload.Train(Tasks.Dense() with { Targets = null! }, new(), schedule));
        AssertError("TG2001", () => TrainingWorkload.Train(Tasks.Dense() with { Targets = new[] { 1, 2 } }, new(), schedule));
        AssertError("TG2004", () => _ = new BatchOrder(Tasks.Dense(), 1)[long.MaxValue]);
        // A list that was left out is empty.
        Assert.Empty(new ScheduleEvent(0, EventKind.Pull, 0) { Applied = default, Workers = default }.Applied);
    }

    [Theory]
    [InlineData("delayed:1", "0")]
    [InlineData("delayed:1", "trace:0,0")]
    [InlineData("delayed:2", "uniform:0,0.0000000001")]
    public void Settings_with_which_the_clock_stands_are_TG2004(string mode, string compute) =>
        Assert.Contains("the clock stands at 0 s", AssertError("TG2004", () => Tasks.Schedule(mode, 2, 10, compute)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("asynchronous")]
    [InlineData("synchronous")]
    [InlineData("softsync:50")]
    [InlineData("local:50")]
    public void Gradients_that_take_no_time_are_applied_all_the_same(string mode) => Assert.True(Tasks.Schedule(mode, 100, 1000, compute: "0").IsComplete);

    [Fact]
    public void A_run_that_is_cut_says_so()
    {
        var schedule = Simulator.Run(Tasks.Settings("asynchronous", 1, 10) with { Workers = [new() { LossShare = 1 }], MostEvents = 1000 });
        Assert.False(schedule.IsComplete);
        Assert.Equal(0, schedule.Updates);
    }

    [Fact]
    public void A_file_that_is_no_schedule_is_TG1006_and_says_why()
    {
        string path = Path.GetTempFileName();
        Assert.Contains("does not exist", AssertError("TG1006", () => ScheduleFile.Load(path + ".none")).Message, StringComparison.Ordinal);
        Assert.Contains("empty", AssertError("TG1006", () => ScheduleFile.Load(path)).Message, StringComparison.Ordinal);
        ScheduleFile.Save(Tasks.Schedule("asynchronous", 2, 10), path);
        string[] lines = File.ReadAllLines(path);
        foreach (string[] wrong in new[] { lines[..^1], [.. lines, "[]"], ["{}", .. lines[1..]], [.. lines[..^1], "[1,\"Pull\""], [.. lines.Select(line => line.Replace("\"Apply\"", "\"Eat\"", StringComparison.Ordinal))] })
        {
            File.WriteAllLines(path, wrong);
            AssertError("TG1006", () => ScheduleFile.Load(path));
        }

        File.WriteAllLines(path, [.. lines.Select(line => line.Replace("\"Pull\",1,", "\"Pull\",7,", StringComparison.Ordinal))]);
        AssertError("TG1006", () => ScheduleFile.Load(path));
        File.Delete(path);
    }

    // Lines of an event: time, kind, worker, shard, gradient, batch, version, reason, applied, workers.
    [Theory]
    [InlineData("asynchronous", 1, """[0,"Pull",-1,0,-1,-1,0,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[-1,"Pull",0,0,-1,-1,0,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Pull",0,1,-1,-1,0,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Compute",0,0,0,-1,-1,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Push",0,0,-1,-1,-1,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Apply",-1,0,-1,-1,0,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Apply",-1,0,-1,-1,0,"None",[0,4294967296,0],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Apply",-1,0,-1,-1,0,"None",[0,0,-1],[]]""")]
    [InlineData("asynchronous", 1, """[0,"Drop",-1,0,0,-1,-1,"None",[],[]]""")]
    [InlineData("asynchronous", 1, """[0,"LocalStep",0,0,0,-1,-1,"None",[0,0,0],[]]""")]
    [InlineData("asynchronous", 0, """[0,"Join",0,0,-1,-1,-1,"None",[],[]]""")]
    [InlineData("ring", 1, """[0,"Join",0,0,-1,-1,-1,"None",[],[]]""")]
    [InlineData("ring", 0, """[0,"Pull",0,0,-1,-1,0,"None",[],[]]""")]
    [InlineData("ring", 0, """[0,"LocalStep",0,0,0,-1,-1,"None",[],[]]""")]
    [InlineData("ring", 0, """[0,"LocalStep",0,0,0,-1,-1,"None",[1,0,0],[]]""")]
    [InlineData("ring", 0, """[0,"Copy",0,0,-1,-1,-1,"None",[],[]]""")]
    [InlineData("ring", 0, """[0,"Copy",0,0,-1,-1,-1,"None",[],[0]]""")]
    [InlineData("ring", 0, """[0,"Average",-1,0,-1,-1,-1,"None",[],[]]""")]
    [InlineData("ring", 0, """[0,"Average",-1,0,-1,-1,-1,"None",[],[1,1]]""")]
    [InlineData("rings", 0, """[0,"Join",0,0,-1,-1,-1,"None",[],[]]""")]
    public void An_event_that_lacks_what_its_kind_needs_is_TG1006(string mode, int shards, string line)
    {
        string path = Path.GetTempFileName();
        string header = FormattableString.Invariant(
            $$"""{"format":"tensorgraph-schedule","version":1,"mode":"{{mode}}","workers":2,"shards":{{shards}},"complete":true,"events":1}""");
        File.WriteAllLines(path, [header, line]);
        AssertError("TG1006", () => ScheduleFile.Load(path));
        File.WriteAllLines(path, [header.Replace("\"workers\":2", "\"workers\":-2", StringComparison.Ordinal), line]);
        AssertError("TG1006", () => ScheduleFile.Load(path));
        File.Delete(path);
    }

    [Theory]
    [InlineData("asynchronous", EventKind.Apply)]
    [InlineData("parameters:0.5", EventKind.Apply)]
    [InlineData("local:2", EventKind.LocalStep)]
    [InlineData("backup:1", EventKind.Drop)]
    [InlineData("asynchronous", EventKind.Compute)]
    public void A_gradient_that_is_unknown_or_ends_twice_is_TG1006(string mode, EventKind kind)
    {
        var schedule = Tasks.Schedule(mode, 2, 10);
        var entry = schedule.Events.First(entry => entry.Kind == kind);
        AssertError("TG1006", () => Tasks.Train(Tasks.Dense(), schedule with { Events = schedule.Events.Add(entry) }));
        AssertError("TG1006", () => Tasks.Train(Tasks.Dense(), schedule with { Events = schedule.Events.RemoveAll(entry => entry.Kind == EventKind.Compute) }));
    }

    [Fact]
    public void A_gradient_that_ends_twice_on_one_of_two_shards_is_TG1006()
    {
        var schedule = Simulator.Run(Tasks.Settings("asynchronous", 2, 10) with { Shards = 2 });
        var events = schedule.Events.ToBuilder();
        int second = events.IndexOf(schedule.Events.First(entry => entry.Kind == EventKind.Apply && entry.Shard == 1));
        events[second] = events[second] with { Shard = 0 };
        AssertError("TG1006", () => Tasks.Train(Tasks.Dense(), schedule with { Events = events.ToImmutable() }));
    }

    [Fact]
    public void A_worker_that_computes_before_it_has_pulled_is_TG1006()
    {
        var schedule = Tasks.Schedule("asynchronous", 2, 10);
        AssertError("TG1006", () => Tasks.Train(Tasks.Dense(), schedule with { Events = schedule.Events.RemoveAll(entry => entry.Kind == EventKind.Pull) }));
    }

    [Fact]
    public void A_trace_for_Chrome_has_a_row_for_each_worker_and_a_span_for_each_gradient()
    {
        string path = Path.GetTempFileName();
        var schedule = Tasks.Schedule("backup:1", 3, 20);
        ChromeTrace.Save(schedule, path);
        using var trace = JsonDocument.Parse(File.ReadAllText(path));
        JsonElement[] events = [.. trace.RootElement.GetProperty("traceEvents").EnumerateArray()];
        Assert.Equal(schedule.Events.Count(entry => entry.Kind == EventKind.Push), events.Count(entry => entry.GetProperty("name").GetString() == "compute"));
        Assert.Equal(3, events.Count(entry => entry.GetProperty("name").GetString() == "thread_name"));
        Assert.Contains(events, entry => entry.GetProperty("name").GetString() == "drop: Late");
        File.Delete(path);
    }

    private static GraphException AssertError(string id, Action action)
    {
        var error = Assert.Throws<GraphException>(action);
        Assert.Equal(id, error.Id);
        return error;
    }
}
