using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TensorGraph;

/// <summary>The content of <c>saved_model.json</c>.</summary>
/// <param name="Producer">The library that wrote it.</param>
/// <param name="Content">Name of the folder with the other files.</param>
/// <param name="Signatures">The saved functions.</param>
/// <param name="Variables">The variables, whose types and values are in a file of their own.</param>
/// <param name="Files">All files of the content.</param>
internal sealed record Manifest(
    string Producer, string Content, ManifestSignature[] Signatures, ManifestVariable[] Variables, ManifestFile[] Files)
{
    public const int Version = 1;

    private const string VersionKey = "format_version", ModelKey = "model", ChecksumKey = "sha256";

    public static string Text(SignatureMethod method) => method switch
    {
        SignatureMethod.Classify => "classify",
        SignatureMethod.Regress => "regress",
        _ => "predict",
    };

    /// <summary>The file: its version, the model, and the checksum of the model's text.</summary>
    public byte[] ToFile()
    {
        string model = JsonSerializer.Serialize(this, ManifestJson.Default.Manifest);
        return Encoding.UTF8.GetBytes($"{{\n\"{VersionKey}\": {Version},\n\"{ModelKey}\": {model},\n\"{ChecksumKey}\": \"{Checksum(model)}\"\n}}\n");
    }

    /// <exception cref="InvalidDataException">The file is damaged or of a later version.</exception>
    public static Manifest FromFile(byte[] file)
    {
        try
        {
            using var json = JsonDocument.Parse(file, new() { AllowDuplicateProperties = false });
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(VersionKey, out var written)
                || written.ValueKind != JsonValueKind.Number || !written.TryGetInt32(out int version))
                throw new InvalidDataException($"it has no {VersionKey}");
            if (version != Version)
                throw new InvalidDataException($"it has format version {version}, this version of the library reads {Version}");
            if (!root.TryGetProperty(ModelKey, out var model) || !root.TryGetProperty(ChecksumKey, out var checksum)
                || checksum.ValueKind != JsonValueKind.String || checksum.GetString() != Checksum(model.GetRawText()))
            {
                throw new InvalidDataException("its description does not have the checksum that it was written with");
            }

            var manifest = model.Deserialize(ManifestJson.Default.Manifest) ?? throw new InvalidDataException("it describes no model");
            return manifest.HasNulls ? throw new InvalidDataException("its description has a null") : manifest;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"its description can't be read: {JsonProblem.Of(fault)}", fault);
        }
    }

    private bool HasNulls => Signatures.Contains(null) || Variables.Contains(null) || Files.Contains(null)
        || Signatures.Any(signature => signature.Variables.Contains(null)
            || signature.Inputs.Concat(signature.Outputs).Any(tensor => tensor is null || tensor.Shape.Contains(null)));

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>A saved function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">Its task.</param>
/// <param name="Graph">File of its graph.</param>
/// <param name="Inputs">Tensors that it takes.</param>
/// <param name="Outputs">Tensors that it gives.</param>
/// <param name="Variables">Names of the variables of its graph, in the order in which the graph declares them.</param>
internal sealed record ManifestSignature(
    string Name, string Method, string Graph, ManifestTensor[] Inputs, ManifestTensor[] Outputs, string[] Variables);

/// <summary>An input or output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dtype">Its element type.</param>
/// <param name="Shape">Its sizes: numbers, names, or sums and products of them.</param>
internal sealed record ManifestTensor(string Name, string Dtype, string[] Shape)
{
    [JsonIgnore]
    public string Type => $"{Dtype}[{string.Join(", ", Shape)}]";

    public static ManifestTensor Of(string name, TensorType type) => new(name, type.DType.Name(), Sizes(type));

    public bool Is(TensorType type) => Dtype == type.DType.Name() && Shape.SequenceEqual(Sizes(type), StringComparer.Ordinal);

    private static string[] Sizes(TensorType type) => [.. type.Shape.Select(size => size.ToString())];
}

/// <summary>A variable.</summary>
/// <param name="Name">Its name in the file of variables.</param>
/// <param name="Trainable">False for state that optimisers leave alone.</param>
internal sealed record ManifestVariable(string Name, bool Trainable);

/// <summary>A file of the content.</summary>
/// <param name="Name">Its path in the content, with / between folders.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its checksum.</param>
internal sealed record ManifestFile(string Name, long Bytes, string Sha256);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
