using System.Diagnostics;
using TensorGraph.Cli;

namespace TensorGraph.Tests;

/// <summary>The command that serves models: its flags, and its end.</summary>
public sealed class ServeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tgraph-serve-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Settings_that_can_not_be_used_are_one_line()
    {
        Assert.Contains("TG1016: model_server: there is neither a model_base_path nor a model_config_file", Tool.Fails("serve"), StringComparison.Ordinal);
        Assert.Contains("there is no port", Tool.Fails("serve", "--port", "0", "--model_base_path", _folder), StringComparison.Ordinal);
        Assert.Contains("enable_batching is not set", Tool.Fails("serve", "--batching_parameters_file=x", "--enable_batching=false", "--model_base_path", _folder), StringComparison.Ordinal);
        Assert.Contains("--model_port", Tool.Fails("serve", "--model_port", "1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_well_when_it_is_told_to()
    {
        if (OperatingSystem.IsWindows())
            return;
        string tool = typeof(App).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [tool, "serve", "--port", "0", "--grpc_socket_path", Path.Combine(_folder, "socket"), "--model_base_path", _folder])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        Assert.Equal("gRPC off, REST off", await process.StandardOutput.ReadLineAsync());
        Assert.True(File.Exists(Path.Combine(_folder, "socket")));
        using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();
        Assert.Equal(App.Ok, process.ExitCode);
    }
}
