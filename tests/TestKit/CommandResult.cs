using System.Diagnostics;

namespace TensorGraph.Tests;

/// <summary>The output of a finished command (standard output and error in one text) and its exit code.</summary>
public sealed record CommandResult(int ExitCode, string Output)
{
    public static CommandResult Run(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string>? environment = null,
        int timeoutSeconds = 300)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        // Both streams are read at once: a command that fills one pipe while we wait on the other would hang.
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(timeoutSeconds)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} ran longer than {timeoutSeconds} s");
        }

        return new CommandResult(process.ExitCode, output.Result + error.Result);
    }
}
