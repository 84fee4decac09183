using TensorGraph.Backends.Managed;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>From tensors to torch tensors.</summary>
internal static unsafe class TorchExport
{
    /// <summary>A torch tensor on its memory, or a copy.</summary>
    public static torch.Tensor Export(TensorData data, bool copy)
    {
        if (data.Type.IsList || TorchTypes.NumberOf(data.Type.DType) < 0)
        {
            Throw.Raise(
                DiagnosticIds.NoTorchCounterpart, "to_torch", $"a {data.Type} has no counterpart in torch",
                data.Type.IsList ? "Stack the list, or convert its elements." : "Convert numbers only.");
        }
        data.Wait();
        data.Device?.ThrowIfLost("to_torch");
        if (copy || data.Layout.Count == 0 || data.Buffer is not ManagedBuffer buffer || !buffer.Share()) return Copy(data);
        data.Retain();
        return LentTensors.Lend(data);
    }

    private static torch.Tensor Copy(TensorData data)
    {
        torch.Tensor result = torch.empty(data.Layout.Sizes, (torch.ScalarType)TorchTypes.NumberOf(data.Type.DType), torch.CPU);
        Native.Check(Native.GetData(result.Handle, out byte* to));
        const int Part = 1 << 30;
        for (long at = 0; at < data.Layout.Bytes; at += Part)
            data.Buffer.Read(data.Offset + at, new Span<byte>(to + at, (int)Math.Min(Part, data.Layout.Bytes - at)));
        GC.KeepAlive(result);
        return result;
    }
}
