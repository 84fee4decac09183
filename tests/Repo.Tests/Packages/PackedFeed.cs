namespace TensorGraph.Tests;

/// <summary>
/// All packages of this repository, packed once into a folder, and programs that run far from it: ours come from that folder only, what they depend on was
/// restored on this machine when the tests were built.
/// </summary>
public sealed class PackedFeed : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private static readonly string[] Projects =
    [
        "src/Graph", "src/Runtime", "src/Tracing", "src/Nn", "src/SavedModel", "src/Onnx", "src/Serving", "src/Estimator", "src/Staleness", "src/Cli", "templates",
    ];

    public PackedFeed()
    {
        // As ./pack compiles them, here for one system: what another test publishes.
        string ahead = Path.Combine(Root, "ahead");
        if (ReadyToRunFactAttribute.Missing is null)
        {
            string target = Path.Combine(ahead, "linux-x64", "lib", "net10.0");
            CommandResult published = CommandResult.Run("dotnet", ["publish", .. ReadyToRunFactAttribute.Project, "-o", target], Repository.Root, timeoutSeconds: 600);
            Assert.True(published.ExitCode == 0, published.Output);
        }

        foreach (string project in Projects)
        {
            string[] arguments = ["pack", project, "-c", Configuration, "--no-build", $"-p:CompiledAhead={ahead}", "-o", Packages];
            CommandResult packed = CommandResult.Run("dotnet", arguments, Repository.Root, timeoutSeconds: 600);
            Assert.True(packed.ExitCode == 0, $"dotnet pack {project}:\n{packed.Output}");
        }

        string machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{machine}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>A folder whose <c>nuget.config</c> names the packages; projects are made below it.</summary>
    public string Root { get; } = Directory.CreateTempSubdirectory("tensorgraph-packages-").FullName;

    public string Packages => Path.Combine(Root, "feed");

    public string Tools => Path.Combine(Root, "home", ".dotnet", "tools");

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public string DotNet(string folder, params string[] arguments) => Run("dotnet", folder, arguments);

    /// <summary>The output of a program, which must end well.</summary>
    public string Run(string program, string folder, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Path.Combine(Root, "packages"),
            ["DOTNET_CLI_HOME"] = Path.Combine(Root, "home"),
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            // Servers left running would keep files of the temporary folder open.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
        };
        CommandResult result = CommandResult.Run(program, arguments, folder, environment, timeoutSeconds: 600);
        Assert.True(result.ExitCode == 0, $"{program} {string.Join(' ', arguments)}:\n{result.Output}");
        return result.Output;
    }
}

/// <summary>The test classes that use one feed, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class PackedFeedCollection : ICollectionFixture<PackedFeed>
{
    public const string Name = "packages";
}
