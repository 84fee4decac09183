using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph run -- program</c>: runs a program that is recorded, and gives its exit code.</summary>
internal static class RunCommand
{
    /// <summary>The argument that is another command line.</summary>
    public const string Program = "program";

    public static Command Create(Output output)
    {
        var folder = CommandTable.Target("Folder for the recording", "recording");
        var inputs = new Option<bool>("--inputs") { Description = "Keeps the inputs of one call of each graph, for replay" };
        var program = new Argument<string[]>(Program) { Description = "The program and its arguments, after --", Arity = ArgumentArity.OneOrMore };
        var command = new Command("run", "Runs a program and records it") { folder, inputs, program };
        command.SetAction(parsed =>
        {
            string path = Path.GetFullPath(parsed.GetValue(folder)!);
            int before = Count(path);
            int code = Run(parsed.GetValue(program)!, parsed.GetValue(inputs) ? "inputs:" + path : path);
            // The program owns the output.
            output.Fail(Count(path) > before
                ? $"tgraph: recorded in {path}. tgraph report {path} shows it."
                : "tgraph: nothing was recorded: the program traced no graph function. Are its calls intercepted, and is RunImperatively off?");
            return code;
        });
        return command;
    }

    private static int Run(string[] program, string flag)
    {
        var start = new ProcessStartInfo(program[0], program.Skip(1)) { UseShellExecute = false };
        start.Environment["TENSORGRAPH_DUMP"] = flag;
        try
        {
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception fault)
        {
            throw new UsageException($"'{program[0]}' does not start: {fault.Message}");
        }
    }

    private static int Count(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "run-*").Count() : 0;
}
