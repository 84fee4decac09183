using System.Runtime.CompilerServices;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends;

/// <summary>
/// The region of an <c>on_device</c> as a graph for another device. Sizes that its parameters do not show come by the shapes of tensors without
/// elements; values of variables are copied from and to wherever these are.
/// </summary>
internal sealed class PlacedRegion
{
    /// <summary>The attribute of an access to a variable that copies.</summary>
    public const string Copied = "copied";

    private static readonly ConditionalWeakTable<Region, PlacedRegion> All = [];

    private readonly Ir.Graph _graph;
    private readonly ConditionalWeakTable<Device, Executable> _executables = [];
    private readonly string[] _sizes;

    private PlacedRegion(Region region)
    {
        _sizes = [.. Sizes(region)];
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = build.Parameters(region);
        foreach (string size in _sizes) build.Parameter(SizeCarrier(Dim.Named(size)), size);
        _graph = Pipeline.Run(build.Finish("on_device", [.. new CopyVariables(build).Inline(region, parameters)])).Graph;
    }

    /// <summary>The placed form of a region, made once.</summary>
    public static PlacedRegion Of(Region region) => All.GetValue(region, static region => new PlacedRegion(region));

    /// <summary>Runs on copies of tensors, whose holders it takes over; results are on the device.</summary>
    public TensorData[] Run(Device device, ReadOnlySpan<TensorData> inputs, Func<string, long> sizeOf, CancellationToken cancellation)
    {
        var arguments = new TensorData[inputs.Length + _sizes.Length];
        for (int i = 0; i < inputs.Length; i++) arguments[i] = device.Take(inputs[i]);
        for (int i = 0; i < _sizes.Length; i++) arguments[inputs.Length + i] = device.Allocate(TensorLayout.Of(SizeCarrier(sizeOf(_sizes[i]))));
        try
        {
            return _executables.GetValue(device, to => to.Compile(_graph)).Run(arguments, cancellation);
        }
        finally
        {
            foreach (TensorData argument in arguments) argument.Release();
        }
    }

    /// <summary>An interpreter that runs each such region on its device.</summary>
    public static Interpreter Interpreter(CancellationToken cancellation) => new()
    {
        Output = TensorGraphOptions.Current.Output,
        Cancellation = cancellation,
        OnDevice = (name, region, inputs, sizeOf) =>
        {
            Device device = Devices.Find(name);
            TensorData[] arguments = [.. inputs.Select((input, i) => device.FromHost(input, region.Parameters[i].Types[0]))];
            TensorData[] results = Of(region).Run(device, arguments, sizeOf, cancellation);
            Literal[] values = Array.ConvertAll(results, result => result.ToLiteral());
            foreach (TensorData result in results) result.Release();
            return values;
        },
    };

    private static TensorType SizeCarrier(Dim size) => new(DType.Bool, [size, 0]);

    private static IEnumerable<string> Sizes(Region region)
    {
        IEnumerable<Node> nodes = region.AllNodes();
        HashSet<string> known = [.. nodes.Where(node => node.Op == OpDefs.BindSize).SelectMany(node => node.Attrs.Get<Dim>("dim").Symbols)];
        known.UnionWith(region.Parameters.SelectMany(node => node.Types[0].Shape).Where(dim => dim.IsSymbol).Select(dim => dim.ToString()));
        known.Add(Dim.Dynamic.ToString());
        IEnumerable<Dim> used = region.Parameters.Concat(nodes)
            .SelectMany(node => node.Types.SelectMany(type => type.Shape).Concat(node.Attrs.SelectMany(entry => Attrs.DimsIn(entry.Value))));
        return used.SelectMany(dim => dim.Symbols).Distinct().Where(name => !known.Contains(name));
    }

    private sealed class CopyVariables(GraphBuilder build) : RegionMapper(build)
    {
        protected override void Visit(Node node)
        {
            Builder.Source = node.Source;
            Attrs attrs = node.Attrs.Find("var") is VariableResource ? node.Attrs.With(Copied, true) : node.Attrs;
            Set(node, Builder.Emit(node.Op, attrs, [.. Map(node.Inputs)], [.. node.Regions.Select(Map)]));
        }
    }
}
