using TensorGraph.Backends.Torch;

namespace TensorGraph.Tests.Diagnostics;

public sealed class TG5007Tests
{
    [Fact]
    public void A_missing_package_is_named_with_its_version()
    {
        LibTorch.LoadFailure failure = LibTorch.LoadFrom(["/nowhere", "/else"])!;
        Assert.True(failure.IsMissing);
        Assert.Contains("/nowhere, /else", failure.Problem, StringComparison.Ordinal);
        Assert.Contains("TorchSharp-cpu 0.107.0", failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_of_another_system_is_no_missing_package()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            foreach (string library in (string[])["torch_cpu.dll", "libtorch_cpu.dylib", "libtorch_cpu.so"])
                File.WriteAllText(Path.Combine(folder, library), "no library");
            LibTorch.LoadFailure failure = LibTorch.LoadFrom([folder])!;
            Assert.False(failure.IsMissing);
            Assert.Contains("torch_cpu", failure.Problem, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void An_old_standard_library_is_named_with_the_versions_found_and_needed()
    {
        string standard = Path.Combine(Directory.CreateTempSubdirectory().FullName, "libstdc++.so.6");
        File.WriteAllBytes(standard, "..GLIBCXX_3.4\0GLIBCXX_3.4.9\0GLIBCXX_3.4.30\0GLIBCXX_3.4.3x\0"u8.ToArray());
        LibTorch.LoadFailure failure = LibTorch.Refused(
            "libLibTorchSharp.so", $"Unable to load shared library: {standard}: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)");
        Assert.Equal($"libLibTorchSharp.so needs GLIBCXX_3.4.32 of the C++ library, and {standard} has up to GLIBCXX_3.4.30", failure.Problem);
        Assert.Contains("GCC 13", failure.Remedy, StringComparison.Ordinal);
    }

    // TorchSharp would write a message of its own, and copy what it finds.
    [Fact]
    public void A_program_without_the_native_libraries_says_which_package_it_needs()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var environment = new Dictionary<string, string>
            {
                ["TENSORGRAPH_DEVICE"] = "torch:cpu", ["DOTNET_DbgEnableMiniDump"] = "0", ["DOTNET_STARTUP_HOOKS"] = Path.Combine(folder, "TorchSharp.Tests.dll"),
            };
            CommandResult run = CommandResult.Run("dotnet", [Path.Combine(folder, "ExitProgram.dll"), "return"], folder, environment, timeoutSeconds: 120);
            Assert.Contains("TG5007: torch:cpu: ", run.Output, StringComparison.Ordinal);
            Assert.Contains("TorchSharp-cpu 0.107.0", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("Consider referencing", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TorchFact]
    public void A_device_that_LibTorch_has_not_is_an_error()
    {
        Expect.ErrorHere(DiagnosticIds.LibTorchUnavailable, () => Device.Torch("cuda:99"), ["torch:cuda:99", "CUDA devices here", "TorchSharp-cuda"]);
        Expect.ErrorHere(DiagnosticIds.LibTorchUnavailable, () => Device.Torch("abacus"), ["torch:abacus", "torch:cpu"]);
        Expect.Error(DiagnosticIds.LibTorchUnavailable, () => Devices.Find("torch:cuda:x"), ["torch:cuda:x"]);
    }
}
