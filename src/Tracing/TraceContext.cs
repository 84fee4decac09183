using TensorGraph.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Records ops into a graph. Concrete tensors that the traced code uses become constants when small, hidden arguments otherwise.</summary>
internal sealed class TraceContext : ExecutionContext
{
    /// <summary>A constant of this many elements may be folded into others; a larger one is passed by reference.</summary>
    public const int LargestConstant = 64;

    private readonly TraceBuilder _build;
    private readonly Dictionary<Tensor, Value> _constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Literal, Value> _literals = [];
    private readonly Dictionary<Tensor, int> _captures = new(ReferenceEqualityComparer.Instance);
    private readonly List<Value> _captureParameters = [];
    private readonly HashSet<object> _made = new(ReferenceEqualityComparer.Instance);
    private Unrolling? _unrolling;
    private GraphException? _lost;

    public TraceContext(string name, bool allowVariables, IReadOnlyDictionary<string, long?>? sizes = null)
    {
        Name = name;
        Sizes = new TracedSizes(name, sizes ?? new Dictionary<string, long?>());
        AllowVariables = allowVariables;
        _build = new TraceBuilder(this);
    }

    /// <summary>Tensors that tapes around the trace watch: they stay hidden arguments, whatever their size.</summary>
    public IReadOnlyList<Tensor> Watched { get; init; } = [];

    /// <summary>True where every tensor that the code reads from outside is a hidden argument, whatever its size.</summary>
    public bool CapturesAll { get; init; }

    /// <summary>Tensors that became constants.</summary>
    public IEnumerable<Tensor> Constants => _constants.Keys;

    /// <summary>Name of the function that is traced.</summary>
    public string Name { get; }

    /// <summary>The symbolic sizes as C# code sees them.</summary>
    public TracedSizes Sizes { get; }

    /// <summary>Counts changes of what has names.</summary>
    public int NameClock { get; set; }

    /// <summary>True while results are constants for whoever differentiates the graph.</summary>
    public bool StopsGradients { get; set; }

    /// <summary>True on the first trace, when variables may be created.</summary>
    public bool AllowVariables { get; }

    /// <summary>Variables made by this trace.</summary>
    public List<Variable> Created { get; } = [];

    /// <summary>
    /// Results of the effects that happened while tracing, since a variable starts with what comes of them (<see cref="InitialValue"/>).
    /// </summary>
    public Dictionary<Node, Literal[]> Done { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many conditions of C# that need a tensor's value are taken to be false, where only the types of results are wanted.</summary>
    public int Guesses { get; set; }

    /// <summary>
    /// True for a function along an axis without entries, which never runs: tapes from around it do not change, and their gradients are zeros here.
    /// </summary>
    public bool IsForTypes { get; init; }

    /// <summary>False once the trace ended: its tensors have escaped.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>The graph functions that this trace ran, the outer one first.</summary>
    public List<TracedCall> Calls { get; } = [];

    /// <summary>The C# state that this trace read.</summary>
    public List<StateGuard> Guards { get; } = [];

    /// <summary>The objects that C# code of the finished graph may come to.</summary>
    public KeptObjects? Kept { get; private set; }

    /// <summary>How many nodes each outermost C# loop has recorded.</summary>
    public Dictionary<SourceSpan, int> LoopSizes { get; } = [];

    /// <summary>Bytes that the gradient of one loop may keep; null without a limit.</summary>
    public long? LoopMemoryBudget { get; init; }

    /// <summary>Is told of a loop that has recorded very many nodes and has not ended.</summary>
    public Action<SourceSpan, int>? LoopGrows { get; init; }

    /// <summary>Concrete tensors passed as hidden arguments, in order.</summary>
    public List<Tensor> Captures { get; } = [];

    /// <summary>Branches and loops that are being traced, outermost first.</summary>
    public List<CompilerServices.ControlScope> Frames { get; } = [];

    // Depth of the block in which a size was bound.
    private readonly Dictionary<string, int> _boundAt = [];

    private readonly HashSet<string> _varying = [];

    public override GraphBuilder Builder => _build;

    public override object? Block => _build.Block;

    /// <summary>Remembers that a graph function is traced, so that a tensor which escapes from it can be found.</summary>
    public void Enter(GraphFunctionDefinition function, CompilerServices.GraphCall call, System.Reflection.MethodInfo twin)
    {
        if (Calls.Count == 0 || !Calls[^1].IsOf(call, twin))
            Calls.Add(new TracedCall(function, call, twin));
    }

    /// <summary>Remembers C# state as it is when the trace first comes to it.</summary>
    public void Observe(object? owner, string[] names, Action<object?, GraphCall> read)
    {
        if ((owner is null || !_made.Contains(owner)) && !Guards.Exists(guard => guard.IsOf(owner, read)))
            Guards.Add(new StateGuard(owner, names, read));
    }

    /// <summary>Takes the state of an object for the trace's own. Its constructor may have read it.</summary>
    public void Make(object made)
    {
        _made.Add(made);
        Guards.RemoveAll(guard => guard.IsOf(made));
    }

    /// <summary>Lets a size be a number that is only known when the graph runs.</summary>
    public void BindSize(Dim size, Tensor number)
    {
        _boundAt[size.InGraph.ToString()] = _build.Depth;
        Run(OpDefs.BindSize, Attrs.Of("dim", size), [number]);
    }

    /// <summary>True if a size is a number that is only known when the graph runs.</summary>
    public bool IsBound(Dim size) => size.InGraph.Symbols.Any(_boundAt.ContainsKey);

    /// <summary>True if a size is bound in the block under construction, so that nothing of this size can leave the block.</summary>
    public bool IsBoundHere(Dim size) => size.InGraph.Symbols.Any(name => _boundAt.TryGetValue(name, out int depth) && depth >= _build.Depth);

    /// <summary>Lets branches and loops change a size.</summary>
    public void LetVary(Dim size) => _varying.UnionWith(size.InGraph.Symbols);

    /// <summary>True if branches and loops may change a size: what has it as its first one leaves them as a list.</summary>
    public bool Varies(Dim size) => _varying.Count > 0 && size.InGraph.Symbols.Any(_varying.Contains);

    /// <summary>Counts what is recorded until the result is disposed as the nodes of a C# loop; those of a loop inside are its own.</summary>
    public IDisposable? Unroll(SourceSpan loop) => _unrolling is null ? new Unrolling(this, loop) : null;

    public Tensor Parameter(TensorType type, string name) => new(_build.Parameter(type, name), this);

    public override Tensor[] Run(OpDef op, Attrs attrs, ReadOnlySpan<Tensor> inputs)
    {
        var values = new Value[inputs.Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = ValueOf(inputs[i]);
        _unrolling?.Report();
        var results = TensorsOf(_build.Emit(op, attrs, values));
        for (int i = 0; i < results.Length && StopsGradients && op != OpDefs.StopGradient; i++)
        {
            if (results[i].DType.IsFloat() && !results[i].Type.IsList)
                results[i] = TensorsOf(_build.Emit(OpDefs.StopGradient, Attrs.Empty, [results[i].Value]))[0];
        }

        return results;
    }

    public Tensor[] TensorsOf(Node node)
    {
        var results = new Tensor[node.Types.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = new Tensor(node[i], this);
        return results;
    }

    public override Tensor TensorOf(Value value) => new(value, this);

    public override Value ValueOf(Tensor tensor)
    {
        if (tensor.Trace is { } trace)
            return trace == this ? tensor.Unnamed.Value : throw EscapedTensorException.For(tensor);
        if (IsDifferentiated && Arguments.TryGetValue(tensor, out var argument))
        {
            ServesOneCall = true;
            return argument.Value;
        }

        if (CapturesAll || _captures.ContainsKey(tensor) || tensor.IsBorrowed || Watched.Any(watched => ReferenceEquals(watched, tensor)))
            return CaptureOf(tensor);
        if (tensor.DType == DType.String || tensor.Shape.ElementCount.Value <= LargestConstant)
            return ConstantOf(tensor);
        return CaptureOf(tensor);
    }

    // Equal constants are one value, and each block has its own; a hidden argument is one value for each tensor.
    public override void Identify(Tensor tensor)
    {
        IsDifferentiated = true;
        if (tensor.Trace is null && !Arguments.ContainsKey(tensor))
            CaptureOf(tensor);
    }

    /// <summary>True if a tape in the trace watches tensors: which of them are one then matters.</summary>
    public bool IsDifferentiated { get; private set; }

    /// <summary>The tensors that the call gives, with the parameters in their place.</summary>
    public Dictionary<Tensor, Tensor> Arguments { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// True if a tape in the trace watches tensors and the method also reaches a tensor that is an argument by another name, such as a field: it is
    /// the parameter there, which is right for this call only.
    /// </summary>
    public bool ServesOneCall { get; private set; }

    /// <summary>
    /// Runs code that traces a function of the user's as a region. If that function throws, the trace is what it was before; it can't end if the
    /// function had effects until then, since the graph would leave them out.
    /// </summary>
    public T InRegion<T>(string op, Func<T> trace)
    {
        var (depth, frames, tapes, source) = (_build.Depth, Frames.Count, Tapes, _build.Source);
        try
        {
            return trace();
        }
        catch (Exception thrown)
        {
            bool hadEffects = Frames.Skip(frames).Any(scope => scope.Entries.Any(entry => entry.IsChanged));
            while (Frames.Count > frames)
                Frames[^1].Close();
            if (_build.Abandon(depth) || hadEffects)
            {
                _lost ??= new GraphException(
                    DiagnosticIds.CatchAroundStaged,
                    $"{op}: its function changed state, then threw {thrown.GetType().Name}, and '{Name}' went on: {thrown.Message}",
                    "Let the exception reach the caller of the graph function, or catch it inside of the function.", source ?? SourceSpan.Capture());
            }

            SetTapes(tapes);
            _build.Source = source;
            throw;
        }
    }

    /// <summary>Ends the trace.</summary>
    public Ir.Graph Finish(IReadOnlyList<Tensor> results)
    {
        if (_lost is not null)
            throw _lost;
        foreach (var constraint in Sizes.Constraints)
            _build.Assume(constraint);
        var graph = _build.Finish(Name, [.. results.Select(ValueOf)]);
        if (Done.Count > 0)
            graph = InitialValue.Rest(graph, this);
        Kept = new KeptObjects(graph);
        foreach (var guard in Guards)
            guard.Settle(this, tensor => _constants.ContainsKey(tensor) || _captures.ContainsKey(tensor), Kept.Holds);
        return graph;
    }

    /// <summary>Marks the trace's tensors as escaped.</summary>
    public void Close()
    {
        IsOpen = false;
        Sizes.Close();
    }

    // A constant node belongs to one block; a block beside it gets its own. Equal tensors are one constant, whichever of them was there first. For
    // a tape they are not: two tensors of equal elements are two sources.
    private Value ConstantOf(Tensor tensor)
    {
        if (_constants.TryGetValue(tensor, out var value) && _build.Owns(value))
            return value;
        var literal = tensor.ToLiteral();
        if (IsDifferentiated || !_literals.TryGetValue(literal, out value) || !_build.Owns(value))
            _literals[literal] = value = _build.Constant(literal);
        return _constants[tensor] = value;
    }

    private Value CaptureOf(Tensor tensor)
    {
        if (!_captures.TryGetValue(tensor, out int index))
        {
            _captures[tensor] = index = Captures.Count;
            tensor.Capture();
            Captures.Add(tensor);
            _captureParameters.Add(_build.EntryParameter(tensor.GraphType, $"capture{index}"));
        }

        return _captureParameters[index];
    }

    private sealed class TraceBuilder(TraceContext context) : GraphBuilder
    {
        public int Count { get; private set; }

        protected override Node Append(Node node)
        {
            if (context.Tapes.Length > 0 && SaveResiduals.Of(this, node) is { } saving)
                return saving;
            Count++;
            base.Append(node);
            context.Record(node);
            return node;
        }
    }

    private sealed class Unrolling : IDisposable
    {
        // Only a loop that does not end soon is worth a word before it ends.
        private const int Large = 10;

        private readonly int _limit = TensorGraphOptions.Current.UnrollLimit * Large;
        private bool _isReported;
        private readonly TraceContext _trace;
        private readonly SourceSpan _loop;
        private readonly int _before;

        public Unrolling(TraceContext trace, SourceSpan loop)
        {
            _trace = trace;
            _loop = loop;
            _before = trace._build.Count;
            trace._unrolling = this;
        }

        public void Report()
        {
            if (_isReported || _limit == 0 || _trace._build.Count - _before < _limit)
                return;
            _isReported = true;
            _trace.LoopGrows?.Invoke(_loop, _limit);
        }

        public void Dispose()
        {
            _trace._unrolling = null;
            _trace.LoopSizes[_loop] = _trace.LoopSizes.GetValueOrDefault(_loop) + _trace._build.Count - _before;
        }
    }
}
