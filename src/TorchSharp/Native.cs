using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>
/// Functions of LibTorch's stable C interface (<c>aoti_torch_*</c>) and of TorchSharp's own library. A handle of a tensor is the same in both.
/// </summary>
internal static unsafe partial class Native
{
    private const string Torch = "torch_cpu";
    private const string Sharp = "LibTorchSharp";

    // The library that TorchSharp has loaded, wherever that is.
    static Native() => NativeLibrary.SetDllImportResolver(
        typeof(Native).Assembly, static (name, _, _) => NativeLibrary.TryLoad(name, typeof(torch).Assembly, null, out nint library) ? library : 0);

    /// <summary>Throws when a function has failed.</summary>
    public static void Check(int error, [CallerArgumentExpression(nameof(error))] string call = "")
    {
        if (error != 0) Throw.Internal($"LibTorch refused {call}");
    }

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_dim")]
    public static partial int GetDim(nint tensor, out long rank);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_sizes")]
    public static partial int GetSizes(nint tensor, out long* sizes);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_strides")]
    public static partial int GetStrides(nint tensor, out long* strides);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_dtype")]
    public static partial int GetDType(nint tensor, out int dtype);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_layout")]
    public static partial int GetLayout(nint tensor, out int layout);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_layout_strided")]
    public static partial int Strided();

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_device_type")]
    public static partial int GetDeviceType(nint tensor, out int device);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_is_contiguous")]
    public static partial int IsContiguous(nint tensor, out byte contiguous);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_get_data_ptr")]
    public static partial int GetData(nint tensor, out byte* data);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_delete_tensor_object")]
    public static partial int Delete(nint tensor);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_new_tensor_handle")]
    public static partial int NewHandle(nint tensor, out nint same);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_create_tensor_from_blob_v2")]
    public static partial int FromBlob(
        void* data, long rank, long* sizes, long* strides, long offset, int dtype, int device, int deviceIndex, out nint tensor, int layout,
        byte* metadata, long metadataSize);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_empty_strided")]
    public static partial int Empty(long rank, long* sizes, long* strides, int dtype, int device, int deviceIndex, out nint tensor);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_zero_")]
    public static partial int Zero(nint tensor);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_copy_")]
    public static partial int Copy(nint to, nint from, int nonBlocking);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_cpu_mm_out")]
    public static partial int MatMul(nint result, nint a, nint b);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_cpu_bmm_out")]
    public static partial int BatchMatMul(nint result, nint a, nint b);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_cpu_convolution")]
    public static partial int Convolution(
        nint x, nint weights, nint* bias, long* stride, long strides, long* padding, long paddings, long* dilation, long dilations, int transposed,
        long* outputPadding, long outputPaddings, long groups, out nint result);

    [LibraryImport(Torch, EntryPoint = "aoti_torch_cpu_convolution_backward")]
    public static partial int ConvolutionBackward(
        nint gradient, nint x, nint weights, long** biasSizes, long biases, long* stride, long strides, long* padding, long paddings, long* dilation,
        long dilations, int transposed, long* outputPadding, long outputPaddings, long groups, int* wanted, long wanteds, out nint forX,
        out nint forWeights, out nint forBias);

    /// <summary>A new handle of a tensor's gradient; 0 for none.</summary>
    [LibraryImport(Sharp, EntryPoint = "THSTensor_grad")]
    public static partial nint Gradient(nint tensor);

    [LibraryImport(Sharp, EntryPoint = "THSTensor_detach")]
    public static partial nint Detach(nint tensor);

    [LibraryImport(Sharp, EntryPoint = "THSTensor_new")]
    public static partial nint New(
        void* data, delegate* unmanaged[Cdecl]<void*, void> deleter, long* sizes, int rank, sbyte type, sbyte dtype, int device, int deviceIndex,
        byte requiresGradient);

    /// <summary>A node of torch's autograd that calls back: what it computes gradients with, and when it is deleted.</summary>
    [LibraryImport(Sharp, EntryPoint = "THSAutograd_CSharpNode_ctor")]
    public static partial NodeHandle NewNode(nint apply, nint delete);

    [LibraryImport(Sharp, EntryPoint = "THSAutograd_CSharpNode_disposeSharedPtr")]
    public static partial void FreeShared(NodeHandle node);

    [LibraryImport(Sharp, EntryPoint = "THSAutograd_CSharpNode_disposeWeakPtr")]
    public static partial void FreeWeak(NodeHandle node);

    [LibraryImport(Sharp, EntryPoint = "THSAutograd_CSharpNode_setNextEdges")]
    public static partial void SetInputs(NodeHandle node, Handles inputs, byte isExecutable);

    [LibraryImport(Sharp, EntryPoint = "THSAutograd_Function_wrapOutputs")]
    public static partial void SetOutputs(
        Handles inputs, Handles withoutGradient, Handles changed, Handles outputs, NodeHandle node, delegate* unmanaged[Cdecl]<nuint, nint*> results);

    /// <summary>Two holders of a node.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct NodeHandle
    {
        private readonly nint _shared;
        private readonly nint _weak;

        /// <summary>False where there is no memory for it.</summary>
        public bool IsValid => _shared != 0 && _weak != 0;
    }

    /// <summary>Handles of tensors.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly struct Handles(nint* items, long count)
    {
        private readonly nint* _items = items;
        private readonly long _count = count;
    }
}
