namespace TensorGraph.Staleness.Experiments;

/// <summary>Images, one a row with values in 0…1, and their labels.</summary>
public sealed record Examples(Tensor Images, Tensor Labels)
{
    public int Count => (int)Images.Shape[0].Value;

    /// <summary>Numbers of one image.</summary>
    public int Pixels => (int)Images.Shape[1].Value;
}

/// <summary>Files of images and labels. Errors: TG1006 files that are missing or are others.</summary>
public static class ImageFiles
{
    private const int FashionMnistClasses = 10, CifarSide = 32, CifarChannels = 3, CifarClasses = 10;

    /// <summary>1,797 handwritten digits of 8×8 pixels, one a line: 64 numbers 0…16, then the label.</summary>
    public static (Examples Train, Examples Test) Digits()
    {
        const int Pixels = 64, Brightest = 16, TrainCount = 1437, SplitSeed = 42;
        string path = Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz");
        // The file is ordered by writer, so the split draws lots: always the same ones.
        var rows = Dataset.FromCsv(path, Row, hasHeader: false).Shuffle(int.MaxValue, SplitSeed, reshuffle: false).Cache();
        return (From(rows.Take(TrainCount)), From(rows.Skip(TrainCount)));

        static (Tensor Image, Tensor Label) Row(CsvRow row) => (row.Numbers<float>(..Pixels), row.Number<int>(Pixels));

        static Examples From(Dataset<(Tensor Image, Tensor Label)> part)
        {
            var (images, labels) = part.Batch(int.MaxValue).First();
            return new(images / Brightest, labels);
        }
    }

    /// <summary>60,000 + 10,000 images of 28×28 pixels in four IDX files, zipped or not (Xiao, Rasul, Vollgraf 2017).</summary>
    public static (Examples Train, Examples Test) FashionMnist(string folder)
    {
        const string Remedy = "Give the four files of one data set like Fashion-MNIST.";
        var (train, test) = (Load("train"), Load("t10k"));
        return train.Pixels == test.Pixels ? (train, test)
            : throw Bad(folder, $"train images have {train.Pixels} pixels and t10k images {test.Pixels}", Remedy);

        Examples Load(string part)
        {
            string imageFile = $"{part}-images-idx3-ubyte", labelFile = $"{part}-labels-idx1-ubyte";
            Tensor images = Read(imageFile), labels = Read(labelFile);
            long count = images.Shape[0].Value, others = labels.Shape.ElementCount.Value;
            // The network takes squares, and halves their sides twice.
            if (images.DType != DType.U8 || images.Rank != 3 || images.Shape[1] != images.Shape[2] || images.Shape[1].Value < 4)
            {
                throw Bad(Path.Combine(folder, imageFile),
                    $"it holds {images.DType} numbers of shape {images.Shape}, not bytes of square images of 4×4 pixels or more", Remedy);
            }

            if (labels.DType != DType.U8 || labels.Rank != 1)
            {
                throw Bad(Path.Combine(folder, labelFile),
                    $"it holds {labels.DType} numbers of shape {labels.Shape}, not a byte for each image", Remedy);
            }

            if (others != count)
                throw Bad(folder, $"it has {count} {part} images and {others} labels", Remedy);
            if (labels.ToArray<byte>().Max() is >= FashionMnistClasses and var label)
                throw Bad(Path.Combine(folder, labelFile), $"it has the label {label}, and {FashionMnistClasses} classes are known", Remedy);
            return new(Ops.Reshape(images, count, -1).Cast(DType.F32) / 255f, Ops.Reshape(labels, count).Cast(DType.I32));
        }

        Tensor Read(string name)
        {
            string path = Path.Combine(folder, name), zipped = path + ".gz";
            return File.Exists(path) ? IdxFile.Read(path) : File.Exists(zipped) ? IdxFile.Read(zipped) : throw Bad(path, "it does not exist",
                "Install the Debian package dataset-fashion-mnist, or pass --data fashion-mnist:FOLDER with its four IDX files.");
        }
    }

    /// <summary>The binary version of CIFAR-10: 50,000 + 10,000 images of 32×32 pixels in three colours, in six files (Krizhevsky 2009).</summary>
    public static (Examples Train, Examples Test) Cifar10(string folder) =>
        (Cifar10([.. Enumerable.Range(1, 5).Select(i => Path.Combine(folder, $"data_batch_{i}.bin"))]), Cifar10([Path.Combine(folder, "test_batch.bin")]));

    // Each example is a byte of its label, then a plane of bytes for each colour.
    private static Examples Cifar10(string[] paths)
    {
        const int Pixels = CifarChannels * CifarSide * CifarSide, Bytes = Pixels + 1;
        const string Remedy = "Unpack the binary version of CIFAR-10 and pass the folder with data_batch_1.bin.";
        byte[][] files = [.. paths.Select(path => File.Exists(path) ? File.ReadAllBytes(path) : throw Bad(path, "it does not exist", Remedy))];
        var images = new float[files.Sum(file => (long)file.Length) / Bytes * Pixels];
        var labels = new int[images.Length / Pixels];
        int row = 0;
        foreach (var (path, content) in paths.Zip(files))
        {
            if (content.Length == 0 || content.Length % Bytes != 0)
                throw Bad(path, $"its {content.Length} bytes are no multiple of {Bytes}", Remedy);
            for (int start = 0; start < content.Length; start += Bytes, row++)
            {
                labels[row] = content[start] < CifarClasses ? content[start]
                    : throw Bad(path, $"the label of example {start / Bytes} is {content[start]}", Remedy);
                for (int i = 0; i < Pixels; i++)
                    images[(row * Pixels) + i] = content[start + 1 + i] / 255f;
            }
        }

        return new(Tensor.From(images, labels.Length, Pixels), labels);
    }

    private static GraphException Bad(string path, string problem, string remedy) =>
        new(DiagnosticIds.BadData, $"data: '{path}' can't be used: {problem}", remedy);
}
