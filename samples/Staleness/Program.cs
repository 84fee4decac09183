using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Samples;
using Spectre.Console;
using TestBed;
using Grid = TestBed.Grid;

var file = new Argument<string?>("experiment") { Description = "JSON file of the experiments; the paper's without one", Arity = ArgumentArity.ZeroOrOne };
var data = new Option<string?>("--data") { Description = "digits, fashion-mnist[:FOLDER] or cifar10:FOLDER; that of the file otherwise" };
var quick = new Option<bool>("--quick") { Description = "A few short runs in place of the paper's" };
var output = new Option<string>("--out") { Description = "Folder of the report, which is made", DefaultValueFactory = _ => "staleness-report" };
var trace = new Option<bool>("--trace") { Description = "Also writes the schedule of each first seed, and its trace for Chrome" };
var speed = new Option<bool>("--speed") { Description = "Measures the simulator instead" };
var from = new Option<string?>("--from") { Description = "Makes the report from the experiments and CSV files of this folder, without training" };
var resume = new Option<bool>("--resume") { Description = "Leaves out runs that the folder of the report has already" };
var root = new RootCommand("Trains with workers on a virtual clock and reports what staleness does: runs.csv, curves.csv, pictures and report.html.")
{
    file, data, quick, output, trace, speed, from, resume,
};
// "run experiment.json" and "experiment.json" are the same.
return SampleCommand.Run(root, args is ["run", .. var rest] ? rest : args, parsed =>
{
    if (parsed.GetValue(speed))
    {
        Speed.Show();
        return;
    }

    var clock = Stopwatch.StartNew();
    string builtIn = Path.Combine(AppContext.BaseDirectory, "experiments", parsed.GetValue(quick) ? "quick.json" : "paper.json");
    string? known = parsed.GetValue(from);
    // The folder of a report has its experiments.
    string? own = known is null || parsed.GetValue(quick) ? null : Study.FileIn(known);
    var study = Study.Load(parsed.GetValue(file) ?? own ?? builtIn);
    study = study with { Data = parsed.GetValue(data) ?? study.Data };
    var images = ImageSet.Load(study.Data);
    string folder = Directory.CreateDirectory(parsed.GetValue(output)!).FullName;
    bool goesOn = parsed.GetValue(resume) && study.IsIn(folder);
    var runner = new Runner(study, images, goesOn ? Csv.Read(study, folder) : null);
    IReadOnlyDictionary<Grid, List<RunResult>> results;
    if (known is null)
    {
        study.Save(folder);
        using var csv = new Csv(folder, goesOn);
        results = Output.Training(runner.Gradients, onStep => runner.Run(onStep, csv.Append));
    }
    else
    {
        results = Csv.Read(study, known);
    }

    if (parsed.GetValue(trace))
        Traces.Write(folder, results);
    var report = new Report(study, images.Name, folder);
    report.Write(results);
    foreach (var (grid, runs) in results)
    {
        var table = Output.Table(1, grid.Title.Length > 0 ? grid.Title : grid.Name, "mean τ", "test loss", "±", "accuracy", "rises", "seconds", "diverged");
        foreach (var summary in Summary.Of(runs))
        {
            table.AddRow(Markup.Escape(summary.Settings.Key), Output.Number("f1", summary.Staleness.Mean), Output.Number("f4", summary.FinalLoss.Mean),
                Output.Number("f4", summary.FinalLoss.Half), Output.Number("f3", summary.Accuracy.Mean), Output.Number("f4", summary.Rise.Mean),
                Output.Number("f0", summary.Seconds.Mean), string.Create(CultureInfo.InvariantCulture, $"{summary.Diverged}/{summary.Runs.Count}"));
        }

        AnsiConsole.Write(table);
    }

    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{runner.Gradients} gradients in {clock.Elapsed.TotalSeconds:F0} s: {report.Path}");
});
