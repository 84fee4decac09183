using System.Text.Json;
using Fashion;

namespace TensorGraph.Tests;

/// <summary>The convolutional network with batch norm learns alike both ways, and reaches its goal on the digits.</summary>
public sealed class FashionMnistTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_learns_alike_both_ways_with_one_trace()
    {
        var data = ImageData.LoadDigits(ImageData.DigitsPath);
        Assert.Equal((1437, 360, 8), (data.TrainCount, data.TestCount, data.Side));
        var few = data with { TrainImages = data.TrainImages[..40], TrainLabels = data.TrainLabels[..40], TestImages = data.TestImages[..20], TestLabels = data.TestLabels[..20] };
        // 40 = 2 · 16 + 8: the second epoch begins within a batch, so that all batches have one size.
        var result = new Training(few, new() { Batch = 16, Steps = 5 }).Go();
        Close.Within(result.Imperative!.Losses, result.Traced.Losses, 1e-3, 1e-4);
        Assert.Equal(1, result.Traces);
    }

    [Fact]
    [Trait("Category", "Long")]
    public void It_reads_digits_well()
    {
        var result = new Training(ImageData.LoadDigits(ImageData.DigitsPath), new() { Epochs = 10, OnlyTraced = true }).Go();
        Assert.InRange(result.Traced.Accuracy, 0.97, 1);
    }

    [Fact]
    public void Idx_files_of_a_folder_are_used_and_missing_ones_named()
    {
        foreach (string part in new[] { "train", "t10k" })
        {
            File.WriteAllBytes(Path.Combine(_folder, $"{part}-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, .. Enumerable.Range(0, 32).Select(i => (byte)(8 * i))]);
            File.WriteAllBytes(Path.Combine(_folder, $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);
        }

        var data = ImageData.LoadFashionMnist(_folder);
        var (images, labels) = data.Test(batch: 2).Single();
        Assert.Equal([2L, 1, 4, 4], images.Shape.Dims.Select(size => size.Value));
        Assert.Equal(8 / 255f, images.ToArray<float>()[1]);
        Assert.Equal([7, 9], labels.ToArray<int>());
        File.Delete(Path.Combine(_folder, "t10k-labels-idx1-ubyte"));
        Expect.Error(DiagnosticIds.BadData, () => ImageData.LoadFashionMnist(_folder), "t10k-labels", "does not exist");
    }

    [Fact]
    public void The_command_writes_its_figures()
    {
        string file = Path.Combine(_folder, "figures.json");
        var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "FashionMnist.dll"), "--data", "digits", "--steps", "2", "--json", file], AppContext.BaseDirectory);
        Assert.True(run.ExitCode == 0, run.Output);
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        Assert.Equal("digits", json.RootElement.GetProperty("data").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("traces").GetInt32());
    }
}
