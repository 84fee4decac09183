using System.Diagnostics;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>A client that is none of ours: Node's gRPC with the files of the protocol.</summary>
public sealed class NodeClientTests(ITestOutputHelper output) : ServingTest
{
    [NodeFact]
    public async Task A_client_in_node_gets_answers_and_the_documented_errors()
    {
        SaveHalfPlusTwo(version: "1");
        SaveHalfPlusTwo("other", "1", isThree: true);
        // Clients that were written for TensorFlow Serving say so in reloads.
        var server = await StartAsync(OptionsFor(At("half_plus_two")) with { ModelPlatform = "tensorflow", MaxNumLoadRetries = 0 });
        string script = Path.Combine(NodeFactAttribute.Repository!, "tests", "Serving.Tests", "Node", "client.cjs");
        var start = new ProcessStartInfo("node", [script, server.GrpcAddress!.Authority, At("half_plus_two"), At("other")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string[] lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        output.WriteLine(string.Join('\n', lines));
        Assert.True(process.ExitCode == 0, $"{string.Join('\n', lines.Where(line => line.StartsWith("not ok", StringComparison.Ordinal)))}\n{await errors}");
        Assert.Equal(32, lines.Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
    }
}

/// <summary>A test that needs Node and the packages of the sample's client: <c>npm install --prefix samples/Serving/node</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = Missing();

    /// <summary>Folder of the repository, or null.</summary>
    public static string? Repository { get; } = Find();

    private static string? Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Graph.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static string? Missing()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "node"))))
            return "this machine has no Node";
        return Repository is { } root && Directory.Exists(Path.Combine(root, "samples", "Serving", "node", "node_modules", "@grpc", "grpc-js"))
            ? null : "needs the packages of the client: npm install --prefix samples/Serving/node";
    }
}
