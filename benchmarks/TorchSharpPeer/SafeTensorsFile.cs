using System.Text.Json;
using static TorchSharp.torch;

namespace TensorGraph.Benchmarks;

/// <summary>Writes tensors of float64 and int64 as a safetensors file: length of the header, header in JSON, elements.</summary>
internal static class SafeTensorsFile
{
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var elements = new MemoryStream();
        foreach (var (name, tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            long start = elements.Position;
            Tensor whole = tensor.detach().contiguous();
            elements.Write(whole.bytes);
            string dtype = whole.dtype switch
            {
                ScalarType.Float64 => "F64",
                ScalarType.Int64 => "I64",
                var other => throw new NotSupportedException($"{name} is {other}"),
            };
            header[name] = new { dtype, shape = whole.shape, data_offsets = new[] { start, elements.Position } };
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)text.Length));
        file.Write(text);
        elements.WriteTo(file);
    }
}
