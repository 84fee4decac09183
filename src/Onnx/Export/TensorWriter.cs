using Google.Protobuf;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>Values of graphs as tensors of a file.</summary>
internal static class TensorWriter
{
    public static TensorProto Of(string name, Literal value)
    {
        var tensor = new TensorProto { Name = name, DataType = ElementTypes.Of(value.Type.DType) };
        tensor.Dims.AddRange(value.Type.Shape.ToArray());
        if (value.Data is string[] texts)
        {
            tensor.StringData.AddRange(texts.Select(ByteString.CopyFromUtf8));
            return tensor;
        }

        // Little-endian, as .NET has it on each machine that it runs on.
        long bytes = value.Count * value.Type.DType.Size();
        tensor.RawData = bytes == 0 ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(value.Bytes(0, checked((int)bytes)).ToArray());
        return tensor;
    }
}
