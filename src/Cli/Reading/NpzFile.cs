using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace TensorGraph.Cli.Reading;

/// <summary>
/// Archives of arrays as NumPy writes them: a zip of .npy files. Source: numpy.org, numpy.lib.format. Nothing takes more memory than an entry says
/// that it has bytes.
/// </summary>
internal static partial class NpzFile
{
    private const string Extension = ".npy";

    private const int Alignment = 64, LongestHeader = 1 << 16;

    private static readonly byte[] s_magic = [0x93, .. "NUMPY"u8];

    private static readonly (string Name, DType DType)[] s_types =
    [
        ("|b1", DType.Bool), ("|u1", DType.U8), ("|i1", DType.I8), ("<i2", DType.I16), ("<i4", DType.I32), ("<i8", DType.I64), ("<f2", DType.F16),
        ("<f4", DType.F32), ("<f8", DType.F64),
    ];

    /// <exception cref="InvalidDataException">It is damaged, or has arrays of other types.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            string name = entry.FullName.EndsWith(Extension, StringComparison.Ordinal) ? entry.FullName[..^Extension.Length] : entry.FullName;
            using var file = entry.Open();
            if (!tensors.TryAdd(name, Array(name, file, entry.Length)))
                throw new InvalidDataException($"it has two arrays '{name}'");
        }

        return tensors;
    }

    /// <summary>Writes arrays; bf16 is written as f32, which NumPy has.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, tensor) in tensors)
        {
            if (tensor.DType == DType.String)
                throw new UsageException($"'{name}' is text, which goes into .json files only.");
            var value = (tensor.DType == DType.BF16 ? tensor.Cast(DType.F32) : tensor).ToLiteral();
            using var file = archive.CreateEntry(name + Extension, CompressionLevel.NoCompression).Open();
            string sizes = string.Concat(value.Type.Shape.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size.Value},")));
            string header = $"{{'descr': '{s_types.First(type => type.DType == value.Type.DType).Name}', 'fortran_order': False, 'shape': ({sizes}), }}";
            int length = s_magic.Length + 4 + header.Length + 1;
            header += new string(' ', (Alignment - (length % Alignment)) % Alignment) + "\n";
            file.Write([.. s_magic, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
            foreach (var (offset, count) in value.Parts())
                file.Write(value.Bytes(offset, count));
        }
    }

    private static Tensor Array(string name, Stream file, long bytes)
    {
        Span<byte> start = stackalloc byte[8];
        if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..6].SequenceEqual(s_magic))
            throw new InvalidDataException($"'{name}' is no array of NumPy");
        byte[] size = new byte[start[6] == 1 ? 2 : 4];
        file.ReadExactly(size);
        long length = size.Length == 2 ? BitConverter.ToUInt16(size) : BitConverter.ToUInt32(size);
        if (length > LongestHeader)
            throw new InvalidDataException($"the header of '{name}' has {length} bytes");
        byte[] text = new byte[length];
        file.ReadExactly(text);
        string header = Encoding.Latin1.GetString(text);
        var parts = Header().Match(header);
        if (!parts.Success)
            throw new InvalidDataException($"'{name}' has the header {header.Trim()}");
        string descr = parts.Groups["type"].Value.Replace('=', '<');
        if (System.Array.Find(s_types, type => type.Name == descr || type.Name[1..] == descr) is not { Name: not null } found)
            throw new InvalidDataException($"'{name}' has elements of type {descr}, which is not one of {string.Join(", ", s_types.Select(type => type.Name))}");
        long[] sizes = [.. parts.Groups["sizes"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(number => long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size
                : throw new InvalidDataException($"'{name}' has a size of {number}"))];
        Int128 wanted = found.DType.Size();
        foreach (long count in sizes)
            wanted = wanted > long.MaxValue ? wanted : wanted * count;
        if (wanted != bytes - start.Length - size.Length - length)
            throw new InvalidDataException($"'{name}' is {descr} [{string.Join(", ", sizes)}] and has {bytes - start.Length - size.Length - length} bytes");
        bool isFortran = parts.Groups["order"].Value == "True";
        var value = Literal.Zeros(new(found.DType, new Shape(isFortran ? [.. sizes.Reverse()] : sizes)));
        foreach (var (offset, count) in value.Parts())
            file.ReadExactly(value.Bytes(offset, count));
        if (found.DType == DType.Bool && value.Count > 0 && value.Bytes(0, (int)value.Count).ContainsAnyExceptInRange((byte)0, (byte)1))
            throw new InvalidDataException($"'{name}' has a bool that is neither 0 nor 1");
        var tensor = Tensor.From(value);
        return isFortran ? Ops.Transpose(tensor, [.. Enumerable.Range(0, sizes.Length).Reverse()]) : tensor;
    }

    [GeneratedRegex(@"^\{\s*'descr':\s*'(?<type>[^']*)',\s*'fortran_order':\s*(?<order>True|False),\s*'shape':\s*\((?<sizes>[\d,\s]*)\),?\s*\}\s*$", RegexOptions.None, 1000)]
    private static partial Regex Header();
}
