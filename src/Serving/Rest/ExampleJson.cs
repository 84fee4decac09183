using System.Buffers.Text;
using System.Globalization;
using Google.Protobuf;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The bodies of classify and regress.</summary>
internal static class ExampleJson
{
    /// <summary>Reads the examples.</summary>
    public static Input Read(JsonTape json, TensorLimits limits)
    {
        PredictJson.RequireObject(json);
        int list = json.Find(0, "examples");
        if (list < 0)
            throw ServingException.Invalid("When method is classify/regress, key 'examples' is expected");
        if (json[list].Kind != JsonKind.Array || json[list].Count == 0)
            throw ServingException.Invalid("'examples' value must be a non-empty list/array");
        var tensors = new JsonTensors(json, limits);
        var examples = json.Entries(list).Select(entry => Example(json, tensors, entry));
        int context = json.Find(0, "context");
        return context < 0 ? new() { ExampleList = new() { Examples = { examples } } }
            : new() { ExampleListWithContext = new() { Examples = { examples }, Context = Example(json, tensors, context) } };
    }

    /// <summary>Writes classes and scores.</summary>
    public static string Write(ClassificationResult result, bool writesNonFinite) => Write(
        result.Classifications, writesNonFinite, (text, row) =>
        {
            text.Raw("[");
            foreach (var (i, found) in row.Classes.Index())
            {
                text.Raw(i > 0 ? ", [" : "[").Raw(JsonText.Quoted(found.Label)).Raw(", ");
                text.Number(found.Score, isSingle: true);
                text.Raw("]");
            }

            text.Raw("]");
        });

    /// <summary>Writes numbers.</summary>
    public static string Write(RegressionResult result, bool writesNonFinite) =>
        Write(result.Regressions, writesNonFinite, static (text, row) => text.Number(row.Value, isSingle: true));

    private static string Write<T>(IEnumerable<T> rows, bool writesNonFinite, Action<JsonText, T> write)
    {
        var text = new JsonText(writesNonFinite);
        text.Raw("{").Line(1).Raw("\"results\": [");
        foreach (var (i, row) in rows.Index())
        {
            if (i > 0)
                text.Raw(", ");
            write(text, row);
        }

        return text.Raw("]").Line(0).Raw("}\n").ToString();
    }

    private static Example Example(JsonTape json, JsonTensors tensors, int value)
    {
        if (json[value].Kind != JsonKind.Object)
            throw ServingException.Invalid($"Example must be JSON object but got JSON {json.KindName(value)}");
        var example = new Example { Features = new() };
        foreach (var (name, member) in json.Members(value))
        {
            if (!example.Features.Feature.TryAdd(name, Feature(json, tensors, name, member)))
                throw ServingException.Invalid($"Example has feature {name} twice");
        }

        return example;
    }

    private static Feature Feature(JsonTape json, JsonTensors tensors, string name, int value)
    {
        int[] entries = json[value].Kind == JsonKind.Array ? [.. json.Entries(value)] : [value];
        var feature = new Feature();
        foreach (int entry in entries)
        {
            var kind = KindOf(json, tensors, name, entry);
            if (feature.KindCase != Protocol.Tensorflow.Feature.KindOneofCase.None && feature.KindCase != kind)
                throw ServingException.Invalid($"Unexpected element type. Feature {name} mixes kinds of values: {json.Shown(value)}");
            switch (kind)
            {
                case Protocol.Tensorflow.Feature.KindOneofCase.BytesList:
                    (feature.BytesList ??= new()).Value.Add(
                        json[entry].Kind == JsonKind.String ? ByteString.CopyFromUtf8(json.Text(entry)) : ByteString.CopyFrom(tensors.Bytes(entry)));
                    break;
                case Protocol.Tensorflow.Feature.KindOneofCase.FloatList:
                    (feature.FloatList ??= new()).Value.Add(float.Parse(json.Bytes(entry), NumberStyles.Float, CultureInfo.InvariantCulture));
                    break;
                default:
                    (feature.Int64List ??= new()).Value.Add(Integer(json, name, entry));
                    break;
            }
        }

        return feature;
    }

    private static Feature.KindOneofCase KindOf(JsonTape json, JsonTensors tensors, string name, int value) => json[value].Kind switch
    {
        JsonKind.String => Protocol.Tensorflow.Feature.KindOneofCase.BytesList,
        JsonKind.Object when tensors.IsBytes(value) => Protocol.Tensorflow.Feature.KindOneofCase.BytesList,
        JsonKind.Real => Protocol.Tensorflow.Feature.KindOneofCase.FloatList,
        JsonKind.Integer or JsonKind.True or JsonKind.False => Protocol.Tensorflow.Feature.KindOneofCase.Int64List,
        _ => throw ServingException.Invalid($"JSON value: {json.Shown(value)} of feature {name} has JSON type {json.KindName(value)}, expected a string, number or bool"),
    };

    private static long Integer(JsonTape json, string name, int value)
    {
        if (json[value].Kind != JsonKind.Integer)
            return json[value].Kind == JsonKind.True ? 1 : 0;
        return Utf8Parser.TryParse(json.Bytes(value), out long number, out int read) && read == json.Bytes(value).Length
            ? number : throw ServingException.Invalid($"JSON value: {json.Shown(value)} of feature {name} is out of the range of int64");
    }
}
