namespace TensorGraph;

public static partial class Dataset
{
    private const string Lines = "text_lines";

    /// <summary>
    /// The lines of text files in UTF-8, one file after the other, without line ends. Files ending in .gz are unzipped as they are read. Map them to
    /// tensors before they are batched. Errors: TG1002 null; while it is enumerated, TG1006 when a file is missing or damaged.
    /// Source: tf.data.TextLineDataset.
    /// </summary>
    /// <param name="paths">The files.</param>
    public static Dataset<string> FromTextLines(params IReadOnlyList<string> paths)
    {
        string[] files = [.. Check.NotNull(paths).Select(path => Check.NotNull(path))];
        return Sequence(Lines, Read(), () => "");

        IEnumerable<string> Read()
        {
            foreach (string path in files)
            {
                using var reader = new StreamReader(DataFile.Open(Lines, path));
                while (DataFile.Try(Lines, path, reader.ReadLine) is { } line)
                    yield return line;
            }
        }
    }

    /// <summary>
    /// The rows of a file of comma-separated values (RFC 4180), each made into an element by a function. Fields in quotes may hold delimiters, line
    /// ends and doubled quotes. A file ending in .gz is unzipped as it is read. Errors: TG1002 null, TG2004 a delimiter that is a quote or a line
    /// end; while it is enumerated, TG1006 with file and line when the file is missing or damaged, a row has another number of fields than the first
    /// one, or a field is not what is asked of it. Source: tf.data.experimental.CsvDataset.
    /// </summary>
    /// <typeparam name="T">Element.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="element">Makes an element: <c>row => (row.Number&lt;float>("height"), row["name"])</c>.</param>
    /// <param name="hasHeader">Whether the first row names the columns.</param>
    /// <param name="delimiter">Between fields.</param>
    /// <param name="hasQuotes">False takes quotes for letters like any other.</param>
    public static Dataset<T> FromCsv<T>(string path, Func<CsvRow, T> element, bool hasHeader = true, char delimiter = ',', bool hasQuotes = true)
    {
        Check.NotNull(path);
        Check.NotNull(element);
        if (delimiter is '"' or '\r' or '\n')
            Throw.Range("csv", "a quote or line end is the delimiter", "Pass the letter between the fields.");
        return Sequence("csv", CsvReader.Read(path, hasHeader, delimiter, hasQuotes)).Map(element);
    }

    /// <summary>
    /// The paths of files in a folder, in ordinal order. Map them to what is in the files. Errors: TG1002 null; while it is enumerated, TG1006 when
    /// the folder is missing. Source: tf.data.Dataset.list_files.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">Which names: <c>*.txt</c>.</param>
    /// <param name="recursive">True also looks into the folders within.</param>
    public static Dataset<string> FromFiles(string folder, string pattern = "*", bool recursive = false)
    {
        Check.NotNull(folder);
        Check.NotNull(pattern);
        var option = recursive ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        return Sequence("files", Listed(), () => "");

        IEnumerable<string> Listed()
        {
            foreach (string path in DataFile.Try("files", folder, () => Directory.GetFiles(folder, pattern, option)).Order(StringComparer.Ordinal))
                yield return path;
        }
    }

    /// <summary>
    /// Images in folders that are named as their classes: pairs of an image and the number of its class, an i32, as in <see cref="ClassesOf"/>.
    /// Errors: TG1002 null; while it is enumerated, TG1006 when the folder is missing, or holds no image and a graph loops over it.
    /// Source: torchvision.datasets.ImageFolder.
    /// </summary>
    /// <param name="folder">The folder of the folders.</param>
    /// <param name="decode">Makes a tensor of the content of a file, with an image library of the caller's choice.</param>
    public static Dataset<(Tensor Image, Tensor Label)> FromImageFolder(string folder, Func<Stream, Tensor> decode)
    {
        Check.NotNull(folder);
        Check.NotNull(decode);
        return Sequence("image_folder", Listed()).Map(image =>
        {
            using var stream = DataFile.Open("image_folder", image.Path);
            return (decode(stream), (Tensor)image.Label);
        });

        IEnumerable<(string Path, int Label)> Listed()
        {
            foreach (var (label, name) in ClassesOf(folder).Index())
            {
                foreach (string path in DataFile.Try("image_folder", folder, () => Directory.GetFiles(Path.Combine(folder, name))).Order(StringComparer.Ordinal))
                    yield return (path, label);
            }
        }
    }

    /// <summary>
    /// The classes of <see cref="FromImageFolder"/>: the names of the folders in a folder, in ordinal order. Errors: TG1002 null, TG1006 when the folder
    /// is missing.
    /// </summary>
    /// <param name="folder">The folder of the folders.</param>
    public static IReadOnlyList<string> ClassesOf(string folder) => DataFile.Try("image_folder", Check.NotNull(folder), () =>
        Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray());
}
