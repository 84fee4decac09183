using System.Buffers.Binary;

namespace Digits;

/// <summary>Fashion-MNIST: 60,000 + 10,000 images of 28×28 pixels in four IDX files, zipped or not (Xiao, Rasul, Vollgraf 2017).</summary>
public static class FashionMnist
{
    public const string DefaultFolder = "/usr/share/datasets/fashion-mnist";

    private const string Remedy =
        "Install the Debian package dataset-fashion-mnist, or put the four files of github.com/zalandoresearch/fashion-mnist into a folder and pass --data fashion-mnist:FOLDER.";

    public static (Examples Train, Examples Test) Load(string folder) => (Load(folder, "train"), Load(folder, "t10k"));

    private static Examples Load(string folder, string part)
    {
        var (pixels, sizes) = ReadIdx(folder, $"{part}-images-idx3-ubyte", 3);
        var (labels, counts) = ReadIdx(folder, $"{part}-labels-idx1-ubyte", 1);
        if (counts[0] != sizes[0])
            throw new TensorGraph.GraphException(TensorGraph.DiagnosticIds.BadData,
                $"data: '{folder}' has {sizes[0]} {part} images and {counts[0]} labels", Remedy);
        return Examples.From([.. pixels.Select(value => value / 255f)], [.. labels.Select(label => (int)label)]);
    }

    // IDX: two zero bytes, element type (8: unsigned byte), number of axes, big-endian sizes, elements.
    private static (byte[] Elements, int[] Sizes) ReadIdx(string folder, string name, int axes)
    {
        string path = Path.Combine(folder, name);
        return Examples.Read(File.Exists(path) ? path : path + ".gz", Remedy, stream =>
        {
            var header = new byte[4 + (4 * axes)];
            stream.ReadExactly(header);
            if (header[0] != 0 || header[1] != 0 || header[2] != 8 || header[3] != axes)
                throw new InvalidDataException($"it is not an IDX file of bytes with {axes} axes");
            int[] sizes = [.. Enumerable.Range(0, axes).Select(axis => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 + (4 * axis))))];
            if (sizes.Any(size => size < 1))
                throw new InvalidDataException($"its header says {string.Join(" × ", sizes)} elements; each size is at least 1");
            // What the header claims is no reason to take memory: the file must hold it.
            Int128 claimed = sizes.Aggregate((Int128)1, (product, size) => product * size);
            if (claimed != stream.Length - header.Length)
                throw new InvalidDataException($"its header says {string.Join(" × ", sizes)} elements, it has {stream.Length - header.Length}");
            var elements = new byte[(int)claimed];
            stream.ReadExactly(elements);
            return (elements, sizes);
        });
    }
}
