using TensorGraph;

namespace Digits;

/// <summary>Images, one a row with values in 0…1, and their labels.</summary>
public sealed record Examples(Tensor Images, Tensor Labels)
{
    public const string FashionMnistFolder = "/usr/share/datasets/fashion-mnist";

    public int Count => (int)Images.Shape[0].Value;

    /// <summary>Pixels of one image.</summary>
    public int Pixels => (int)Images.Shape[1].Value;

    public static string DigitsPath => Path.Combine(AppContext.BaseDirectory, "data", "digits.csv.gz");

    /// <summary><c>digits</c>, <c>fashion-mnist</c> or <c>fashion-mnist:FOLDER</c>.</summary>
    public static (Examples Train, Examples Test) Load(string data) => data.Split(':', 2) switch
    {
        ["digits"] => LoadDigits(DigitsPath),
        ["fashion-mnist"] => LoadFashionMnist(FashionMnistFolder),
        ["fashion-mnist", var folder] => LoadFashionMnist(folder),
        _ => throw new GraphException(DiagnosticIds.BadData, $"data: there is no '{data}'", "Pass digits, fashion-mnist or fashion-mnist:FOLDER."),
    };

    /// <summary>1,797 handwritten digits of 8×8 pixels, one a line: 64 numbers 0…16, then the label.</summary>
    public static (Examples Train, Examples Test) LoadDigits(string path)
    {
        const int Pixels = 64, Brightest = 16, Lines = 1797, TrainCount = 1437, SplitSeed = 42;
        // The file is ordered by writer, so the split draws lots: always the same ones.
        var rows = Dataset.FromCsv(path, Row, hasHeader: false).Shuffle(int.MaxValue, SplitSeed, reshuffle: false).Cache();
        return rows.Count() == Lines ? (From(rows.Take(TrainCount)), From(rows.Skip(TrainCount))) : throw Bad($"it has {rows.Count()} lines, not {Lines}");

        (Tensor Image, Tensor Label) Row(CsvRow row) => row.Count == Pixels + 1
            ? (row.Numbers<float>(..Pixels), row.Number<int>(Pixels)) : throw Bad($"a line has {row.Count} numbers, not {Pixels} and a label");

        GraphException Bad(string problem) =>
            new(DiagnosticIds.BadData, $"data: '{path}' can't be used: {problem}", "Take the file from the sample's data folder.");

        static Examples From(Dataset<(Tensor Image, Tensor Label)> part)
        {
            var (images, labels) = part.Batch(int.MaxValue).First();
            return new(images / Brightest, labels);
        }
    }

    /// <summary>60,000 + 10,000 images of 28×28 pixels in four IDX files, zipped or not (Xiao, Rasul, Vollgraf 2017).</summary>
    public static (Examples Train, Examples Test) LoadFashionMnist(string folder)
    {
        return (Load("train"), Load("t10k"));

        Examples Load(string part)
        {
            Tensor images = Read($"{part}-images-idx3-ubyte"), labels = Read($"{part}-labels-idx1-ubyte");
            long count = images.Shape[0].Value;
            if (labels.Shape.ElementCount.Value != count)
            {
                throw new GraphException(DiagnosticIds.BadData,
                    $"data: '{folder}' has {count} {part} images and {labels.Shape.ElementCount} labels", "Give the four files of one data set.");
            }

            return new(Ops.Reshape(images, count, -1).Cast(DType.F32) / 255f, Ops.Reshape(labels, count).Cast(DType.I32));
        }

        Tensor Read(string name)
        {
            string path = Path.Combine(folder, name), zipped = path + ".gz";
            return File.Exists(path) ? IdxFile.Read(path) : File.Exists(zipped) ? IdxFile.Read(zipped) : throw new GraphException(
                DiagnosticIds.BadData, $"data: there is no '{path}'",
                "Install the Debian package dataset-fashion-mnist, or pass --data fashion-mnist:FOLDER with its four IDX files.");
        }
    }
}
