using System.CommandLine;
using System.Globalization;
using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph staleness run experiment.json</c>: training by workers on a virtual clock, and a report of what stale gradients do.</summary>
internal static class StalenessCommand
{
    public static Command Create(Output output) => new("staleness", "Experiments about stale gradients: training by workers on a virtual clock")
    {
        Run(output),
    };

    private static Command Run(Output output)
    {
        ExperimentRequest usual = new();
        var file = new Argument<string?>("experiment") { Description = "JSON file of the experiments; the paper's without one", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data") { Description = "digits, fashion-mnist[:FOLDER] or cifar10:FOLDER; that of the file otherwise" };
        var quick = new Option<bool>("--quick") { Description = "A few short runs in place of the paper's" };
        var folder = CommandTable.Target("Folder of the report, which is made", usual.Folder);
        var trace = new Option<bool>("--trace") { Description = "Also writes the schedule of each first seed, and its trace for Chrome" };
        var from = new Option<string?>("--from") { Description = "Makes the report from the experiments and CSV files of this folder, without training" };
        var resume = new Option<bool>("--resume") { Description = "Leaves out runs that the folder of the report has already" };
        var json = CommandTable.Json();
        var command = new Command("run", "Runs experiments and writes CSV files, pictures and a page") { file, data, quick, folder, trace, from, resume, json };
        command.SetAction(parsed =>
        {
            var outcome = Experiment.Run(
                usual with
                {
                    File = parsed.GetValue(file),
                    Data = parsed.GetValue(data),
                    IsQuick = parsed.GetValue(quick),
                    Folder = parsed.GetValue(folder)!,
                    Traces = parsed.GetValue(trace),
                    From = parsed.GetValue(from),
                    Resumes = parsed.GetValue(resume),
                },
                new SvgPictures(),
                output.Training);
            if (parsed.GetValue(json))
                output.Json(new { File = outcome.Page, outcome.Gradients, Runs = outcome.Results.Values.Sum(runs => runs.Count) });
            else
                Write(output, outcome);
            return App.Ok;
        });
        return command;
    }

    private static void Write(Output output, Experiment outcome)
    {
        foreach (var (title, rows) in outcome.Tables())
        {
            output.Heading(title);
            output.Table(["setting", .. Experiment.Columns.Select(column => $">{column}")], rows);
        }

        output.Line();
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{outcome.Gradients} gradients in {outcome.Seconds:F0} s: {outcome.Page}"));
    }
}
