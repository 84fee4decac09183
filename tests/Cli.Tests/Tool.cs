using System.Text.Json;
using TensorGraph.Cli;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // A process has one recording at a time.

namespace TensorGraph.Tests;

/// <summary>Runs command lines of the tool in this process.</summary>
internal static class Tool
{
    /// <summary>Its output, after it succeeded.</summary>
    public static string Run(params string[] args) => Run(App.Ok, args).Output;

    /// <summary>Its output on both streams, after it ended with this exit code.</summary>
    public static (string Output, string Error) Run(int code, params string[] args)
    {
        var output = new StringWriter { NewLine = "\n" };
        var error = new StringWriter { NewLine = "\n" };
        int actual = App.Run(args, new Output(output, error));
        Assert.True(code == actual, $"tgraph {string.Join(' ', args)} ended with {actual}:\n{output}\n{error}");
        return (output.ToString(), error.ToString());
    }

    /// <summary>Its output as JSON.</summary>
    public static JsonElement Json(params string[] args) => JsonDocument.Parse(Run([.. args, "--json"])).RootElement;

    /// <summary>The message of a command line that can't be done.</summary>
    public static string Fails(params string[] args) => Run(App.Unusable, args).Error;
}
