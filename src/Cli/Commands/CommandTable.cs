using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TensorGraph.Cli.Commands;

/// <summary>All commands, and the options that several of them have.</summary>
internal static class CommandTable
{
    public static IEnumerable<Command> All(Output output) =>
    [
        RunCommand.Create(output),
        ReportCommand.Create(output),
        ShowCommand.Create(output),
        PassesCommand.Create(output),
        ExplainCommand.Create(output),
        KernelsCommand.Create(output),
        DiffCommand.Create(output),
        LockCommands.CreateLock(output),
        LockCommands.CreateCheck(output),
        ReplayCommand.Create(output),
        ConvertCommand.Create(output),
        SavedCommand.Create(output),
        TensorBoardCommand.Create(output),
        HtmlCommand.Create(output),
        WatchCommand.Create(output),
        RuleCommand.Create(output),
        ServeCommand.Create(output),
        StalenessCommand.Create(output),
    ];

    /// <summary>The option <c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Writes JSON" };

    /// <summary>The option <c>--function</c>.</summary>
    public static Option<string?> Function() => new("--function", "-f") { Description = "A graph function: its name or a part of it" };

    /// <summary>The option <c>--after</c>.</summary>
    public static Option<string?> After() => new("--after") { Description = "traced, the name of a pass, or optimized (the default)" };

    /// <summary>The option <c>--trace</c>.</summary>
    public static Option<int?> Trace() => new("--trace") { Description = "A trace by its number in the report" };

    /// <summary>The option <c>--output</c>.</summary>
    public static Option<string> Target(string description, string otherwise)
    {
        var option = new Option<string>("--output", "-o") { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: "" }])
                result.AddError("Option '--output' needs a path.");
        });
        return option;
    }

    /// <summary>An option that is a number from 0 on.</summary>
    public static Option<double?> Number(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = value =>
        {
            if (double.TryParse(TextOf(value), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && number >= 0 && double.IsFinite(number))
                return number;
            value.AddError($"Option '{name}' is a number from 0 on, not '{TextOf(value)}'.");
            return null;
        },
    };

    /// <summary>The argument that is a recording or a graph.</summary>
    public static Argument<string> Source() => new("path") { Description = "Folder of a recording, or a graph (.tg)" };

    /// <summary>The argument that is a recording.</summary>
    public static Argument<string> Folder() => new("folder") { Description = "Folder of a recording" };

    // Empty for an option without a value.
    private static string TextOf(ArgumentResult value) => value.Tokens.Count > 0 ? value.Tokens[0].Value : "";
}
