using System.Reflection;
using System.Runtime.InteropServices;

namespace TensorGraph.Backends.Gpu;

/// <summary>The drivers' libraries by the names that systems give them.</summary>
internal static class NativeLibraries
{
    public const string OpenCl = "OpenCL";

    public const string Cuda = "cuda";

    public const string Nvrtc = "nvrtc";

    public const string CuBlas = "cublas";

    private static readonly Dictionary<string, string[]> Files = new(StringComparer.Ordinal)
    {
        [OpenCl] = ["libOpenCL.so.1", "OpenCL", "/System/Library/Frameworks/OpenCL.framework/OpenCL"],
        [Cuda] = ["libcuda.so.1", "nvcuda"],
        [CuBlas] = ["libcublas.so.13", "libcublas.so.12", "libcublas.so", "cublas64_13", "cublas64_12"],
        [Nvrtc] = ["libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12", "nvrtc64_130_0", "nvrtc64_120_0"],
    };

    private static readonly Lazy<bool> Resolver = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Find);
        return true;
    });

    /// <summary>True when the machine has a library; it is found from then on.</summary>
    public static bool Has(string name) => Resolver.Value && Find(name, typeof(NativeLibraries).Assembly, null) != 0;

    private static nint Find(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string file in Files.GetValueOrDefault(name, []))
        {
            if (NativeLibrary.TryLoad(file, assembly, path, out nint library)) return library;
        }
        return 0;
    }
}
