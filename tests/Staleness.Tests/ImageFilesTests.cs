using TensorGraph.Staleness.Experiments;

namespace TensorGraph.Tests;

/// <summary>Data of experiments: the digits that come along, and CIFAR-10's binary format on made files.</summary>
public sealed class ImageFilesTests : IDisposable
{
    private const int Pixels = 3 * 32 * 32;

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-cifar-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_of_cifar10_are_a_label_and_three_planes_in_the_order_of_the_files()
    {
        for (int file = 1; file <= 5; file++)
            Write($"data_batch_{file}.bin", Row(label: file, first: file), Row(label: 9 - file, first: 100 + file));
        Write("test_batch.bin", Row(label: 7, first: 3));
        var images = ImageSet.Load($"cifar10:{_folder}");
        Assert.Equal(("CIFAR-10", 3, 32, 10, 1), (images.Name, images.Channels, images.Side, images.Train.Count, images.Test.Count));
        Assert.Equal([1, 8, 2, 7, 3, 6, 4, 5, 5, 4], images.Train.Labels.ToArray<int>());
        Assert.Equal([7], images.Test.Labels.ToArray<int>());
        float[] values = images.Train.Images.ToArray<float>();
        Assert.Equal(10 * Pixels, values.Length);
        for (int row = 0; row < 10; row++)
        {
            int first = (row / 2) + 1 + (row % 2 * 100);
            for (int i = 0; i < Pixels; i++)
                Assert.Equal(((first + i) % 256) / 255f, values[(row * Pixels) + i]);
        }

        // The planes are the channels that the network sees.
        Tensor planes = Ops.Reshape(images.Train.Images, 10, 3, 32, 32);
        Assert.Equal(((1 + 1024) % 256) / 255f, planes[0, 1, 0, 0].ToArray<float>()[0]);
        Assert.Equal(((1 + 2048 + 33) % 256) / 255f, planes[0, 2, 1, 1].ToArray<float>()[0]);
        // It trains.
        var task = images.Task(batch: 5);
        var run = new RunSettings(new() { Gradients = 4 }, 2, "asynchronous", "sgd", 0.01, 5, 0, "none", Seed: 1);
        var outcome = TensorGraph.Staleness.TrainingWorkload.Train(task, run.Setup(0), run.Simulate());
        Assert.Equal(4, outcome.Points.Count);
        Assert.False(outcome.IsDiverged);
    }

    [Fact]
    public void Damaged_files_of_cifar10_are_refused()
    {
        Fails("data_batch_1.bin' can't be used: it does not exist");
        for (int file = 1; file <= 5; file++)
            Write($"data_batch_{file}.bin", Row(label: 1, first: 0));
        Fails("test_batch.bin' can't be used: it does not exist");
        Write("test_batch.bin", [.. Row(label: 1, first: 0), 5]);
        Fails("3074 bytes are no multiple of 3073");
        Write("test_batch.bin");
        Fails("0 bytes are no multiple of 3073");
        Write("test_batch.bin", Row(label: 3, first: 0), Row(label: 10, first: 0));
        Fails("the label of example 1 is 10");
        Assert.Contains("cifar10:FOLDER", Assert.Throws<GraphException>(() => ImageSet.Load("cifar100")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 6 }, 48, "not bytes of square images")]
    [InlineData("train-images-idx3-ubyte", new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2 }, 8, "not bytes of square images")]
    [InlineData("train-images-idx3-ubyte", new byte[] { 0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 16 }, 32, "not bytes of square images")]
    [InlineData("train-images-idx3-ubyte", new byte[] { 0, 0, 11, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4 }, 64, "not bytes of square images")]
    [InlineData("t10k-images-idx3-ubyte", new byte[] { 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 5 }, 50, "16 pixels and t10k images 25")]
    [InlineData("train-labels-idx1-ubyte", new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 3, 10 }, 0, "the label 10")]
    [InlineData("train-labels-idx1-ubyte", new byte[] { 0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 3, 4 }, 0, "not a byte for each image")]
    [InlineData("t10k-labels-idx1-ubyte", new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 3, 3, 3 }, 0, "2 t10k images and 3 labels")]
    public void Idx_files_that_are_no_square_images_are_refused(string name, byte[] head, int zeros, string problem)
    {
        foreach (string part in new[] { "train", "t10k" })
        {
            Write($"{part}-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0, 4, .. new byte[32]]);
            Write($"{part}-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 3, 9]);
        }

        Assert.Equal((4, 2, 2), (ImageSet.Load($"fashion-mnist:{_folder}").Side, ImageSet.Load($"fashion-mnist:{_folder}").Train.Count, ImageSet.Load($"fashion-mnist:{_folder}").Test.Count));
        Write(name, [.. head, .. new byte[zeros]]);
        Expect.Error(DiagnosticIds.BadData, () => ImageSet.Load($"fashion-mnist:{_folder}"), problem);
    }

    [Fact]
    public void Digits_come_along()
    {
        var images = ImageSet.Load("digits");
        Assert.Equal((1437, 360, 8, 1), (images.Train.Count, images.Test.Count, images.Side, images.Channels));
    }

    private void Fails(string problem)
    {
        var fault = Assert.Throws<GraphException>(() => ImageSet.Load($"cifar10:{_folder}"));
        Assert.Equal("TG1006", fault.Id);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    private void Write(string name, params byte[][] rows) => File.WriteAllBytes(Path.Combine(_folder, name), [.. rows.SelectMany(row => row)]);

    private static byte[] Row(byte label, int first) => [label, .. Enumerable.Range(first, Pixels).Select(value => (byte)(value % 256))];

    private static byte[] Row(int label, int first) => Row((byte)label, first);
}
