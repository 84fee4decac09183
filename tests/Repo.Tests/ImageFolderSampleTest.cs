using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The sample that reads image files learns from them; it needs SkiaSharp, which <c>.ci/run</c> restores.</summary>
[Trait("Category", "Long")]
public sealed class ImageFolderSampleTest
{
    [RestoredFact("skiasharp", "samples/ImageFolder")]
    public void Digits_as_PNG_files_are_learnt()
    {
        string file = Path.GetTempFileName();
        string[] options = ["--traced", "--side", "16", "--epochs", "4", "--json", file];
        var run = CommandResult.Run("dotnet",
            ["run", "-c", "Release", "--project", "samples/ImageFolder", "-p:BuildProjectReferences=false", "--", .. options], Repository.Root);
        Assert.True(run.ExitCode == 0, run.Output);
        using var figures = JsonDocument.Parse(File.ReadAllText(file));
        Assert.InRange(figures.RootElement.GetProperty("test_accuracy").GetDouble(), 0.93, 1);
        File.Delete(file);
    }
}
