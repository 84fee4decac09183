using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using TensorGraph.Cli.Commands;

namespace TensorGraph.Cli;

/// <summary>The command line. Exit codes: 0, 1 for a difference that was looked for, 2 for what can't be read or understood.</summary>
internal static class App
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>A check, a comparison or a replay found a difference.</summary>
    public const int Differs = 1;

    /// <summary>The command line or a file can't be understood.</summary>
    public const int Unusable = 2;

    /// <summary>Runs a command line.</summary>
    public static int Run(string[] args, Output output)
    {
        if (args is ["--version"])
        {
            string version = typeof(App).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            output.Line($"tgraph {version.Split('+')[0]}");
            return Ok;
        }

        var root = new RootCommand("Looks into what TensorGraph programs do. docs/tgraph.md describes commands and files.");
        foreach (var command in CommandTable.All(output))
            root.Add(command);
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        string[] problems = [.. parsed.Errors.Select(error => error.Message).Concat(UnknownOptions(parsed, args))];
        if (problems.Length > 0)
        {
            foreach (string problem in problems)
                output.Fail(problem);
            output.Fail($"'{string.Join(' ', NamesOf(parsed.CommandResult))} --help' shows what there is.");
            return Unusable;
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output.Writer, Error = output.Error, EnableDefaultExceptionHandler = false });
        }
        catch (UsageException error)
        {
            output.Fail(error.Message);
            return Unusable;
        }
        catch (GraphException error)
        {
            output.Fail(error.Message);
            return Unusable;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            output.Fail(error.Message);
            return Unusable;
        }
    }

    // Behind --, and behind the first word of a program's own command line, all is allowed.
    private static IEnumerable<string> UnknownOptions(ParseResult parsed, string[] args) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Argument.Name == RunCommand.Program ? argument.Tokens.Take(1) : argument.Tokens)
            .Select(token => token.Value)
            .Where(word => word.StartsWith("--", StringComparison.Ordinal) && args.TakeWhile(arg => arg != "--").Contains(word))
            .Select(word => $"There is no option '{word}'.");

    // From the tool to the command; of the tool itself, the parser knows the name of the file.
    private static IEnumerable<string> NamesOf(CommandResult result) =>
        result.Parent is CommandResult parent ? [.. NamesOf(parent), result.Command.Name] : ["tgraph"];
}
