using System.CommandLine;
using Retracing;
using Spectre.Console;

// A file or pipe gets no escape codes.
if (Console.IsOutputRedirected)
{
    AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
    AnsiConsole.Profile.Width = 160;
}

var json = new Option<string?>("--json") { Description = "Also writes the findings to this file" };
var root = new RootCommand("Reasons for which a graph function is traced again, with what the library says of each and with its remedy.") { json };
root.SetAction(parsed =>
{
    var findings = Finding.All();
    Report.Show(findings);
    if (parsed.GetValue(json) is { } path)
        Report.WriteJson(findings, path);
    return 0;
});
return root.Parse(args).Invoke();
