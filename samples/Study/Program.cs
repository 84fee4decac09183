using System.CommandLine;
using Spectre.Console;
using Study;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
    AnsiConsole.Profile.Width = 140;
}

var json = new Option<string?>("--json") { Description = "Also writes the figures to this file" };
var quick = new Option<bool>("--quick") { Description = "Few repetitions: shows that it works, not how fast it is" };
var root = new RootCommand("The study of the guide to tf.function, in C#: what is traced, what is unrolled, what it costs.") { json, quick };
root.SetAction(parsed =>
{
    var figures = new Measurements(parsed.GetValue(quick)).All();
    Report.Show(figures);
    if (parsed.GetValue(json) is { } path)
        Report.WriteJson(figures, path);
    return 0;
});
return root.Parse(args).Invoke();
