using System.Text;
using System.Text.RegularExpressions;
using TensorGraph.Staleness;
using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Tests;

/// <summary>Results in a folder: written by one program at a time, and read as those of the experiments that were run.</summary>
public sealed class ResultFilesTests : IDisposable
{
    private const string Small = """
        { "grids": [ { "name": "small", "modes": ["asynchronous"], "rates": [0.02], "seeds": [1, 2], "gradients": 6, "evaluate_every": 3, "plots": ["heatmap"] } ] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-results-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_folder_that_another_program_writes_into_is_left_as_it_is()
    {
        Run(Small);
        Dictionary<string, byte[]> before = Directory.GetFiles(Report).ToDictionary(file => file, File.ReadAllBytes);
        string other = Small.Replace("0.02", "0.05", StringComparison.Ordinal);
        var request = Request(other);
        // While one trains, a second one comes; and one that only wants to read.
        Experiment.Run(Request(Small) with { Resumes = true }, new SvgPictures(), (_, train) =>
        {
            foreach (bool resumes in new[] { false, true })
                Expect.Error(DiagnosticIds.BadData, () => Experiment.Run(request with { Resumes = resumes }, new SvgPictures(), (_, run) => run(_ => { })), "another program writes", Report);
            Experiment.Run(new() { From = Report, Folder = In("read") }, new SvgPictures(), (_, run) => run(_ => { }));
            return train(_ => { });
        });
        foreach (var (file, bytes) in before.Where(entry => !entry.Key.EndsWith(".html", StringComparison.Ordinal)))
            Assert.Equal(bytes, File.ReadAllBytes(file));
        Assert.Equal(2, Run(other).Results.Values.Sum(runs => runs.Count));
    }

    [Theory]
    [InlineData("\"gradients\": 6", "\"gradients\": 5", "small: gradients is 6 there and 5 here")]
    [InlineData("\"evaluate_every\": 3", "\"evaluate_every\": 2", "small: evaluate_every is 3 there and 2 here")]
    [InlineData("\"gradients\": 6", "\"gradients\": 6, \"compute\": \"1\"", "small: compute is lognormal:0.25,0.1 there and 1 here")]
    [InlineData("\"gradients\": 6", "\"gradients\": 6, \"slow_share\": 0.5", "small: slow_share is 0 there and 0.5 here")]
    [InlineData("\"gradients\": 6", "\"gradients\": 6, \"slow_factor\": 3", "small: slow_factor is 1 there and 3 here")]
    [InlineData("{ \"grids\"", "{ \"data\": \"fashion-mnist\", \"grids\"", "data is digits there and fashion-mnist here")]
    public void Results_of_other_settings_are_not_taken(string before, string after, string problem)
    {
        Run(Small);
        var request = Request(Small.Replace(before, after, StringComparison.Ordinal)) with { From = Report, Folder = In("again") };
        Expect.Error(DiagnosticIds.BadData, () => Experiment.Run(request, new SvgPictures(), (_, run) => run(_ => { })), problem);
        Assert.False(Directory.Exists(In("again")));
        // Titles and pictures are no settings of runs.
        request = Request(Small.Replace("\"heatmap\"", "\"best\"", StringComparison.Ordinal)) with { From = Report, Folder = In("again") };
        Assert.Equal(2, Experiment.Run(request, new SvgPictures(), (_, run) => run(_ => { })).Results.Values.Sum(runs => runs.Count));
    }

    [Fact]
    public void A_run_that_diverged_has_the_figures_of_what_was_worked_off()
    {
        string text = Small.Replace("[0.02]", "[1e20]", StringComparison.Ordinal).Replace("asynchronous", "delayed:1", StringComparison.Ordinal)
            .Replace("\"gradients\": 6", "\"gradients\": 60", StringComparison.Ordinal);
        var done = Run(text).Results.Values.Single();
        Assert.All(done, run => Assert.True(run.Outcome.IsDiverged));
        Assert.All(done, run => Assert.Equal(run.Outcome.Points.Count, run.Done.Staleness().Count()));
        Assert.All(done, run => Assert.True(run.Done.Seconds < run.Schedule.Seconds / 2));
        // They are found again in the files.
        var again = Experiment.Run(new() { From = Report, Folder = In("again") }, new SvgPictures(), (_, run) => run(_ => { })).Results.Values.Single();
        Assert.Equal(done.Select(run => run.Done.MeanStaleness()), again.Select(run => run.Done.MeanStaleness()));
    }

    [Fact]
    public void Grids_without_a_run_are_named()
    {
        Run(Small);
        string more = Small.Replace("[ {", "[ { \"name\": \"later\" }, {", StringComparison.Ordinal);
        var experiment = Experiment.Run(Request(more) with { From = Report, Folder = In("again") }, new SvgPictures(), (_, run) => run(_ => { }));
        Assert.Matches("<h2>later</h2>[^h]*<p><b>\\d+ runs are missing", Regex.Replace(File.ReadAllText(experiment.Page), "<p>[^<]*<i>.*</p>", ""));
    }

    [Fact]
    public void A_recorded_run_is_simulated_with_its_workers_lives()
    {
        WorkerSettings[] workers = [new(), new() { JoinsAt = 50, FailsAt = 60, RestartsAfter = Duration.Constant(5) }];
        var recorded = Simulator.Run(new() { Mode = TrainingMode.Asynchronous, Workers = workers, Gradients = 120 });
        var run = new Grid { Name = "recorded", Gradients = 120 }.Runs().First();
        var simulated = Simulator.Run(Measured.SimulationOf(recorded, run) with { Gradients = 120 });
        Assert.Equal(recorded.Seconds, simulated.Seconds, 1e-6);
        Assert.Equal(recorded.MeanStaleness(), simulated.MeanStaleness(), 1e-6);
    }

    [Fact]
    public void A_report_of_results_needs_no_data()
    {
        Run(Small);
        string file = Path.Combine(Report, "experiment.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"digits\"", "\"cifar10:/not/there\"", StringComparison.Ordinal));
        var outcome = Experiment.Run(new() { From = Report, Folder = In("again") }, new SvgPictures(), (_, run) => run(_ => { }));
        Assert.Contains("CIFAR-10", File.ReadAllText(outcome.Page), StringComparison.Ordinal);
        Assert.Equal(0, outcome.Gradients);
    }

    [Theory]
    [InlineData("losses.csv", "it lacks the run 'small,2,asynchronous,sgd,0.02,100,0,none,1'")]
    [InlineData("curves.csv", "it lacks the run 'small,2,asynchronous,sgd,0.02,100,0,none,1'")]
    public void A_run_that_is_in_one_file_only_is_said(string name, string problem)
    {
        Run(Small);
        string path = Path.Combine(Report, name);
        File.WriteAllLines(path, File.ReadAllLines(path).Where(line => !line.Contains(",none,1,", StringComparison.Ordinal)));
        Fails(problem);
    }

    [Theory]
    [InlineData("losses.csv", " [^ ]*$", "", "was another one there")]
    [InlineData("losses.csv", " [^ ]*$", " x", "'x' is no number")]
    [InlineData("curves.csv", ",6,", ",5,", "ends after 5 of 6 batches")]
    [InlineData("runs.csv", ",6,", ",7,", "was another one there")]
    public void Damage_is_said(string name, string pattern, string replacement, string problem)
    {
        Run(Small);
        string path = Path.Combine(Report, name);
        File.WriteAllLines(path, File.ReadAllLines(path).Select(
            line => line.StartsWith("small", StringComparison.Ordinal) ? Regex.Replace(line, pattern, replacement) : line));
        Fails(problem);
    }

    [Fact]
    public void A_mark_of_the_encoding_at_the_start_does_no_harm()
    {
        Run(Small);
        string[] names = ["runs.csv", "losses.csv", "curves.csv"];
        var before = names.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(Report, name)));
        foreach (string name in names)
            File.WriteAllText(Path.Combine(Report, name), before[name], new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(0, Experiment.Run(Request(Small) with { Resumes = true }, new SvgPictures(), (_, run) => run(_ => { })).Gradients);
        foreach (string name in names)
            Assert.Equal(before[name], File.ReadAllText(Path.Combine(Report, name)));
    }

    [Fact]
    public void A_diverged_run_has_the_same_figures_in_the_file_and_on_the_page()
    {
        var outcome = Run(Small.Replace("0.02", "1e30", StringComparison.Ordinal));
        string[][] rows = [.. File.ReadAllLines(Path.Combine(Report, "runs.csv")).Select(line => line.Split(','))];
        int accuracy = Array.IndexOf(rows[0], "accuracy");
        Assert.All(rows[1..], row => Assert.Equal(("1", "0"), (row[Array.IndexOf(rows[0], "diverged")], row[accuracy])));
        Assert.Contains("<td>∞<td>0.000 ± 0.000<td>∞<td>∞<td>", File.ReadAllText(outcome.Page), StringComparison.Ordinal);
        Assert.Equal(["∞", "–", "0.000", "∞"], outcome.Tables().Single().Rows.Single()[2..6]);
        Assert.Contains("div.", Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(Report, "small-2-sgd-rates.svg"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_curve_ends_where_a_run_diverged_in_between()
    {
        RunSettings run = new(new() { Gradients = 30 }, 2, "asynchronous", "sgd", 0.1, 100, 0, "none", Seed: 1);
        RunResult Result(bool isDiverged, params long[] batches) => new(run, run.Simulate(),
            new([], [.. batches.Select(count => new EvaluationPoint(count, count, 2, 0.1))], isDiverged, new([], [])));
        var curve = new Summary(run, [Result(false, 10, 20, 30), Result(true, 10, 14)]).TestLoss("x", bySeconds: false);
        Assert.Equal([10], curve.X);
        Assert.Equal([10, 20, 30], new Summary(run, [Result(false, 10, 20, 30), Result(false, 10, 20, 30)]).TestLoss("x", bySeconds: false).X);
    }

    [Fact]
    public void One_seed_has_no_interval_on_the_page()
    {
        string page = File.ReadAllText(Run(Small.Replace("[1, 2]", "[1]", StringComparison.Ordinal)).Page);
        Assert.DoesNotContain("± 0", page, StringComparison.Ordinal);
        Assert.Contains("One seed has no interval", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_runs_do_not_look_like_diverged_ones()
    {
        Run(Small);
        string wide = Small.Replace("[0.02]", "[0.02, 0.05]", StringComparison.Ordinal);
        var outcome = Experiment.Run(Request(wide) with { From = Report, Folder = In("again") }, new SvgPictures(), (_, run) => run(_ => { }));
        string picture = File.ReadAllText(Path.Combine(In("again"), "small-2-sgd-rates.svg"));
        Assert.Contains(">–</text>", picture, StringComparison.Ordinal);
        Assert.DoesNotContain("div.", picture, StringComparison.Ordinal);
        Assert.Contains("2 runs are missing", File.ReadAllText(outcome.Page), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_which_one_would_be_passed_over_are_refused()
    {
        foreach (ExperimentRequest request in new ExperimentRequest[]
        {
            new() { IsQuick = true, File = "x.json" }, new() { IsQuick = true, From = "x" }, new() { Resumes = true, From = "x" }, new() { Folder = "" }, new() { From = "" },
        })
            Expect.Error(DiagnosticIds.OutOfRange, () => Experiment.Run(request, new SvgPictures(), (_, run) => run(_ => { })), "experiment: ");
        Expect.Error(DiagnosticIds.BadData, () => Experiment.Run(new() { From = In("none") }, new SvgPictures(), (_, run) => run(_ => { })), "no experiment.json");
    }

    [Fact]
    public void More_gradients_than_an_int_holds_are_counted()
    {
        var study = Study.Load(Written(Small));
        Grid grid = study.Grids[0] with { Gradients = int.MaxValue };
        Assert.Equal(2L * int.MaxValue, new Runner(study with { Grids = [grid] }, ImageSet.Load("digits")).Gradients);
    }

    [Fact]
    public void Measured_times_need_a_schedule_of_a_server()
    {
        RunSettings run = new(new(), 2, "asynchronous", "sgd", 0.1, 20, 0, "none", Seed: 1);
        var schedule = Tasks.Schedule("asynchronous", 2, 20);
        Assert.Equal(2, Measured.SimulationOf(schedule, run).Workers.Count);
        Expect.Error(DiagnosticIds.NullArgument, () => Measured.SimulationOf(null!, run));
        Expect.Error(DiagnosticIds.NullArgument, () => Measured.SimulationOf(schedule, null!));
        Expect.Error(DiagnosticIds.BadData, () => Measured.SimulationOf(schedule with { Events = schedule.Events.RemoveAll(entry => entry.Kind == EventKind.Compute) }, run));
        Expect.Error(DiagnosticIds.OutOfRange, () => Measured.SimulationOf(Tasks.Schedule("ring", 2, 20), run), "no server");
    }

    private string Report => In("report");

    private string In(string name) => Path.Combine(_folder, name);

    private string Written(string text)
    {
        string path = In("experiment.json");
        File.WriteAllText(path, text);
        return path;
    }

    private ExperimentRequest Request(string text) => new() { File = Written(text), Folder = Report };

    private Experiment Run(string text) => Experiment.Run(Request(text), new SvgPictures(), (_, run) => run(_ => { }));

    private void Fails(string problem) =>
        Expect.Error(DiagnosticIds.BadData, () => Experiment.Run(new() { From = Report, Folder = In("again") }, new SvgPictures(), (_, run) => run(_ => { })), problem);
}
