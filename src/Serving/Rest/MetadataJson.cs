using Google.Protobuf;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Messages as JSON with the names of the protocol, empty fields too.</summary>
internal static class MetadataJson
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true).WithIndentation(" "));

    public static string Status(GetModelStatusResponse status) => $"{Formatter.Format(status)}\n";

    public static string Metadata(ModelSpec spec, SignatureDefMap signatures) =>
        $"{{\n\"model_spec\": {Formatter.Format(spec)},\n\"metadata\": {{\"{ModelMetadata.SignatureField}\": {Formatter.Format(signatures)}}}\n}}\n";
}
