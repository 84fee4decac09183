using System.Globalization;
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
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadDigits(PathOf("none.csv.gz")), "none.csv.gz", "does not exist");
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "train-images", "dataset-fashion-mnist");
    }

    [Fact]
    public void A_gzip_that_is_cut_short_is_never_half_read()
    {
        byte[] whole = File.ReadAllBytes(Examples.DigitsPath);
        foreach (int length in new[] { 0, 1, 10, 11, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            string path = PathOf($"cut{length}.csv.gz");
            File.WriteAllBytes(path, whole[..length]);
            Expect.Error(DiagnosticIds.BadData, () => Examples.LoadDigits(path), $"cut{length}.csv.gz");
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
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadDigits(path), "bad.");
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

        var (train, _) = Examples.LoadFashionMnist(_folder);
        Assert.Equal([0f, 1, 0.2f, 0], train.Images.ToArray<float>());
        Assert.Equal([7, 9], train.Labels.ToArray<int>());

        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), labels[..^1]);
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "train-labels");
        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 7]);
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "2 train images and 1 labels");
        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), images);
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "2 train images and 4 labels");
    }

    [Theory]
    [InlineData("0,0,8,1,0,0,0,0", "its header says 0 elements; each size is at least 1")]
    [InlineData("0,0,8,1,127,255,255,255,1", "its header says 2147483647 elements, it has 1")]
    [InlineData("0,0,8,1,255,255,255,255,1", "its header says -1 elements")]
    [InlineData("0,0,8,1,0,0,0,1,1,1", "its header says 1 elements, it has more")]
    [InlineData("0,0,10,1,0,0,0,1,1", "it is not an IDX file")]
    [InlineData("0,0,8", "can't be used")]
    [InlineData("", "can't be used")]
    public void Idx_headers_that_lie_are_refused_without_taking_memory(string bytes, string problem)
    {
        byte[] content = [.. bytes.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(byte.Parse)];
        File.WriteAllBytes(PathOf("train-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]);
        File.WriteAllBytes(PathOf("train-labels-idx1-ubyte"), content);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "train-labels", problem);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void Idx_sizes_whose_product_leaves_64_bits_are_refused()
    {
        File.WriteAllBytes(PathOf("train-images-idx3-ubyte"), [0, 0, 8, 3, 127, 255, 255, 255, 127, 255, 255, 255, 127, 255, 255, 255, 1]);
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "2147483647 × 2147483647 × 2147483647 elements, it has 1");
    }

    [Fact]
    public void A_gzip_bomb_is_refused_without_taking_its_memory()
    {
        byte[] bomb = new byte[1 << 28];
        byte[] header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2];
        header.CopyTo(bomb, 0);
        byte[] zipped = Zipped(bomb);
        File.WriteAllBytes(PathOf("train-images-idx3-ubyte.gz"), zipped);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "its header says 1 × 1 × 2 elements, it has more");
        zipped[^4] = zipped[^3] = zipped[^2] = zipped[^1] = 0;
        File.WriteAllBytes(PathOf("train-images-idx3-ubyte.gz"), zipped);
        Expect.Error(DiagnosticIds.BadData, () => Examples.LoadFashionMnist(_folder), "train-images");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 21);
    }

    /// <summary>300 files, 20,000 in the long run, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    [Fact]
    public void Random_changes_of_idx_files_give_typed_errors_only()
    {
        var (first, count) = Flags.Get("FUZZ").Split(':') is [var from, var many, ..]
            ? (int.Parse(from, CultureInfo.InvariantCulture), int.Parse(many, CultureInfo.InvariantCulture))
            : (1, Flags.Number("LONG") == 1 ? 20_000 : 300);
        int read = 0;
        foreach (int seed in Enumerable.Range(first, count))
        {
            var random = new Random(seed);
            string folder = Directory.CreateDirectory(PathOf($"seed{seed}")).FullName;
            long bytes = 0;
            foreach (string part in new[] { "train", "t10k" })
            {
                bytes += Write(random, Path.Combine(folder, $"{part}-images-idx3-ubyte"), [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 0]);
                bytes += Write(random, Path.Combine(folder, $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            if (Record.Exception(() => Examples.LoadFashionMnist(folder)) is not { } failure)
                read++;
            else if (failure is not GraphException { Id: DiagnosticIds.BadData })
                Assert.Fail($"seed {seed}: {failure}");
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 2_000_000 + (100 * bytes), $"seed {seed}: {allocated} bytes for files of {bytes}");
            Directory.Delete(folder, recursive: true);
        }

        Assert.True(count < 300 || (read > count / 20 && read < count), $"{read} of {count} are read");
    }

    // As it is, or changed in some bytes, cut, longer, or zipped and then changed.
    private static long Write(Random random, string path, byte[] content)
    {
        bool zip = random.Next(3) == 0;
        if (random.Next(3) == 0)
            content = Changed(random, content);
        if (zip)
            content = random.Next(2) == 0 ? Changed(random, Zipped(content)) : Zipped(content);
        File.WriteAllBytes(zip ? path + ".gz" : path, content);
        return content.Length;
    }

    private static byte[] Changed(Random random, byte[] content)
    {
        byte[] changed = [.. content];
        for (int i = random.Next(1, 4); i > 0; i--)
            changed[random.Next(changed.Length)] = random.Next(3) switch { 0 => 0, 1 => 255, _ => (byte)random.Next(256) };
        return random.Next(4) switch
        {
            0 => changed[..random.Next(changed.Length)],
            1 => [.. changed, .. new byte[random.Next(100)]],
            _ => changed,
        };
    }

    private static byte[] Zipped(byte[] content)
    {
        var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(content);
        return stream.ToArray();
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
