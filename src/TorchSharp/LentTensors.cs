using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TensorGraph.Backends.Managed;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>Tensors of ours whose memory torch tensors share. Each is held until LibTorch has deleted the last view of its torch tensor.</summary>
internal static unsafe class LentTensors
{
    private static readonly Lock Gate = new();

    // LibTorch tells the address of what it has deleted. What has one address is one piece of memory.
    private static readonly Dictionary<nint, Stack<TensorData>> ByAddress = [];

    /// <summary>How many are lent.</summary>
    public static int Count
    {
        get
        {
            lock (Gate) return ByAddress.Values.Sum(held => held.Count);
        }
    }

    /// <summary>A torch tensor on the memory of a tensor, whose holder it takes over.</summary>
    /// <param name="data">On a managed device, not empty.</param>
    public static torch.Tensor Lend(TensorData data)
    {
        byte* address = data.Address();
        lock (Gate)
        {
            ref Stack<TensorData>? held = ref CollectionsMarshal.GetValueRefOrAddDefault(ByAddress, (nint)address, out _);
            (held ??= new(1)).Push(data);
        }
        nint handle;
        fixed (long* sizes = data.Layout.Sizes)
        {
            sbyte dtype = (sbyte)TorchTypes.NumberOf(data.Type.DType);
            handle = Native.New(address, &Delete, sizes, data.Layout.Sizes.Length, dtype, dtype, 0, 0, 0);
        }
        if (handle == 0) torch.CheckForErrors();
        return torch.Tensor.UnsafeCreateTensor(handle);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Delete(void* address)
    {
        TensorData data;
        lock (Gate)
        {
            Stack<TensorData> held = ByAddress[(nint)address];
            data = held.Pop();
            if (held.Count == 0) ByAddress.Remove((nint)address);
        }
        data.Release();
    }
}
