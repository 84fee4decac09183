namespace TensorGraph.Tests;

/// <summary>The packed package, restored from a folder into a fresh project far from this repository, traces and is intercepted.</summary>
[Trait("Category", "Long")]
[Collection(PackedFeedCollection.Name)]
public sealed class PackageTest(PackedFeed feed)
{
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

    [Fact]
    public void A_fresh_project_restores_builds_intercepts_and_traces_once()
    {
        string app = Path.Combine(feed.Root, "app");
        Start(app, "TensorGraph");
        File.WriteAllText(Path.Combine(app, "Program.cs"), Program);

        Assert.Equal(["3 4", "traces 1"], Run(app));
        Assert.Contains("InterceptsLocation", GeneratedSource(app), StringComparison.Ordinal);

        // TensorGraph.Nn alone brings the generator along.
        Start(app, "TensorGraph.Nn");
        Assert.Equal(["3 4", "traces 1"], Run(app));

        if (ReadyToRunFactAttribute.Missing is null)
            Assert.Contains("runtimes/linux-x64/lib/net10.0/TensorGraph.dll", File.ReadAllText(Path.Combine(app, "bin", "Release", "net10.0", "app.deps.json")), StringComparison.Ordinal);

        // Switched off, the calls stay what the user wrote: plain C#, the same answers.
        Start(app, "TensorGraph");
        Assert.Equal(["3 4", "traces 0"], Run(app, "-p:TensorGraphInterceptors=false"));
        Assert.DoesNotContain("InterceptsLocation", GeneratedSource(app), StringComparison.Ordinal);

        // The compiler hands this switch on as a feature; the answers are the same.
        Assert.Equal(["3 4", "traces 1"], Run(app, "-p:TensorGraphConversionCache=false"));
        Assert.Contains("TensorGraphConversionCache=false", feed.DotNet(app, "msbuild", "-getProperty:Features", "-p:TensorGraphConversionCache=false"), StringComparison.Ordinal);
    }

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
        feed.DotNet(app, ["run", "-c", "Release", .. options]).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string GeneratedSource(string app) =>
        string.Join('\n', Directory.EnumerateFiles(Path.Combine(app, "obj"), "*.g.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
}
