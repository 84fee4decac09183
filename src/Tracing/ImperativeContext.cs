using System.Runtime.CompilerServices;
using TensorGraph.Backends;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>
/// Runs each op at once. Nodes are made only while a tape is open: then an op goes through <see cref="ImperativeBuild"/>, which runs the node
/// and shows it to the tapes, so that gradient rules and user code take the same path.
/// </summary>
internal sealed class ImperativeContext : ExecutionContext
{
    private ImperativeBuild? _build;

    public override Build Build => _build ??= new ImperativeBuild(this);

    public override Tensor[] Run(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        if (Tapes.Count > 0 && HasOpenTape())
            return RunRecorded(op, attrs, inputs);
        TensorData[] results = Eager.Run(op, attrs, DataOf(inputs));
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(results[i]);
        return tensors;
    }

    public override Tensor RunSingle(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        if (Tapes.Count > 0 && HasOpenTape())
            return RunRecorded(op, attrs, inputs)[0];
        return new Tensor(inputs.Length switch
        {
            1 => Eager.RunSingle(op, attrs, Data(inputs[0])),
            2 => Eager.RunSingle(op, attrs, Data(inputs[0]), Data(inputs[1])),
            _ => Eager.RunSingle(op, attrs, DataOf(inputs)),
        });
    }

    public override Tensor TensorOf(Value value) => ((ImperativeBuild)Build).TensorOf(value);

    public override Value ValueOf(Tensor tensor) => ((ImperativeBuild)Build).ValueOf(tensor);

    // With another tape open since then the values are still there: it is the same builder.
    public override void Restore(Build build) => _build = (ImperativeBuild)build;

    public override void Release()
    {
        if (Tapes.Count == 0)
            _build = null;
    }

    // A tape that another thread disposed of is still here.
    private bool HasOpenTape()
    {
        foreach (var closed in Tapes.FindAll(static tape => tape.IsClosed))
            closed.Detach();
        return Tapes.Count > 0;
    }

    private Tensor[] RunRecorded(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        var values = new Value[inputs.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = ValueOf(inputs[i]);
        var node = Build.Emit(op, attrs, values);
        var results = new Tensor[node.Types.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = TensorOf(node[i]);
        return results;
    }

    private static TensorData[] DataOf(ReadOnlySpan<Tensor> tensors)
    {
        var data = new TensorData[tensors.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = Data(tensors[i]);
        return data;
    }

    private static TensorData Data(Tensor tensor) => tensor.Trace is null ? tensor.Data : throw EscapedTensorException.For(tensor);

    /// <summary>A builder whose nodes run as soon as they are made.</summary>
    private sealed class ImperativeBuild : Build
    {
        private static readonly ConditionalWeakTable<Region, Plan> Plans = [];
        private readonly ImperativeContext _context;
        private readonly Dictionary<Value, Tensor> _tensors = [];
        private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);

        public ImperativeBuild(ImperativeContext context)
        {
            _context = context;
            Source = SourceSpan.None;
        }

        public Tensor TensorOf(Value value) => _tensors[value];

        public Value ValueOf(Tensor tensor)
        {
            if (tensor.Trace is not null)
                throw EscapedTensorException.For(tensor);
            if (!_values.TryGetValue(tensor, out var value))
            {
                value = Parameter(tensor.Type);
                Enter(value, tensor);
            }

            return value;
        }

        protected override Value Resolve(Value value) => value;

        protected override Node Append(Node node)
        {
            var inputs = new TensorData[node.Inputs.Length];
            for (int i = 0; i < inputs.Length; i++)
                inputs[i] = _tensors[node.Inputs[i]].Data;
            var results = node.Op == Op.Call
                ? Plans.GetValue(node.Regions[0], region => Compiler.Compile(Pipeline.Run(new Ir.Graph("call", region)).Graph)).Run(inputs)
                : Eager.Run(node.Op, node.Attrs, inputs);
            // A graph may find out the size of a result only when it runs.
            node = node.Typed([.. results.Select(result => result.Type)]);
            for (int i = 0; i < results.Length; i++)
                Enter(node[i], new Tensor(results[i]));
            _context.Record(node);
            return node;
        }

        private void Enter(Value value, Tensor tensor)
        {
            _tensors[value] = tensor;
            _values[tensor] = value;
        }
    }
}
