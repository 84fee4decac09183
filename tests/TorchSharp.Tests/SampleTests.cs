using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The sample trains as plain TorchSharp does; <c>.ci/run</c> restores what it needs.</summary>
public sealed class SampleTests
{
    [TorchTheory]
    [InlineData("mlp")]
    [InlineData("cnn")]
    public void Its_losses_are_those_of_TorchSharp(string model)
    {
        JsonElement figures = Run("--model", model, "--steps", "20");
        Assert.InRange(figures.GetProperty("largest_loss_difference").GetDouble(), 0, 1e-4);
        Assert.InRange(figures.GetProperty("traced_final_loss").GetDouble(), 0.01, 2.3);
        Assert.Equal(1, figures.GetProperty("traces").GetInt32());
    }

    private static JsonElement Run(params string[] options)
    {
        string file = Path.GetTempFileName();
        try
        {
            CommandResult run = CommandResult.Run(
                "dotnet",
                ["run", "-c", "Release", "--project", "samples/TorchSharpTraining", "-p:BuildProjectReferences=false", "--", .. options, "--json", file],
                Repository.Root, timeoutSeconds: 600);
            Assert.True(run.ExitCode == 0, run.Output);
            return JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
