namespace TensorGraph.Tests;

/// <summary>The packed tool, installed from a folder, runs: it records a program, reports it and prints pages that the package carries.</summary>
[Trait("Category", "Long")]
public sealed class ToolPackageTest : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-tool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_tool_is_installed_from_its_package_records_and_reports()
    {
        string feed = Path.Combine(_folder, "feed"), tools = Path.Combine(_folder, "tools");
        Succeeds("dotnet", Repository.Root, "pack", "src/Cli", "-c", Configuration, "--no-build", "-o", feed);
        Assert.Single(Directory.EnumerateFiles(feed, "TensorGraph.Cli.*.nupkg"));
        File.WriteAllText(Path.Combine(_folder, "nuget.config"),
            $"<configuration><packageSources><clear /><add key=\"packed\" value=\"{feed}\" /></packageSources></configuration>");
        Succeeds("dotnet", _folder, "tool", "install", "TensorGraph.Cli", "--tool-path", tools, "--configfile", Path.Combine(_folder, "nuget.config"));
        string tgraph = Path.Combine(tools, OperatingSystem.IsWindows() ? "tgraph.exe" : "tgraph");

        Assert.Matches(@"^tgraph \d+\.\d+\.\d+", Succeeds(tgraph, _folder, "--version"));
        Assert.StartsWith("# TG3101: ", Succeeds(tgraph, _folder, "rule", "TG3101"), StringComparison.Ordinal);

        // The package has experiments and data.
        Assert.Contains("2220 gradients", Succeeds(tgraph, _folder, "staleness", "run", "--quick", "-o", "staleness"), StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(_folder, "staleness"), "*.svg"));

        // The sample of the repository is a program that traces.
        string program = Path.Combine(Repository.Root, "artifacts", "bin", "Digits", Configuration.ToLowerInvariant(), "Digits.dll");
        string ran = Succeeds(tgraph, _folder, "run", "-o", "recording", "--inputs", "--", "dotnet", program, "--epochs", "1");
        Assert.Contains("steps each way", ran, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', ran);
        string report = Succeeds(tgraph, _folder, "report", "recording");
        Assert.Contains("Digits.Classifier.TrainStep", report, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', report);
        Assert.Contains("All agree", Succeeds(tgraph, _folder, "replay", "recording", "-f", "Accuracy"), StringComparison.Ordinal);
        Assert.Equal(3, Run(tgraph, "run", "--", OperatingSystem.IsWindows() ? "cmd" : "sh", OperatingSystem.IsWindows() ? "/c" : "-c", "exit 3").ExitCode);
        Assert.Contains("does not start", Run(tgraph, "run", "--", "no-such-program").Output, StringComparison.Ordinal);
    }

    private CommandResult Run(string program, params string[] arguments) => CommandResult.Run(program, arguments, _folder, Environment);

    private string Succeeds(string program, string folder, params string[] arguments)
    {
        CommandResult result = CommandResult.Run(program, arguments, folder, folder == Repository.Root ? null : Environment);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{result.Output}");
        return result.Output;
    }

    private Dictionary<string, string> Environment => new()
    {
        ["NUGET_PACKAGES"] = Path.Combine(_folder, "packages"),
        ["DOTNET_CLI_HOME"] = _folder,
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };
}
