using System.CommandLine;
using AsyncDispatch;
using Spectre.Console;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var quick = new Option<bool>("--quick") { Description = "Small sizes: shows that it works, not how fast it is" };
var root = new RootCommand("Measures what asynchronous calls, loops of graphs and bounded queues are good for.") { json, quick };
root.SetAction(parsed =>
{
    var measure = new Measurements(parsed.GetValue(quick));
    var figures = new Figures(
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString(), Environment.ProcessorCount,
        measure.Queued(), measure.HandOver(), measure.SmallSteps(), measure.Backlog(), measure.Overlap(), measure.Training());
    Report.Show(figures);
    if (parsed.GetValue(json) is { } path)
        Report.WriteJson(figures, path);
    return 0;
});
return root.Parse(args).Invoke();
