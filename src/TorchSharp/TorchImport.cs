using TensorGraph.Backends.Managed;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>From torch tensors to data of a managed device.</summary>
internal static unsafe class TorchImport
{
    private const string Op = "from_torch";

    /// <summary>Its elements: borrowed, or a copy.</summary>
    public static TensorData Import(torch.Tensor tensor, bool copy)
    {
        if (tensor.IsInvalid)
        {
            Throw.Raise(
                DiagnosticIds.DisposedTensor, Op, "the torch tensor was disposed of",
                "Convert it before Dispose, or before its dispose scope ends.");
        }
        nint handle = tensor.Handle;
        TensorLayout layout = LayoutOf(tensor, handle);
        Device current = Device.Current;
        ManagedDevice device = current as ManagedDevice ?? Devices.Managed;
        Native.Check(Native.IsContiguous(handle, out byte isContiguous));
        copy |= isContiguous == 0 || layout.Count == 0 || device != current || tensor.is_neg();
        TensorData data = copy ? Copy(device, handle, layout) : Borrow(device, handle, layout);
        GC.KeepAlive(tensor);
        return current.Take(data);
    }

    private static TensorLayout LayoutOf(torch.Tensor tensor, nint handle)
    {
        Native.Check(Native.GetDType(handle, out int number));
        Native.Check(Native.GetLayout(handle, out int form));
        Native.Check(Native.GetDeviceType(handle, out int place));
        if (TorchTypes.Of(number) is not { } dtype)
        {
            NoCounterpart($"a torch tensor of {tensor.dtype} has no counterpart", "Cast it first, or take the real and imaginary parts of a complex one.");
            return null!;
        }
        if (form != Native.Strided()) NoCounterpart("a sparse torch tensor has no counterpart", "Call to_dense() first.");
        if (place != (int)DeviceType.CPU)
        {
            Throw.Raise(DiagnosticIds.MixedDevices, Op, $"the torch tensor is on {tensor.device}", "Copy it with tensor.cpu() first: a copy is written where it costs.");
        }
        Native.Check(Native.GetDim(handle, out long rank));
        Native.Check(Native.GetSizes(handle, out long* sizes));
        return TensorLayout.Of(new TensorType(dtype, new Shape(new ReadOnlySpan<long>(sizes, (int)rank))));
    }

    private static TensorData Borrow(ManagedDevice device, nint handle, TensorLayout layout)
    {
        var owner = new BorrowedTensor(Native.Detach(handle), device.Memory, layout.Bytes);
        Native.Check(Native.GetData(handle, out byte* data));
        return new TensorData(layout, new ManagedBuffer(device, data, layout.Bytes, owner));
    }

    private static TensorData Copy(ManagedDevice device, nint handle, TensorLayout layout)
    {
        TensorData data = device.Allocate(layout);
        if (layout.Count == 0) return data;
        using TorchView view = TorchView.Of(data.Address(), layout.Type.DType, layout.Sizes);
        // Torch would note the copy for a gradient.
        using (torch.no_grad()) Native.Check(Native.Copy(view.Handle, handle, 0));
        return data;
    }

    private static void NoCounterpart(string problem, string remedy) => Throw.Raise(DiagnosticIds.NoTorchCounterpart, Op, problem, remedy);
}
