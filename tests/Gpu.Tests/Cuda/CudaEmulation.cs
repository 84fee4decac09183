using System.Runtime.InteropServices;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Gpu.Cuda;

namespace TensorGraph.Tests;

/// <summary>
/// CUDA on the processor: libraries with the names and functions of NVIDIA's (<c>driver.cpp</c>, <c>nvrtc.cpp</c>, <c>cublas.cpp</c>), which the
/// device calls as it would those. It shows the order of calls, not what a GPU makes of them.
/// </summary>
internal static unsafe class CudaEmulation
{
    private static readonly string[] Parts = ["driver libcuda.so.1", "nvrtc libnvrtc.so", "cublas libcublas.so.13"];

    private static nint s_driver;

    /// <summary>The reason why tests are skipped; null where it is there.</summary>
    public static string? Reason { get; } = Load();

    /// <summary>Lets some calls of a function fail, after so many that do not.</summary>
    public static void Fail(string function, int error, int times = 1, int after = 0) =>
        ((delegate* unmanaged<byte*, int, int, int, void>)Export("emulation_fail"))(Name(function), after, times, error);

    /// <summary>Breaks the context with an error, as a kernel does; 0 mends it.</summary>
    public static void Break(int error) => ((delegate* unmanaged<int, void>)Export("emulation_break"))(error);

    /// <summary>How often a function was called.</summary>
    public static long Calls(string function) => ((delegate* unmanaged<byte*, long>)Export("emulation_calls"))(Name(function));

    /// <summary>A new device.</summary>
    public static GpuDevice Make(string name) => new($"cuda:{name}", new CuDriver(0));

    private static nint Export(string name) => NativeLibrary.GetExport(s_driver, name);

    // Kept: there are few names.
    private static byte* Name(string name) => (byte*)Marshal.StringToCoTaskMemUTF8(name);

    // Systems find a library that is loaded by the name inside of it.
    private static string? Load()
    {
        GpuDevices.KernelCacheFolder = null;
        if (!OperatingSystem.IsLinux()) return "the emulation of CUDA is for Linux";
        if (NativeLibrary.TryLoad("libcuda.so.1", out _)) return "this machine has a driver of CUDA";
        string sources = Repository.PathOf("tests/Gpu.Tests/Cuda"), folder = Directory.CreateTempSubdirectory().FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        File.Copy(Path.Combine(sources, "host_words.h"), Path.Combine(folder, "host_words.h"));
        try
        {
            foreach (string[] part in Parts.Select(part => part.Split(' ')))
            {
                string[] arguments =
                [
                    "-std=c++17", "-O1", "-Wall", "-Werror", "-shared", "-fPIC", $"-Wl,-soname,{part[1]}", "-o", part[1],
                    Path.Combine(sources, $"{part[0]}.cpp"), .. part[0] == "cublas" ? ["./libcuda.so.1"] : Array.Empty<string>(), "-ldl",
                ];
                CommandResult run = CommandResult.Run("g++", arguments, folder);
                Assert.True(run.ExitCode == 0, run.Output);
                nint library = NativeLibrary.Load(Path.Combine(folder, part[1]));
                if (part[0] == "driver") s_driver = library;
                if (part[0] == "nvrtc") ((delegate* unmanaged<byte*, void>)NativeLibrary.GetExport(library, "emulation_folder"))(Name(folder));
            }
            return null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "g++ is not installed";
        }
    }
}

/// <summary>A test on the emulation of CUDA.</summary>
public sealed class CudaFactAttribute : FactAttribute
{
    public CudaFactAttribute() => Skip = CudaEmulation.Reason;
}

/// <summary>A theory on the emulation of CUDA.</summary>
public sealed class CudaTheoryAttribute : TheoryAttribute
{
    public CudaTheoryAttribute() => Skip = CudaEmulation.Reason;
}
