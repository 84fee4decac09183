using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// Runs graphs by the reference meaning of each op, on arrays. It is the specification as a device: what runs here runs everywhere, and what differs
/// elsewhere is wrong there.
/// </summary>
internal sealed class InterpreterDevice() : Device("interpreter")
{
    public override Executable Compile(Ir.Graph graph) => new Interpreted(this, graph);

    protected override TensorData[] RunOp(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        return new Interpreted(this, SingleOp.Graph(op, attrs, inputs)).Run(inputs);
    }

    protected override TensorData AllocateElements(TensorLayout layout) => new(layout, new HostBuffer(this, new byte[layout.Bytes]));

    // A list is a literal too in the interpreter: its elements one after the other.
    private TensorData FromResult(Literal literal, TensorType type)
    {
        if (!type.IsList) return From(literal);
        var elements = new TensorData[literal.Type.Shape[0].Value];
        for (int i = 0; i < elements.Length; i++) elements[i] = FromResult(literal.Entry(i), type.Element);
        return new TensorData(TensorLayout.Of(type), new ListBuffer(this, new TensorList(elements)));
    }

    private sealed class HostBuffer(Device device, byte[] bytes) : Buffer(device)
    {
        public override long Bytes => bytes.Length;

        public override void Read(long offset, Span<byte> to) => bytes.AsSpan((int)offset, to.Length).CopyTo(to);

        public override void Write(long offset, ReadOnlySpan<byte> from) => from.CopyTo(bytes.AsSpan((int)offset));
    }

    private sealed class Interpreted(InterpreterDevice device, Ir.Graph graph) : Executable(device, graph)
    {
        public override TensorData[] Run(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation = default)
        {
            Check(inputs);
            using GraphWork? work = GraphEvents.Run(Graph, Device);
            var arguments = new Literal[inputs.Length];
            for (int i = 0; i < arguments.Length; i++) arguments[i] = inputs[i].ToLiteral();
            Literal[] results = new Interpreter { Output = HostOutput.Writer, Cancellation = cancellation }.Run(Graph, arguments);
            GraphEvents.Ran(work, Graph, Device);
            return [.. results.Select((result, i) => device.FromResult(result, ListType(Graph.Entry.Results[i].Type, result.Type)))];
        }

        public override string Dump() => Printer.Print(Graph);

        // Lists keep the type that the graph says, with the sizes that the run found.
        private static TensorType ListType(TensorType declared, TensorType found) => declared.IsList ? found.Element.List : found;
    }
}
