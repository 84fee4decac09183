using Google.Protobuf;
using TensorGraph.OnnxFormat;
using Kind = TensorGraph.OnnxFormat.AttributeProto.Types.AttributeType;

namespace TensorGraph;

/// <summary>Makes attributes of nodes.</summary>
internal static class Attributes
{
    public static AttributeProto Of(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case bool flag:
                (attribute.Type, attribute.I) = (Kind.Int, flag ? 1 : 0);
                break;
            case int or long:
                (attribute.Type, attribute.I) = (Kind.Int, Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number:
                (attribute.Type, attribute.F) = (Kind.Float, (float)number);
                break;
            case string text:
                (attribute.Type, attribute.S) = (Kind.String, ByteString.CopyFromUtf8(text));
                break;
            case GraphProto graph:
                (attribute.Type, attribute.G) = (Kind.Graph, graph);
                break;
            case IEnumerable<long> numbers:
                attribute.Type = Kind.Ints;
                attribute.Ints.AddRange(numbers);
                break;
            default:
                throw new ArgumentException($"an attribute can't be a {value.GetType().Name}", nameof(value));
        }

        return attribute;
    }
}
