using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Gpu;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Graphs whose kernels are looked at; no device is needed.</summary>
internal static class KernelSamples
{
    public static readonly DeviceLimits Limits = new(HasDouble: true, GroupSize: 128, ParameterBytes: 4096);

    private static readonly Dictionary<string, Func<Graph>> Graphs = new(StringComparer.Ordinal)
    {
        ["pointwise"] = () => Build(b => b.Emit(OpDefs.Exp, b.Add(b.Parameter(F32(4, 5)), b.Parameter(F32(5))))),
        ["strided"] = () => Build(b => b.Neg(Op(b, OpDefs.Transpose, Attrs.Of("permutation", new long[] { 1, 0 }), b.Parameter(F32(4, 5))))),
        ["half"] = () => Build(b => b.Mul(b.Parameter(new TensorType(DType.F16, [9])), b.Parameter(new TensorType(DType.F16, [9])))),
        ["integers"] = () => Build(b => b.Emit(OpDefs.ShiftRightLogical, b.Parameter(new TensorType(DType.I8, [9])), b.Parameter(new TensorType(DType.I8, [9])))),
        ["rows"] = () => Build(b => Sum(b, b.Parameter(F32(3, 500)), 1)),
        ["long_rows"] = () => Build(b => Sum(b, b.Parameter(F32(2, 50_000)), 1)),
        ["columns"] = () => Build(b => Sum(b, b.Parameter(F32(5, 3)), 0)),
        ["dot"] = () => Build(b => Op(b, OpDefs.Dot, Product, b.Parameter(F32(70, 30)), b.Parameter(F32(30, 70)))),
        ["dot_bias_tanh"] = () => Build(b =>
        {
            Value product = Op(b, OpDefs.Dot, Product, b.Parameter(F32(7, 30)), b.Parameter(F32(30, 9)));
            return b.Emit(OpDefs.Tanh, b.Add(product, b.Parameter(F32(9))));
        }),
        ["softmax"] = () => Build(b => Op(b, OpDefs.Softmax, Attrs.Of("axis", 1L), b.Parameter(F32(100, 90)))),
        ["gather"] = () => Build(b => Op(b, OpDefs.Gather, Axis, b.Parameter(F32(5, 3)), b.Parameter(new TensorType(DType.I32, [4])))),
        ["scatter_add"] = () => Build(b => Op(b, OpDefs.ScatterAdd, Axis, b.Parameter(F32(5, 3)), b.Parameter(new TensorType(DType.I64, [4])), b.Parameter(F32(4, 3)))),
        ["cum_sum"] = () => Build(b => Op(b, OpDefs.CumSum, Axis, b.Parameter(F32(5, 3)))),
        ["arg_max"] = () => Build(b => Op(b, OpDefs.ArgMax, Axis, b.Parameter(F32(5, 3)))),
        ["sort"] = () => Build(b => Op(b, OpDefs.Sort, Axis, b.Parameter(F32(5, 3)))),
    };

    public static IEnumerable<string> Names => Graphs.Keys;

    public static Graph GraphOf(string name) => Graphs[name]();

    /// <summary>The kernels of a sample, in order.</summary>
    public static KernelLaunch[] Of(string name) => Of(Graphs[name](), SizeBindings.Empty);

    // Commands without a kernel have none.
    private static KernelLaunch[] Of(Graph graph, SizeBindings sizes)
    {
        LoweredRegion region = RegionBuilder.Lower(Legalize.Run(graph).Entry, sizes, GpuDevice.Lowered);
        var launches = new List<KernelLaunch>();
        for (int at = 0; at < region.Commands.Length;)
        {
            var joined = JoinedKernels.At(region, at, Limits);
            launches.AddRange(joined?.Launches ?? KernelRenderer.Render(region.Commands[at], region.Slots, Limits, 0) ?? []);
            at += joined?.Count ?? 1;
        }
        return [.. launches];
    }

    /// <summary>The kernels of all ops on all element types that they take.</summary>
    public static IEnumerable<KernelLaunch> OfAllOps()
    {
        foreach (OpSample sample in OpSamples.Ops.SelectMany(op => OpSamples.Of(op, 5)))
        {
            foreach (DType dtype in DTypes.All)
            {
                if (sample.IfTaken(dtype) is not { } typed) continue;
                Graph graph = typed.Graph();
                var sizes = SizeBindings.Of(graph, [.. typed.Values(5).Select(value => value.Type)]);
                foreach (KernelLaunch launch in Of(graph, sizes)) yield return launch;
            }
        }
    }

    private static Attrs Axis => Attrs.Of("axis", 0L);

    /// <summary>Of a product of two matrices.</summary>
    public static Attrs Product => Attrs.Of(
        ("left_batch", Array.Empty<long>()), ("right_batch", Array.Empty<long>()), ("left_contract", new long[] { 1 }), ("right_contract", new long[] { 0 }));

    private static TensorType F32(params long[] sizes) => new(DType.F32, new Shape(sizes));

    private static Value Sum(GraphBuilder build, Value x, long axis) =>
        Op(build, OpDefs.ReduceSum, Attrs.Of(("axes", new[] { axis }), ("keep", false)), x);

    private static Value Op(GraphBuilder build, OpDef op, Attrs attrs, params Value[] inputs) => build.Emit(op, attrs, inputs)[0];

    private static Graph Build(Func<GraphBuilder, Value> make)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value result = make(build);
        return build.Finish("sample", [.. result.Node.Types.Select((_, i) => result.Node[i])]);
    }
}
