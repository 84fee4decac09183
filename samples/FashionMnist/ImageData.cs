using TensorGraph;

namespace Fashion;

/// <summary>Square images of one channel as u8 and their labels, ten kinds; <paramref name="Brightest"/> is the largest value of a pixel.</summary>
public sealed record ImageData(string Name, Tensor TrainImages, Tensor TrainLabels, Tensor TestImages, Tensor TestLabels, int Brightest)
{
    public const string DefaultFolder = "/usr/share/datasets/fashion-mnist";

    public int Side => (int)TrainImages.Shape[1].Value;

    public int TrainCount => (int)TrainImages.Shape[0].Value;

    public int TestCount => (int)TestImages.Shape[0].Value;

    public static string DigitsPath => Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz");

    /// <summary>Fashion-MNIST when its folder is there, else the handwritten digits that come with the samples.</summary>
    public static ImageData LoadEither() => Directory.Exists(DefaultFolder) ? LoadFashionMnist(DefaultFolder) : LoadDigits(DigitsPath);

    /// <summary>60,000 + 10,000 images of 28×28 pixels in four IDX files, zipped or not (Xiao, Rasul, Vollgraf 2017).</summary>
    public static ImageData LoadFashionMnist(string folder)
    {
        return new("Fashion-MNIST", Read("train-images-idx3-ubyte"), Read("train-labels-idx1-ubyte"), Read("t10k-images-idx3-ubyte"),
            Read("t10k-labels-idx1-ubyte"), Brightest: 255);

        Tensor Read(string name)
        {
            string path = Path.Combine(folder, name);
            return IdxFile.Read(File.Exists(path) ? path : path + ".gz");
        }
    }

    /// <summary>1,797 digits of 8×8 pixels. The file is ordered by writer, so the split draws lots: always the same ones.</summary>
    public static ImageData LoadDigits(string path)
    {
        const int Side = 8, TestCount = 360, SplitSeed = 42;
        var rows = Dataset
            .FromCsv(path, row => (Image: Tensor.From(row.Numbers<byte>(..^1), Side, Side), Label: (Tensor)row.Number<byte>(^1)), hasHeader: false)
            .Shuffle(int.MaxValue, SplitSeed, reshuffle: false).Cache();
        var test = rows.Take(TestCount).Batch(TestCount).First();
        var train = rows.Skip(TestCount).Batch(int.MaxValue).First();
        return new("digits", train.Image, train.Label, test.Image, test.Label, Brightest: 16);
    }

    /// <summary>Batches without an end, all of one size: an epoch may begin within one.</summary>
    public Dataset<(Tensor Images, Tensor Labels)> Train(int batch, int seed) =>
        Batches(Dataset.FromTensorSlices((TrainImages, TrainLabels)).Shuffle(TrainCount, seed).Repeat(), batch).Prefetch();

    public Dataset<(Tensor Images, Tensor Labels)> Test(int batch) => Batches(Dataset.FromTensorSlices((TestImages, TestLabels)), batch);

    // Bytes are shuffled and batched, since they are small; a batch becomes numbers in 0…1 of one channel.
    private Dataset<(Tensor Images, Tensor Labels)> Batches(Dataset<(Tensor Images, Tensor Labels)> examples, int batch) => examples.Batch(batch)
        .Map(part => (Ops.ExpandDims(part.Images, 1).Cast(DType.F32) / (float)Brightest, part.Labels.Cast(DType.I32)));
}
