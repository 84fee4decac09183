using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu.Cuda;

/// <summary>Products by cuBLAS. Each stream has a handle of its own with memory to work in, so that calls can be recorded.</summary>
internal sealed unsafe class CuBlas : GpuProducts
{
    private const string Name = "cublasGemmStridedBatched";

    // As cuBLAS advises for the newest devices.
    private const int WorkspaceBytes = 32 << 20;

    private readonly CuDriver _driver;
    private readonly Lock _gate = new();
    private readonly Dictionary<nint, nint> _handles = [];

    private CuBlas(CuDriver driver) => _driver = driver;

    /// <summary>
    /// The library of this machine; null where there is none that works with the driver. What it needs is made here: nothing can be while a stream is
    /// recorded.
    /// </summary>
    public static CuBlas? For(CuDriver driver, params ReadOnlySpan<nint> streams)
    {
        if (!NativeLibraries.Has(NativeLibraries.CuBlas)) return null;
        var library = new CuBlas(driver);
        try
        {
            foreach (nint stream in streams)
            {
                if (!library.Open(stream)) return null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // An old one.
            return null;
        }
        return library;
    }

    public override void Multiply(
        LibraryProduct product, (nint Memory, long Offset) a, (nint Memory, long Offset) b, (nint Memory, long Offset) c) =>
        Multiply(product, a.Memory + (nint)a.Offset, b.Memory + (nint)b.Offset, c.Memory + (nint)c.Offset);

    private void Multiply(LibraryProduct p, nint a, nint b, nint c)
    {
        int error = Call(p, a, b, c);
        if (_driver.IsShort(error)) error = Call(p, a, b, c);
        _driver.Check(error == CuDriver.OutOfMemory ? error : 0, Name);
        if (error != 0) _driver.ThrowOfLibrary(error, Name);
    }

    // The library's error; one of memory has the driver's number.
    private int Call(LibraryProduct p, nint a, nint b, nint c)
    {
        const int AllocationFailed = 3;
        nint stream = _driver.Enter();
        lock (_gate)
        {
            nint handle = _handles[stream];
            int error;
            if (p.DType == DType.F64)
            {
                double one = 1, zero = 0;
                error = CuBlasNative.MultiplyDoubles(
                    handle, Op(p.B), Op(p.A), p.N, p.M, p.K, &one, b, p.B.Leading, p.B.BatchStride, a, p.A.Leading, p.A.BatchStride, &zero, c, p.N,
                    (long)p.M * p.N, p.Batch);
            }
            else
            {
                float one = 1, zero = 0;
                error = CuBlasNative.MultiplyFloats(
                    handle, Op(p.B), Op(p.A), p.N, p.M, p.K, &one, b, p.B.Leading, p.B.BatchStride, a, p.A.Leading, p.A.BatchStride, &zero, c, p.N,
                    (long)p.M * p.N, p.Batch);
            }
            return error == AllocationFailed ? CuDriver.OutOfMemory : error;
        }
    }

    private bool Open(nint stream)
    {
        nint handle = 0, workspace = _driver.Allocate(WorkspaceBytes);
        bool isOpen = workspace != 0 && CuBlasNative.Create(&handle) == 0 && CuBlasNative.SetStream(handle, stream) == 0
            && CuBlasNative.SetWorkspace(handle, workspace, WorkspaceBytes) == 0;
        if (isOpen) _handles[stream] = handle;
        else if (workspace != 0) _driver.Free(workspace);
        return isOpen;
    }

    private static int Op(LibraryOperand operand) => operand.IsTransposed ? 1 : 0;
}

/// <summary>Functions of cuBLAS.</summary>
internal static unsafe partial class CuBlasNative
{
    private const string Library = NativeLibraries.CuBlas;

    [LibraryImport(Library, EntryPoint = "cublasCreate_v2")]
    public static partial int Create(nint* handle);

    [LibraryImport(Library, EntryPoint = "cublasSetStream_v2")]
    public static partial int SetStream(nint handle, nint stream);

    [LibraryImport(Library, EntryPoint = "cublasSetWorkspace_v2")]
    public static partial int SetWorkspace(nint handle, nint memory, nuint bytes);

    [LibraryImport(Library, EntryPoint = "cublasSgemmStridedBatched")]
    public static partial int MultiplyFloats(
        nint handle, int left, int right, int m, int n, int k, float* alpha, nint a, int leadingA, long strideA, nint b, int leadingB, long strideB,
        float* beta, nint c, int leadingC, long strideC, int batch);

    [LibraryImport(Library, EntryPoint = "cublasDgemmStridedBatched")]
    public static partial int MultiplyDoubles(
        nint handle, int left, int right, int m, int n, int k, double* alpha, nint a, int leadingA, long strideA, nint b, int leadingB, long strideB,
        double* beta, nint c, int leadingC, long strideC, int batch);
}
