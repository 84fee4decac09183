using System.CommandLine;
using Spectre.Console;
using TensorGraph;

namespace Samples;

/// <summary>Runs the command line of a sample. What is wrong with it, or with a file that it names, is one line on the error stream.</summary>
internal static class SampleCommand
{
    /// <summary>The work ended with an error.</summary>
    public const int Failed = 1;

    /// <summary>The command line can't be understood.</summary>
    public const int Unusable = 2;

    /// <param name="root">The options.</param>
    /// <param name="args">The command line.</param>
    /// <param name="run">The work.</param>
    /// <param name="widthOfPipe">Columns of tables in a file or pipe.</param>
    public static int Run(RootCommand root, string[] args, Action<ParseResult> run, int widthOfPipe = 140)
    {
        // A file or pipe gets no escape codes.
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
            AnsiConsole.Profile.Width = widthOfPipe;
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"{parsed.Errors[0].Message} --help shows the options.");
            return Unusable;
        }

        int status = 0;
        root.SetAction(result =>
        {
            try
            {
                run(result);
            }
            catch (Exception fault) when (fault is GraphException or IOException or UnauthorizedAccessException)
            {
                Console.Error.WriteLine(fault.Message);
                status = Failed;
            }
        });
        return parsed.Invoke() is not 0 and var other ? other : status;
    }
}
