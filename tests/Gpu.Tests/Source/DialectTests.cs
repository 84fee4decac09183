using TensorGraph.Backends.Gpu;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>The text of kernels, and what the compilers at hand say about it.</summary>
public sealed class DialectTests(ITestOutputHelper output)
{
    public static TheoryData<string> Samples() => [.. KernelSamples.Names];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Kernels_are_as_accepted(string name) =>
        Snapshot.Match(string.Join('\n', KernelSamples.Of(name).Select(launch => launch.Source)), name, "c");

    [Fact]
    public void A_kernel_is_the_same_text_in_each_dialect_after_the_words_of_the_dialect()
    {
        string kernel = KernelSamples.Of("pointwise")[0].Source;
        foreach (Dialect dialect in (Dialect[])[Dialect.OpenCl, Dialect.Cuda])
        {
            string text = dialect.Complete(kernel);
            Assert.EndsWith("\n" + kernel, text, StringComparison.Ordinal);
            Assert.Equal(dialect.LinesBefore, text[..^kernel.Length].Count(character => character == '\n'));
        }
    }

    /// <summary>Clang compiles it for the processors of NVIDIA, with words of CUDA that stand in for its headers.</summary>
    [ClangTheory]
    [MemberData(nameof(Samples))]
    public void Clang_compiles_CUDA(string name)
    {
        output.WriteLine($"by {Clang.Version}");
        foreach (KernelLaunch launch in KernelSamples.Of(name))
        {
            CommandResult run = Clang.CompileCuda(Dialect.Cuda.Complete(launch.Source));
            Assert.True(run.ExitCode == 0, $"{Clang.Version}: {run.Output}");
        }
    }

    /// <summary>All at once: each kernel in a namespace of its own.</summary>
    [ClangFact]
    [Trait("Category", "Long")]
    public void Clang_compiles_the_kernels_of_all_ops()
    {
        output.WriteLine($"by {Clang.Version}");
        string[] kernels = [.. KernelSamples.OfAllOps().Select(launch => launch.Source).Distinct(StringComparer.Ordinal)];
        Assert.True(kernels.Length > 400, $"only {kernels.Length} kernels");
        string text = string.Concat(kernels.Select((kernel, i) =>
            $"namespace kernel{i} {{\n{kernel.Replace("KERNEL run(", $"KERNEL run{i}(", StringComparison.Ordinal)}}}\n"));
        CommandResult run = Clang.CompileCuda(Dialect.Cuda.Complete(text));
        Assert.True(run.ExitCode == 0, $"{Clang.Version}: {run.Output[..Math.Min(4000, run.Output.Length)]}");
    }

    /// <summary>PoCL and others write the warnings of their compiler to the error stream of the process.</summary>
    [ClangFact]
    [Trait("Category", "Long")]
    public void Kernels_of_all_ops_are_OpenCL_C_without_warnings()
    {
        // Each has names of its own.
        string[] names = ["run", "geometry", "T", "I", "report", "seen"];
        string text = string.Concat(KernelSamples.OfAllOps().Select(launch => launch.Source).Distinct(StringComparer.Ordinal).Select((kernel, i) =>
            string.Concat(names.Select(name => $"#undef {name}\n#define {name} {name}_{i}\n")) + kernel));
        CommandResult run = Clang.CheckOpenCl(Dialect.OpenCl.Complete(text));
        Assert.True(run.ExitCode == 0, $"{Clang.Version}: {run.Output[..Math.Min(4000, run.Output.Length)]}");
    }

    [ClangFact]
    public void Clang_refuses_what_is_no_CUDA() =>
        Assert.NotEqual(0, Clang.CompileCuda(Dialect.Cuda.Complete("KERNEL run(GLOBAL u8* a0) { a0[0] = missing; }")).ExitCode);
}
