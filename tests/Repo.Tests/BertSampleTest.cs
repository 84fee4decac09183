using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The sample that pre-trains, trains, exports and serves.</summary>
[Trait("Category", "Long")]
public sealed class BertSampleTest
{
    [Fact]
    public void The_server_gives_what_the_estimator_predicts_and_the_encoder_comes_from_the_file()
    {
        string folder = Directory.CreateTempSubdirectory("tensorgraph-bert-").FullName, json = Path.Combine(folder, "figures.json");
        var run = CommandResult.Run("dotnet", ["run", "-c", "Release", "--project", "samples/BertClassification", "-p:BuildProjectReferences=false", "--",
            "--pretraining-steps", "20", "--steps", "20", "--folder", folder, "--json", json], Repository.Root, timeoutSeconds: 600);
        Assert.True(run.ExitCode == 0, run.Output);
        using var figures = JsonDocument.Parse(File.ReadAllText(json));
        var root = figures.RootElement;
        Assert.Equal(20, root.GetProperty("steps").GetInt32());
        // Nine classes; in 20 steps it learns a little.
        Assert.InRange(root.GetProperty("accuracy").GetDouble(), 0.12, 1);
        string[] served = Texts("served"), predicted = Texts("predicted");
        Assert.Equal(3, served.Length);
        Assert.All(served, text => Assert.Equal(3, text.Split(", ").Distinct().Count()));
        Assert.Equal(predicted, served);
        Directory.Delete(folder, recursive: true);

        string[] Texts(string name) => [.. root.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
    }
}
