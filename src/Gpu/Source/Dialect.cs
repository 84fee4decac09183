namespace TensorGraph.Backends.Gpu;

/// <summary>
/// A language of kernels. Kernels are written in the words that the dialect's header defines, so that all dialects share one renderer.
/// </summary>
/// <param name="Name">Name in messages.</param>
/// <param name="Header">The header's file.</param>
internal sealed record Dialect(string Name, string Header)
{
    private static readonly string Common = Read("common.h");

    private readonly string _prelude = Read(Header) + "\n" + Common;

    /// <summary>OpenCL C 1.2.</summary>
    public static Dialect OpenCl { get; } = new("OpenCL C", "opencl.h");

    /// <summary>CUDA C++.</summary>
    public static Dialect Cuda { get; } = new("CUDA C++", "cuda.h");

    /// <summary>A kernel as a compiler takes it.</summary>
    public string Complete(string kernel) => $"{_prelude}\n{kernel}";

    /// <summary>The number of lines that <see cref="Complete"/> puts before the kernel.</summary>
    public int LinesBefore => _prelude.Count(character => character == '\n') + 1;

    private static string Read(string file)
    {
        using Stream stream = typeof(Dialect).Assembly.GetManifestResourceStream(file)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
