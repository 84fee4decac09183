using System.Xml.Linq;

namespace TensorGraph.Tests;

/// <summary>The references that projects may have. The walk of a call goes left to right and never back.</summary>
public sealed class LayeringTest
{
    private static readonly Dictionary<string, string[]> AllowedEdges = new()
    {
        ["Graph"] = [],
        ["Runtime"] = ["Graph"],
        ["Tracing"] = ["Graph", "Runtime"],
        ["Analyzers"] = [],
        ["Analyzers.CodeFixes"] = ["Analyzers"],
        ["Nn"] = ["Tracing"],
        ["Gpu"] = ["Runtime"],
        ["SavedModel"] = ["Nn"],
        ["TorchSharp"] = ["Nn"],
        ["Onnx"] = ["SavedModel"],
        ["Estimator"] = ["SavedModel"],
        ["Mpi"] = ["Estimator"],
        ["Staleness"] = ["Nn"],
        ["Experiments"] = ["Staleness"],
        ["Serving"] = ["SavedModel", "Onnx"],
        ["Cli"] = ["Graph", "Runtime", "Tracing", "Nn", "SavedModel", "Onnx", "Analyzers", "Serving", "Experiments"],
    };

    public static TheoryData<string> Projects() => [.. SourceProjects().Select(file => Path.GetFileNameWithoutExtension(file))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_its_layer_may(string project)
    {
        Assert.True(AllowedEdges.TryGetValue(project, out string[]? allowed), $"src/{project} is new: say here what it may reference.");
        string[] forbidden = [.. References(project).Where(reference => reference.Linked).Select(reference => reference.Name).Except(allowed)];
        Assert.True(forbidden.Length == 0, $"src/{project} must not reference {string.Join(", ", forbidden)}; it may reference: {string.Join(", ", allowed)}.");
    }

    [Fact]
    public void Only_the_package_builds_the_analyzers_along_without_referencing_them()
    {
        foreach (string project in AllowedEdges.Keys)
        {
            IEnumerable<string> builtAlong = References(project).Where(reference => !reference.Linked).Select(reference => reference.Name);
            Assert.Equal(project == "Tracing" ? ["Analyzers", "Analyzers.CodeFixes"] : [], builtAlong);
        }
    }

    [Fact]
    public void Sources_are_linked_only_from_the_shared_folder_of_graph_into_the_analyzers()
    {
        foreach (string file in SourceProjects())
        {
            IEnumerable<string> links = XDocument.Load(file).Descendants("Compile").Select(item => (string?)item.Attribute("Include") ?? "").Where(path => path.Contains("..", StringComparison.Ordinal));
            Assert.Equal(Path.GetFileName(file) == "Analyzers.csproj" ? ["../Graph/Shared/**/*.cs"] : [], links);
        }
    }

    [Fact]
    public void No_namespace_is_called_graph_since_it_would_shadow_the_type()
    {
        IEnumerable<string> offenders = Repository.Files()
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal))
            .Where(file => File.ReadLines(Repository.PathOf(file)).Any(line => line.StartsWith("namespace TensorGraph.Graph", StringComparison.Ordinal)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_the_managed_device_has_pointers_and_only_the_list_of_devices_names_it()
    {
        string[] neutral = [.. Repository.Files().Where(file => file.StartsWith("src/Runtime/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal) && !file.StartsWith("src/Runtime/Managed/", StringComparison.Ordinal))];
        Assert.Contains("src/Runtime/TensorData.cs", neutral);
        Assert.All(neutral, file => Assert.DoesNotContain("unsafe", Repository.Read(file), StringComparison.Ordinal));
        Assert.All(neutral.Where(file => file != "src/Runtime/Devices.cs"), file => Assert.DoesNotContain("Backends.Managed", Repository.Read(file), StringComparison.Ordinal));
    }

    private static IEnumerable<string> SourceProjects() => Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories);

    private static IEnumerable<(string Name, bool Linked)> References(string project) =>
        XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(item => (
                Path.GetFileNameWithoutExtension((string)item.Attribute("Include")!),
                (string?)item.Attribute("ReferenceOutputAssembly") != "false"));
}
