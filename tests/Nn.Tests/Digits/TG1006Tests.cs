using System.IO.Compression;
using Digits;

namespace TensorGraph.Tests;

/// <summary>TG1006.</summary>
public sealed class TG1006Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_is_named_with_its_remedy()
    {
        Expect.Error(DiagnosticIds.BadData, () => DigitsData.Load(PathOf("none.csv.gz")), "none.csv.gz", "does not exist");
        Expect.Error(DiagnosticIds.BadData, () => FashionMnist.Load(_folder), "train-images", "dataset-fashion-mnist");
    }

    [Fact]
    public void A_gzip_that_is_cut_short_is_never_half_read()
    {
        byte[] whole = File.ReadAllBytes(DigitsData.DefaultPath);
        foreach (int length in new[] { 0, 1, 10, 11, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            string path = PathOf($"cut{length}.csv.gz");
            File.WriteAllBytes(path, whole[..length]);
            Expect.Error(DiagnosticIds.BadData, () => DigitsData.Load(path), $"cut{length}.csv.gz");
        }
    }

    [Theory]
    [InlineData("not a gzip", "csv.gz")]
    [InlineData("1,2,3\n", "csv")]
    [InlineData("a,b\n", "csv")]
    [InlineData("", "csv")]
    public void Other_content_is_refused(string content, string extension)
    {
        string path = PathOf($"bad.{extension}");
        File.WriteAllText(path, content);
        Expect.Error(DiagnosticIds.BadData, () => DigitsData.Load(path), "bad.");
    }

    [Fact]
    public void Idx_files_are_read_zipped_or_not_and_checked()
    {
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 0], labels = [0, 0, 8, 1, 0, 0, 0, 2, 7, 9];
        foreach (string part in new[] { "train", "t10k" })
        {
            using (var zip = new GZipStream(File.Create(PathOf($"{part}-images-idx3-ubyte.gz")), CompressionLevel.Fastest))
                zip.Write(images);
            File.WriteAllBytes(PathOf($"{part}-labels-idx1-ubyte"), labels);
        }

        var (train, _) = FashionMnist.Load(_folder);
        Assert.Equal([0f, 1, 0.2f, 0], train.Images.ToArray<float>());
        Assert.Equal([7, 9], train.Labels.ToArray<int>());

        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), labels[..^1]);
        Expect.Error(DiagnosticIds.BadData, () => FashionMnist.Load(_folder), "train-labels");
        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 7]);
        Expect.Error(DiagnosticIds.BadData, () => FashionMnist.Load(_folder), "2 train images and 1 labels");
        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), images);
        Expect.Error(DiagnosticIds.BadData, () => FashionMnist.Load(_folder), "IDX");
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
