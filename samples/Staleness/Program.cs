using System.CommandLine;
using System.Globalization;
using Samples;
using Spectre.Console;
using TensorGraph.Staleness.Experiments;
using TestBed;

var file = new Argument<string?>("experiment") { Description = "JSON file of the experiments; the paper's without one", Arity = ArgumentArity.ZeroOrOne };
var data = new Option<string?>("--data") { Description = "digits, fashion-mnist[:FOLDER] or cifar10:FOLDER; that of the file otherwise" };
var quick = new Option<bool>("--quick") { Description = "A few short runs in place of the paper's" };
var output = new Option<string>("--out") { Description = "Folder of the report, which is made", DefaultValueFactory = _ => new ExperimentRequest().Folder };
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

    ExperimentRequest request = new()
    {
        File = parsed.GetValue(file), Data = parsed.GetValue(data), IsQuick = parsed.GetValue(quick), Folder = parsed.GetValue(output)!,
        From = parsed.GetValue(from), Resumes = parsed.GetValue(resume), Traces = parsed.GetValue(trace),
    };
    var outcome = Experiment.Run(request, new ScottPlotPictures(), Output.Training);
    foreach (var (title, rows) in outcome.Tables())
    {
        var table = Output.Table(1, [title, .. Experiment.Columns]);
        foreach (string[] row in rows)
            table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{outcome.Gradients} gradients in {outcome.Seconds:F0} s: {outcome.Page}");
});
