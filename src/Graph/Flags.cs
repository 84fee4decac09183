using System.Globalization;
using System.Text;

namespace TensorGraph;

/// <summary>A switch for whoever works on or looks into TensorGraph; programs do not need any.</summary>
/// <param name="Name">Name without <c>TENSORGRAPH_</c>.</param>
/// <param name="Default">Value when it is not set.</param>
/// <param name="Meaning">What it does.</param>
public sealed record Flag(string Name, string Default, string Meaning);

/// <summary>The switches, read from environment variables <c>TENSORGRAPH_*</c>. At most ten; this table makes <c>docs/flags.md</c>.</summary>
public static class Flags
{
    private const string Prefix = "TENSORGRAPH_";
    private static readonly AsyncLocal<Scope?> Innermost = new();

    /// <summary>All switches.</summary>
    public static IReadOnlyList<Flag> All { get; } =
    [
        new("VERIFY", "0", "1 checks every graph before and after the passes, 2 after each pass too; a broken invariant is TG9001"),
        new("PASSES", "", "`-cse,-fork` leaves out passes and steps by name, `-all` all of them; [passes.md](passes.md) lists them"),
        new("DUMP", "", "a folder that gets a recording of the process for [`tgraph`](tgraph.md); `inputs:folder` keeps the inputs of one call of each graph too"),
        new("DEVICE", "managed", "the device of tensors and graphs where the program chooses none; `interpreter` runs each op's reference meaning, `torch:cpu` takes products from [LibTorch](torchsharp.md), `opencl:0` is a [GPU device](gpu.md)"),
        new("BLAS", "", "`torch`: the managed device takes matrix products and convolutions from [LibTorch](torchsharp.md), in a program that has the package"),
        new("VECTOR_BITS", "", "128, 256 or 512: kernels use vector registers of at most that many bits"),
        new("UNROLL", "1000", "a C# loop that records more nodes than this while tracing is reported as TG6001; 0 reports none"),
        new("BLESS", "", "tests: 1 accepts changed snapshots and generated pages; ignored in CI"),
        new("LONG", "0", "tests: 1 makes many more random programs and edits than CI does"),
        new("FUZZ", "", "tests: `first:count` makes the random graphs, programs, texts and files of these seeds; `first:count:refused` shows those too that a rule or a limit of tracing refuses"),
    ];

    /// <summary>How often graphs are verified: 0 never, 1 around the pipeline, 2 after each pass.</summary>
    public static int Verify => Number("VERIFY");

    /// <summary>Passes to leave out.</summary>
    public static IReadOnlyList<string> Passes => Get("PASSES").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Folder for a recording; empty for none.</summary>
    public static string Dump => Get("DUMP");

    /// <summary>The value of a switch.</summary>
    public static string Get(string name)
    {
        for (var scope = Innermost.Value; scope is not null; scope = scope.Outer)
        {
            if (scope.Name == name)
                return scope.Value;
        }

        return Environment.GetEnvironmentVariable(Prefix + name) is { Length: > 0 } value ? value : All.First(flag => flag.Name == name).Default;
    }

    /// <summary>The value of a switch that is a number.</summary>
    public static int Number(string name) => int.TryParse(Get(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
        ? number
        : throw new FormatException($"{Prefix}{name} is '{Get(name)}'; it must be a whole number");

    /// <summary>Sets a switch for this flow of control until the result is disposed.</summary>
    public static IDisposable Set(string name, string value)
    {
        if (All.All(flag => flag.Name != name))
            throw new ArgumentException($"there is no flag {name}", nameof(name));
        return Innermost.Value = new Scope(name, value, Innermost.Value);
    }

    /// <summary>The page <c>docs/flags.md</c>.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("# Flags\n\nEnvironment variables. Made from `src/Graph/Flags.cs` by `./generate`.\n\n| flag | default | meaning |\n|---|---|---|\n");
        foreach (var flag in All)
            text.Append($"| `{Prefix}{flag.Name}` | {flag.Default} | {flag.Meaning} |\n");
        return text.Append("""

            MSBuild properties of a project that uses the package.

            | property | default | meaning |
            |---|---|---|
            | `TensorGraphInterceptors` | true | false leaves all calls as they are written: they run op by op, unless they go through `GraphFunction.Compile` |
            | `TensorGraphConversionCache` | true | false: the generator and the analyzers remember nothing from one compilation to the next ([ADR 0007](adr/0007-what-an-edit-converts-again.md)); to find out whether a stale result is the cause of something |

            """).ToString();
    }

    private sealed class Scope(string name, string value, Scope? outer) : IDisposable
    {
        public string Name => name;

        public string Value => value;

        public Scope? Outer => outer;

        public void Dispose() => Innermost.Value = outer;
    }
}
