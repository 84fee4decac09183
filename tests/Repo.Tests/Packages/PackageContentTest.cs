using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TensorGraph.Tests;

/// <summary>Each package says what it is, without an address that leads nowhere, and has all that a user needs of it.</summary>
[Trait("Category", "Long")]
[Collection(PackedFeedCollection.Name)]
public sealed class PackageContentTest(PackedFeed feed)
{
    private static readonly string[] Libraries =
    [
        "TensorGraph", "TensorGraph.Graph", "TensorGraph.Runtime", "TensorGraph.Nn", "TensorGraph.SavedModel", "TensorGraph.Onnx", "TensorGraph.Serving",
        "TensorGraph.Estimator", "TensorGraph.Staleness",
    ];

    // Sources in symbols, as the portable PDB format defines them.
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    public static TheoryData<string> Packages() => [.. Libraries, "TensorGraph.Cli", "TensorGraph.Templates"];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_a_description_tags_a_licence_an_icon_and_a_README_without_links_into_the_repository(string id)
    {
        using var package = Open(id, "nupkg");
        var metadata = XDocument.Load(package.GetEntry($"{id}.nuspec")!.Open()).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";

        Assert.InRange(Value("description").Length, 40, 300);
        Assert.Contains("graph", Value("tags").Split([' ', ';']));
        Assert.Equal("MIT", Value("license"));
        Assert.NotNull(package.GetEntry(Value("icon")));
        Assert.DoesNotContain(metadata.Elements(), element => element.Name.LocalName == "projectUrl");
        Assert.Null(metadata.Elements().SingleOrDefault(element => element.Name.LocalName == "repository")?.Attribute("url"));

        string readme = new StreamReader(package.GetEntry(Value("readme"))!.Open()).ReadToEnd();
        Assert.StartsWith($"# {id}\n", readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(Regex.Matches(readme, @"\]\((?!https?://)[^)]*\)"));
    }

    [Fact]
    public void The_package_TensorGraph_brings_generator_analyzers_code_fixes_and_targets()
    {
        using var package = Open("TensorGraph", "nupkg");
        foreach (string file in new[]
        {
            "lib/net10.0/TensorGraph.dll", "lib/net10.0/TensorGraph.xml", "analyzers/dotnet/cs/TensorGraph.Analyzers.dll",
            "analyzers/dotnet/cs/TensorGraph.Analyzers.CodeFixes.dll", "build/TensorGraph.targets", "buildTransitive/TensorGraph.targets",
        })
        {
            Assert.NotNull(package.GetEntry(file));
        }
    }

    [ReadyToRunFact]
    public void The_libraries_of_a_first_call_bring_code_compiled_ahead()
    {
        foreach (string id in new[] { "TensorGraph", "TensorGraph.Graph", "TensorGraph.Runtime", "TensorGraph.Nn" })
        {
            using var package = Open(id, "nupkg");
            Assert.True(IsCompiledAhead(package.GetEntry($"runtimes/linux-x64/lib/net10.0/{id}.dll")!));
            Assert.False(IsCompiledAhead(package.GetEntry($"lib/net10.0/{id}.dll")!));
        }

        static bool IsCompiledAhead(ZipArchiveEntry library)
        {
            using var bytes = new MemoryStream();
            library.Open().CopyTo(bytes);
            using var reader = new PEReader(new MemoryStream(bytes.ToArray()));
            return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
        }
    }

    [Fact]
    public void Symbols_carry_the_sources()
    {
        foreach (string id in Libraries)
        {
            using var package = Open(id, "snupkg");
            using var bytes = new MemoryStream();
            package.GetEntry($"lib/net10.0/{id}.pdb")!.Open().CopyTo(bytes);
            bytes.Position = 0;
            using var provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
            var symbols = provider.GetMetadataReader();
            int embedded = symbols.CustomDebugInformation.Select(symbols.GetCustomDebugInformation).Count(info => symbols.GetGuid(info.Kind) == EmbeddedSource);
            Assert.Equal(symbols.Documents.Count, embedded);
        }
    }

    [Fact]
    public void Templates_reference_the_packages_of_their_own_version()
    {
        using var package = Open("TensorGraph.Templates", "nupkg");
        string version = XDocument.Load(package.GetEntry("TensorGraph.Templates.nuspec")!.Open()).Descendants().Single(element => element.Name.LocalName == "version").Value;
        ZipArchiveEntry[] projects = [.. package.Entries.Where(entry => entry.Name == "Company.App.csproj")];
        Assert.Equal(2, projects.Length);
        Assert.All(projects, project =>
        {
            var references = XDocument.Load(project.Open()).Descendants("PackageReference");
            Assert.All(references, reference => Assert.Equal(version, (string?)reference.Attribute("Version")));
        });
    }

    private ZipArchive Open(string id, string kind) =>
        ZipFile.OpenRead(Directory.EnumerateFiles(feed.Packages, $"{id}.*.{kind}").Single(file => Regex.IsMatch(Path.GetFileName(file), $@"^{Regex.Escape(id)}\.\d+\.\d+\.\d+\.{kind}$")));
}
