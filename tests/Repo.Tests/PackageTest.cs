namespace TensorGraph.Tests;

/// <summary>The packed package, restored from a folder into a fresh project far from this repository, traces and is intercepted.</summary>
[Trait("Category", "Long")]
public sealed class PackageTest : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
            <EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="PACKAGE" Version="0.1.0" />
          </ItemGroup>
        </Project>
        """;

    private const string Program = """
        using TensorGraph;

        Tensor three = Model.AddOne(2f);
        Tensor four = Model.AddOne(three);
        Console.WriteLine($"{three.Item<float>()} {four.Item<float>()}");
        Console.WriteLine($"traces {GraphFunction.Of(Model.AddOne).TraceCount}");

        public static partial class Model
        {
            [GraphFunction]
            public static Tensor AddOne(Tensor x) => x + 1;
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-package-").FullName;

    [Fact]
    public void A_fresh_project_restores_builds_intercepts_and_traces_once()
    {
        string feed = Path.Combine(_folder, "feed");
        foreach (string project in new[] { "Graph", "Runtime", "Tracing", "Nn" })
        {
            DotNet(Repository.Root, "pack", $"src/{project}", "-c", Configuration, "--no-build", "-o", feed);
        }

        string app = Path.Combine(_folder, "app");
        Start(app, "TensorGraph");
        File.WriteAllText(Path.Combine(app, "Program.cs"), Program);
        File.WriteAllText(Path.Combine(app, "nuget.config"), NugetConfig(feed));

        Assert.Equal(["3 4", "traces 1"], Run(app));
        Assert.Contains("InterceptsLocation", GeneratedSource(app), StringComparison.Ordinal);

        // TensorGraph.Nn alone brings the generator along.
        Start(app, "TensorGraph.Nn");
        Assert.Equal(["3 4", "traces 1"], Run(app));

        // Switched off, the calls stay what the user wrote: plain C#, the same answers.
        Start(app, "TensorGraph");
        Assert.Equal(["3 4", "traces 0"], Run(app, "-p:TensorGraphInterceptors=false"));
        Assert.DoesNotContain("InterceptsLocation", GeneratedSource(app), StringComparison.Ordinal);

        // The compiler hands this switch on as a feature; the answers are the same.
        Assert.Equal(["3 4", "traces 1"], Run(app, "-p:TensorGraphConversionCache=false"));
        Assert.Contains("TensorGraphConversionCache=false", DotNet(app, "msbuild", "-getProperty:Features", "-p:TensorGraphConversionCache=false"), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A project that references one package, with nothing left of an earlier build.
    private static void Start(string app, string package)
    {
        Directory.CreateDirectory(app);
        File.WriteAllText(Path.Combine(app, "app.csproj"), Project.Replace("PACKAGE", package, StringComparison.Ordinal));
        foreach (string folder in new[] { "obj", "bin" }.Select(name => Path.Combine(app, name)).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string[] Run(string app, params string[] options) =>
        DotNet(app, ["run", "-c", "Release", .. options]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string GeneratedSource(string app) =>
        string.Join('\n', Directory.EnumerateFiles(Path.Combine(app, "obj"), "*.g.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    // Our packages come from the folder only; what they depend on was restored on this machine when the tests were built.
    private static string NugetConfig(string feed)
    {
        string machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{machine}" /></fallbackPackageFolders>
            </configuration>
            """;
    }

    private string DotNet(string folder, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Path.Combine(_folder, "packages"),
            ["DOTNET_NOLOGO"] = "1",
            // Servers left running would keep files of the temporary folder open.
            ["MSBUILDDISABLENODEREUSE"] = "1",
            ["UseSharedCompilation"] = "false",
        };
        CommandResult result = CommandResult.Run("dotnet", arguments, folder, folder == Repository.Root ? null : environment);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}:\n{result.Output}");
        return result.Output;
    }
}
