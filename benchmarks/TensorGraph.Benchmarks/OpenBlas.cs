using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TensorGraph.Benchmarks;

/// <summary>The peer for the matrix product, when it is installed (Debian: libopenblas0-pthread).</summary>
internal static unsafe class OpenBlas
{
    private static readonly nint Library = Load();

    public static bool IsInstalled => Library != 0;

    public static string Configuration => $"{Text("openblas_get_config")}, kernels for {Text("openblas_get_corename")}";

    public static void SetThreads(int threads) =>
        ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(Library, "openblas_set_num_threads"))(threads);

    /// <summary>C = A·B, row-major squares.</summary>
    public static void Multiply(float* a, float* b, float* c, int n)
    {
        const int rowMajor = 101;
        const int plain = 111;
        ((delegate* unmanaged<int, int, int, int, int, int, float, float*, int, float*, int, float, float*, int,
            void>)NativeLibrary.GetExport(Library, "cblas_sgemm"))(
            rowMajor, plain, plain, n, n, n, 1, a, n, b, n, 0, c, n);
    }

    // It picks kernels by the processor's model number and takes those of 2004 for one that it does not know, so it is told.
    private static nint Load()
    {
        if (Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is null && OperatingSystem.IsLinux() && Vector256.IsHardwareAccelerated)
            _ = SetEnvironment("OPENBLAS_CORETYPE", Vector512.IsHardwareAccelerated ? "SKYLAKEX" : "HASWELL", 1);
        return NativeLibrary.TryLoad("libopenblas.so.0", out nint handle) ? handle : 0;
    }

    private static string Text(string function) =>
        Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(Library, function))())?.Trim() ?? "";

    [DllImport("libc", EntryPoint = "setenv")]
    private static extern int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
    int overwrite);
}
