using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// Runs graphs by the reference meaning of each op, on arrays. It is the specification as a device: what runs here runs everywhere, and what differs
/// elsewhere is wrong there.
/// </summary>
internal sealed class InterpreterDevice(string name) : Device(name)
{
    public override Executable Compile(Ir.Graph graph) => new Interpreted(this, graph);

    protected override SpecializedProgram Specialize(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs) =>
        Compile(SingleOp.Graph(op, attrs, inputs)).Specialize(inputs);

    protected override TensorData AllocateElements(TensorLayout layout)
    {
        if (layout.Bytes > Array.MaxLength)
            Throw.TooMany("allocate", $"a {layout.Type} has {layout.Bytes} bytes", "a host array", Array.MaxLength, "Use the managed device.");
        return new(layout, new HostBuffer(this, new byte[layout.Bytes]));
    }

    private sealed class HostBuffer(Device device, byte[] bytes) : Buffer(device)
    {
        public override long Bytes => bytes.Length;

        public override void Read(long offset, Span<byte> to) => bytes.AsSpan((int)offset, to.Length).CopyTo(to);

        public override void Write(long offset, ReadOnlySpan<byte> from) => from.CopyTo(bytes.AsSpan((int)offset));
    }

    private sealed class Interpreted(InterpreterDevice device, Ir.Graph graph) : Executable(device, graph)
    {
        public override SpecializedProgram Specialize(ReadOnlySpan<TensorData> inputs)
        {
            Check(inputs);
            var types = new TensorType[inputs.Length];
            for (int i = 0; i < types.Length; i++) types[i] = inputs[i].Type;
            return new Evaluation(device, Graph, types) { Profile = Profile?.Others };
        }

        public override string Dump() => Printer.Print(Graph);
    }

    private sealed class Evaluation(InterpreterDevice device, Ir.Graph graph, TensorType[] arguments) : SpecializedProgram
    {
        public override Device Device => device;

        public override Ir.Graph Graph => graph;

        public override int ResultCount => graph.Entry.Results.Length;

        protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
        {
            var values = new Literal[inputs.Length];
            for (int i = 0; i < values.Length; i++) values[i] = inputs[i].ToLiteral();
            values = PlacedRegion.Interpreter(cancellation).Run(graph, values);
            for (int i = 0; i < values.Length; i++) results[i] = device.FromHost(values[i], graph.Entry.Results[i].Type);
        }

        // An element takes about that much longer than in a kernel.
        private const double Slowness = 100;

        private protected override DispatchFacts FindFacts()
        {
            DispatchFacts facts = DispatchFacts.Of(graph, SizeBindings.Of(graph, arguments));
            return facts with { Nanoseconds = facts.Nanoseconds * Slowness };
        }
    }
}
