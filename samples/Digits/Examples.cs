using System.Buffers.Binary;
using System.IO.Compression;
using TensorGraph;

namespace Digits;

/// <summary>Images, one a row with values in 0…1, and their labels.</summary>
public sealed record Examples(Tensor Images, Tensor Labels)
{
    // No data set of the samples has as much; a small file that unzips to more is made to take memory.
    private const uint MostUnzippedBytes = 1 << 28;

    public int Count => (int)Images.Shape[0].Value;

    /// <summary>Pixels of one image.</summary>
    public int Pixels => (int)Images.Shape[1].Value;

    public static Examples From(float[] images, int[] labels) => new(Tensor.From(images, labels.Length, images.Length / labels.Length), labels);

    /// <summary>Opens a data file, unzipped when its name ends in .gz, and reports everything that is wrong with it as TG1006.</summary>
    public static T Read<T>(string path, string remedy, Func<Stream, T> read)
    {
        if (!File.Exists(path))
            throw Bad(path, "the file does not exist", remedy);
        try
        {
            using Stream file = File.OpenRead(path);
            if (!path.EndsWith(".gz", StringComparison.Ordinal))
                return read(file);
            using var unzipped = Unzip(file);
            return read(unzipped);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or FormatException or OverflowException
        or UnauthorizedAccessException)
        {
            throw Bad(path, error.Message.TrimEnd('.'), remedy, error);
        }
    }

    // GZipStream takes a file that is cut short for one that ends there. The last four bytes say how many there must be (RFC 1952).
    private static MemoryStream Unzip(Stream file)
    {
        var length = new byte[4];
        file.Position = Math.Max(0, file.Length - length.Length);
        file.ReadExactly(length);
        file.Position = 0;
        uint wanted = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (wanted > MostUnzippedBytes)
            throw new InvalidDataException($"it says that it unzips to {wanted} bytes; the most are {MostUnzippedBytes}");
        var unzipped = new MemoryStream();
        using var zipped = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        var part = new byte[1 << 16];
        for (int read; (read = zipped.Read(part)) > 0 && unzipped.Length <= wanted;)
            unzipped.Write(part, 0, read);
        if (unzipped.Length != wanted)
            throw new InvalidDataException("it is cut short or damaged");
        unzipped.Position = 0;
        return unzipped;
    }

    private static GraphException Bad(string path, string problem, string remedy, Exception? cause = null) =>
        new(DiagnosticIds.BadData, $"data: '{path}' can't be read: {problem}", remedy, default, cause);
}
