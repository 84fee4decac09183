using System.IO.Compression;
using System.Xml.Linq;

namespace TensorGraph.Tests;

/// <summary>The package leaves the choice of LibTorch to the program.</summary>
public sealed class PackageTests
{
    [Fact]
    public void It_needs_TorchSharp_of_one_minor_version_and_nothing_native()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string configuration = AppContext.BaseDirectory.Contains("debug", StringComparison.OrdinalIgnoreCase) ? "Debug" : "Release";
            CommandResult packed = CommandResult.Run(
                "dotnet", ["pack", "src/TorchSharp", "-c", configuration, "--no-build", "-o", folder], Repository.Root, timeoutSeconds: 600);
            Assert.True(packed.ExitCode == 0, packed.Output);
            using ZipArchive package = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(folder, "*.nupkg")));
            string[] names = [.. package.Entries.Select(entry => entry.FullName)];
            Assert.Contains("lib/net10.0/TensorGraph.TorchSharp.dll", names);
            Assert.Contains("lib/net10.0/TensorGraph.TorchSharp.xml", names);
            Assert.Contains("README.md", names);
            Assert.DoesNotContain(names, name => name.Contains("native", StringComparison.Ordinal));
            using Stream nuspec = package.Entries.Single(entry => entry.Name == "TensorGraph.TorchSharp.nuspec").Open();
            var dependencies = XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency")
                .ToDictionary(element => (string)element.Attribute("id")!, element => (string)element.Attribute("version")!);
            Assert.Equal("[0.107.0, 0.108.0)", dependencies["TorchSharp"]);
            Assert.Contains("TensorGraph.Nn", dependencies.Keys);
            Assert.DoesNotContain(dependencies.Keys, name => name.StartsWith("TorchSharp-", StringComparison.Ordinal) || name.StartsWith("libtorch", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
