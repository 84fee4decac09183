using System.Runtime.InteropServices;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>A torch tensor as memory, counted by its holders.</summary>
internal sealed unsafe class TorchBuffer(TorchGraphDevice device, torch.Tensor tensor) : Buffer(device)
{
    private int _holders = 1;

    public override long Bytes { get; } = tensor.numel() * tensor.element_size();

    public override void Retain() => Interlocked.Increment(ref _holders);

    public override void Release()
    {
        if (Interlocked.Decrement(ref _holders) != 0 || !TorchCalls.Begin()) return;
        try
        {
            tensor.Dispose();
        }
        finally
        {
            TorchCalls.End();
        }
    }

    public override void Read(long offset, Span<byte> to) => Copy(offset, to, isRead: true);

    // The host's side is only read.
    public override void Write(long offset, ReadOnlySpan<byte> from) =>
        Copy(offset, MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(from), from.Length), isRead: false);

    /// <summary>The elements of a value that is in this memory.</summary>
    public torch.Tensor View(TensorData data)
    {
        TensorLayout layout = data.Layout;
        return (layout.Bytes == Bytes ? tensor : Part(data.Offset / layout.Type.DType.Size(), layout.Count)).reshape(layout.Sizes);
    }

    private void Copy(long offset, Span<byte> host, bool isRead)
    {
        if (host.IsEmpty) return;
        using TorchCalls.Call call = TorchCalls.BeginOrStay();
        using var scope = torch.NewDisposeScope();
        long size = tensor.element_size();
        torch.Tensor part = Part(offset / size, host.Length / size);
        fixed (byte* address = host)
        {
            using TorchView view = TorchView.Of(address, TorchTypes.Of((int)tensor.dtype)!.Value, [host.Length / size]);
            Native.Check(isRead ? Native.Copy(view.Handle, part.Handle, 0) : Native.Copy(part.Handle, view.Handle, 0));
        }
        GC.KeepAlive(part);
    }

    private torch.Tensor Part(long start, long count) => tensor.flatten().narrow(0, start, count);
}
