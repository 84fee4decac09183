using System.Runtime.InteropServices;

namespace TensorGraph.Benchmarks;

/// <summary>The peer for the matrix product, when it is installed (Debian: libopenblas0-pthread).</summary>
internal static unsafe class OpenBlas
{
    private static readonly nint Library = NativeLibrary.TryLoad("libopenblas.so.0", out nint handle) ? handle : 0;

    public static bool IsInstalled => Library != 0;

    public static string Configuration =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(Library, "openblas_get_config"))()) ?? "";

    public static void SetThreads(int threads) =>
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(Library, "openblas_set_num_threads"))(threads);

    /// <summary>C = A·B, row-major squares.</summary>
    public static void Multiply(float* a, float* b, float* c, int n)
    {
        const int rowMajor = 101;
        const int plain = 111;
        ((delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int, void>)NativeLibrary.GetExport(Library, "cblas_sgemm"))(
            rowMajor, plain, plain, n, n, n, 1, a, n, b, n, 0, c, n);
    }
}
