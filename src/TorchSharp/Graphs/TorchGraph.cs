using TensorGraph.Ir;

namespace TensorGraph.Backends.Torch;

/// <summary>A graph on a device of torch tensors.</summary>
internal sealed class TorchGraph(TorchGraphDevice device, Ir.Graph graph) : Executable(device, graph)
{
    private Evaluation? _last;

    public override SpecializedProgram Specialize(ReadOnlySpan<TensorData> inputs)
    {
        Check(inputs);
        if (_last is { } last && last.Fits(inputs)) return last;
        TensorType[] types = new TensorType[inputs.Length];
        for (int i = 0; i < types.Length; i++) types[i] = inputs[i].Type;
        return _last = new Evaluation(device, Graph, types) { Profile = Profile?.Others };
    }

    public override string Dump() => Printer.Print(Graph);

    private sealed class Evaluation(TorchGraphDevice device, Ir.Graph graph, TensorType[] arguments) : SpecializedProgram
    {
        public override Device Device => device;

        public override Ir.Graph Graph => graph;

        public override int ResultCount => graph.Entry.Results.Length;

        public bool Fits(ReadOnlySpan<TensorData> inputs)
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                if (!inputs[i].Type.Equals(arguments[i])) return false;
            }
            return inputs.Length == arguments.Length;
        }

        // An empty list does not show the sizes of its elements, which a list of lists would need.
        private readonly bool _isHosts = graph.Entry.AllNodes().Any(node => node.Types.Any(type => type.IsList && type.Element.IsList));

        protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
        {
            if (!_isHosts)
            {
                new TorchEvaluator(device, SizeBindings.Of(graph, arguments), cancellation).Run(graph.Entry, inputs.ToArray()).CopyTo(results);
                return;
            }
            Literal[] values = PlacedRegion.Interpreter(cancellation).Run(graph, [.. inputs.ToArray().Select(input => input.ToLiteral())]);
            for (int i = 0; i < values.Length; i++)
                results[i] = device.FromHost(values[i], graph.Entry.Results[i].Type);
        }

        private protected override DispatchFacts FindFacts() => DispatchFacts.Of(graph, SizeBindings.Of(graph, arguments));
    }
}
