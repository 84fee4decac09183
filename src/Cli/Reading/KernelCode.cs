using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Cli;

/// <summary>The instructions of kernels, as the managed device emits them for the vectors of this machine.</summary>
internal static class KernelCode
{
    /// <summary>The instructions of the kernels of a graph whose sizes are numbers, by the text of their command.</summary>
    public static Dictionary<string, string> Of(Ir.Graph graph) =>
        Of([RegionBuilder.Lower(graph.Entry, SizeBindings.Of(graph, [.. graph.Entry.Parameters.Select(parameter => parameter.Types[0])]))]);

    /// <summary>Those of the programs of a trace.</summary>
    public static Dictionary<string, string> Of(TraceReader trace) =>
        Of(trace.Compiled.Length == 0 ? [] : trace.Programs.Select(program => trace.Lower(trace.Graph("optimized").Graph, program)));

    /// <summary>The regions that a command runs.</summary>
    public static LoweredRegion[] Inner(Command command) => command switch
    {
        WhileCommand loop => [loop.Condition, loop.Body],
        ScanCommand scan => [scan.Body],
        BranchCommand branch => branch.Regions,
        _ => [],
    };

    private static Dictionary<string, string> Of(IEnumerable<LoweredRegion?> regions)
    {
        var code = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var region in regions.OfType<LoweredRegion>())
            Add(region, code);
        return code;
    }

    private static void Add(LoweredRegion region, Dictionary<string, string> code)
    {
        foreach (var command in region.Commands)
        {
            if (Emitted(command) is { } text)
                code.TryAdd(command.Describe(), text);
            foreach (var inner in Inner(command))
                Add(inner, code);
        }
    }

    // Other commands run code that the library has.
    private static string? Emitted(Command command) => command switch
    {
        LoopCommand loop => IlEmitter.Describe(loop.Nest.Kernel, LaneSet.MachineWidth),
        DotCommand { DType: DType.F32 or DType.F64 } dot =>
            $"// A tile of the packed product; a small product needs none.\n{MicroKernel.Describe(dot.DType, LaneSet.MachineWidth)}",
        ConvCommand conv when ConvStep.IsTiled(conv) =>
            "// A tile of positions × outputs, with the outputs in the lanes.\n"
            + MicroKernel.Describe(conv.X.DType, TiledConv.RegisterBits(conv.Space, conv.X.DType)),
        TileCommand tile => string.Join('\n', tile.Parts.Select(part => Emitted(part.Command))),
        _ => null,
    };
}
