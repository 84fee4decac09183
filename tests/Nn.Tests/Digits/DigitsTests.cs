using System.Text.Json;
using Digits;

namespace TensorGraph.Tests;

[Collection(ProcessState.Name)]
public sealed class DigitsTests
{
    [Fact]
    public void The_sample_learns_alike_both_ways_with_one_trace()
    {
        var (train, test) = Examples.Load("digits");
        Assert.Equal((1437, 360), (train.Count, test.Count));
        // 1437 = 22 · 64 + 29: the last batch of each epoch is smaller.
        var result = new Comparison(train, test, "mlp", batch: 64, seed: 1).Run(epochs: 20);
        Assert.Equal(20 * 23, result.Traced.Losses.Length);
        Close.Within(result.Imperative!.Losses.AsSpan(0, 100), result.Traced.Losses.AsSpan(0, 100), 1e-5, 0);
        Assert.Equal(1, result.Traces);
        Assert.InRange(result.Traced.Accuracy, 0.95, 1);
        Assert.InRange(result.Imperative.Accuracy, 0.95, 1);
    }

    [Fact]
    public void The_convolutional_model_learns_alike_both_ways()
    {
        var (train, test) = Examples.Load("digits");
        var few = new Examples(train.Images[..96], train.Labels[..96]);
        var result = new Comparison(few, new(test.Images[..20], test.Labels[..20]), "cnn", batch: 32, seed: 1).Run(epochs: 2);
        Close.Within(result.Imperative!.Losses, result.Traced.Losses, 1e-5, 0);
        Assert.Equal(1, result.Traces);
        Assert.True(result.Traced.Losses[^1] < result.Traced.Losses[0]);
    }

    [Fact]
    public void The_command_writes_its_figures()
    {
        string file = Path.GetTempFileName();
        try
        {
            var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "Digits.dll"), "--epochs", "2", "--batch", "100", "--json", file], AppContext.BaseDirectory);
            Assert.True(run.ExitCode == 0, run.Output);
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal(
                ["imperative_ms_per_step", "traced_ms_per_step", "speedup", "test_accuracy", "imperative_final_loss", "traced_final_loss", "traces", "graph_nodes"],
                json.RootElement.EnumerateObject().Select(property => property.Name));
            Assert.Equal(1, json.RootElement.GetProperty("traces").GetInt32());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_command_says_how_to_get_data_that_is_absent()
    {
        var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "Digits.dll"), "--data", "fashion-mnist:none"], AppContext.BaseDirectory);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("TG1006: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("dataset-fashion-mnist", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void Ten_thousand_steps_need_no_dispose()
    {
        Tensor images = new RandomGenerator(1).Uniform(new Shape(8, 64));
        Tensor labels = new[] { 0, 1, 2, 3, 4, 5, 6, 7 };
        var classifier = Models.Create("mlp", 64, 1);
        void Train(int steps)
        {
            for (int i = 0; i < steps; i++)
                classifier.TrainStep(images, labels);
            classifier.TrainStep(images, labels).ToDouble();
        }

        foreach (bool imperatively in new[] { false, true })
        {
            GraphFunctions.RunImperatively = imperatively;
            try
            {
                Train(2000);
                long before = Environment.WorkingSet;
                Train(8000);
                long grown = Environment.WorkingSet - before;
                Assert.True(grown < 50L << 20, $"{(imperatively ? "imperative" : "traced")}: {grown >> 20} MiB more after 8,000 steps");
            }
            finally
            {
                GraphFunctions.RunImperatively = false;
            }
        }
    }
}
