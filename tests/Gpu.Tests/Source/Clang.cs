namespace TensorGraph.Tests;

/// <summary>The compiler that checks CUDA where NVIDIA's is not at hand.</summary>
internal static class Clang
{
    private static readonly string[] Names = ["clang", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15", "clang-14"];

    private static readonly string? Program = Names.FirstOrDefault(name => RunOrNull(name, "--version") is { ExitCode: 0 });

    /// <summary>The reason why tests are skipped; null where it is there.</summary>
    public static string? Reason { get; } = Program is null ? "clang is not installed" : null;

    /// <summary>Its name and version.</summary>
    public static string Version => CommandResult.Run(Program!, ["--version"], ".", timeoutSeconds: 60).Output.Split('\n')[0];

    /// <summary>Compiles a kernel to the assembler of NVIDIA's processors.</summary>
    public static CommandResult CompileCuda(string text)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "kernel.cu"), text);
            string words = Path.Combine(Repository.PathOf("tests/Gpu.Tests/Source"), "cuda_words.h");
            return CommandResult.Run(
                Program!,
                [
                    "-x", "cuda", "--cuda-device-only", "--cuda-gpu-arch=sm_70", "-nocudainc", "-nocudalib", "-ffp-contract=off", "-Wno-unknown-cuda-version",
                    "-Werror", "-include", words, "-S", "kernel.cu", "-o", "kernel.ptx",
                ],
                folder, timeoutSeconds: 120);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Looks through a text in OpenCL C, as drivers with clang inside do; a warning is an error.</summary>
    public static CommandResult CheckOpenCl(string text)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "kernels.cl"), text);
            return CommandResult.Run(
                Program!,
                [
                    "-x", "cl", "-cl-std=CL1.2", "-DHAS_DOUBLE", "-Xclang", "-finclude-default-header", "-Xclang", "-fdeclare-opencl-builtins",
                    "-fsyntax-only", "-Werror", "kernels.cl",
                ],
                folder, timeoutSeconds: 120);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CommandResult? RunOrNull(string name, string argument)
    {
        try
        {
            return CommandResult.Run(name, [argument], ".", timeoutSeconds: 60);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>A test that needs clang.</summary>
public sealed class ClangFactAttribute : FactAttribute
{
    public ClangFactAttribute() => Skip = Clang.Reason;
}

/// <summary>A theory that needs clang.</summary>
public sealed class ClangTheoryAttribute : TheoryAttribute
{
    public ClangTheoryAttribute() => Skip = Clang.Reason;
}
