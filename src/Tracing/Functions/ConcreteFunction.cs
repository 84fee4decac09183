using System.Runtime.CompilerServices;
using TensorGraph.Backends;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>A graph function traced for one signature.</summary>
public sealed class ConcreteFunction
{
    private readonly bool _servesOneCall;
    private readonly bool _isDifferentiated;
    private readonly GraphFunctionDefinition _function;
    private readonly Tensor[] _captures;
    private readonly StateGuard[] _guards;
    private readonly ConditionalWeakTable<Tensor, object?> _constants = [];
    private readonly Lazy<CallGradient> _gradient;
    private readonly ConditionalWeakTable<Device, Executable> _executables = [];
    private Executable _executable;

    internal ConcreteFunction(GraphFunctionDefinition function, Signature signature, Ir.Graph graph, Leaf[] result, TraceContext trace,
        bool isForSpecs)
    {
        _function = function;
        _captures = [.. trace.Captures];
        MadeVariables = trace.Created.Count > 0;
        // A call after it would make them again.
        _servesOneCall = trace.ServesOneCall || MadeVariables;
        _isDifferentiated = trace.IsDifferentiated;
        _guards = [.. trace.Guards];
        foreach (var tensor in trace.Constants)
            _constants.Add(tensor, null);
        _gradient = new(() => new CallGradient(graph));
        Signature = signature;
        IsForSpecs = isForSpecs || trace.Sizes.Constraints.Count == 0;
        ResultLeaves = result;
        Graph = graph;
        using var work = GraphEvents.Compile(graph, Device.Current);
        var optimized = Pipeline.Run(graph);
        Optimized = optimized.Graph;
        Passes = optimized.Passes;
        _executable = Device.Current.Compile(Optimized);
        _executables.Add(_executable.Device, _executable);
        GraphEvents.Compiled(work, Optimized, _executable.Device);
        SignatureText = signature.Describe();
    }

    /// <summary>The graph as traced, before any pass. Its last parameters are tensors that the method captured.</summary>
    public Ir.Graph Graph { get; }

    /// <summary>The graph that runs.</summary>
    public Ir.Graph Optimized { get; }

    /// <summary>What each pass did to the number of nodes.</summary>
    public IReadOnlyList<PassReport> Passes { get; }

    /// <summary>What it was traced for: <c>x: f32[2], training: true</c>.</summary>
    public string SignatureText { get; }

    /// <summary>The C# fields and properties that the trace read, with their values; it serves a call only while they stay so.</summary>
    public IReadOnlyList<string> State => [.. _guards.SelectMany(guard => guard.Describe())];

    /// <summary>Number of nodes as traced.</summary>
    public int NodeCount => Graph.NodeCount;

    internal Signature Signature { get; }

    /// <summary>True if the trace made variables.</summary>
    internal bool MadeVariables { get; }

    /// <summary>True if the trace changed C# state that it read, other than to fill what was null.</summary>
    internal bool OverwroteState => Array.Exists(_guards, guard => guard.IsOverwritten);

    internal Leaf[] ResultLeaves { get; }

    /// <summary>True if it is what a trace for specs gives: no C# code compared a size with that of one call.</summary>
    internal bool IsForSpecs { get; }

    /// <summary>Calls it with its tensor arguments in order.</summary>
    /// <exception cref="SignatureMismatchException">An argument does not fit (TG1003).</exception>
    public Tensor[] Call(params Tensor[] arguments)
    {
        Check.NotNull(arguments);
        CheckArguments(arguments);
        return Run(arguments);
    }

    /// <summary>Calls it with its tensor arguments by parameter name.</summary>
    /// <exception cref="SignatureMismatchException">A name is unknown or missing, or an argument does not fit (TG1003).</exception>
    public Tensor[] Call(IReadOnlyDictionary<string, Tensor> arguments)
    {
        Check.NotNull(arguments);
        string[] names = [.. TensorParameters().Select(parameter => parameter.Name)];
        if (arguments.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
            throw Mismatch($"has no parameter '{unknown}'");
        if (names.FirstOrDefault(name => !arguments.ContainsKey(name)) is { } missing)
            throw Mismatch($"parameter '{missing}' is missing");
        return Call([.. names.Select(name => arguments[name])]);
    }

    /// <summary>Steps and kernels of the sizes it has run with, as text.</summary>
    public string Dump() => _executable.Dump();

    /// <summary>
    /// Bytes that a run takes at once, beside its arguments and variables, as far as is known before it runs: lists of loops whose number of
    /// iterations a tensor decides, and what follows a size that only the run finds out, are not in it. Null on a device that can't tell.
    /// </summary>
    /// <param name="shapes">Shapes of the tensor arguments in order; none where the signature has no open sizes.</param>
    /// <exception cref="SignatureMismatchException">A shape does not fit, or is missing (TG1003).</exception>
    public long? EstimatePeakBytes(params Shape[] shapes)
    {
        var parameters = Graph.Entry.Parameters;
        int count = parameters.Length - _captures.Length;
        if (Check.NotNull(shapes).Length != count && (shapes.Length > 0 || parameters.Any(parameter => !parameter.Types[0].Shape.IsConstant)))
            throw Mismatch($"takes {count} tensors, got {shapes.Length} shapes");
        var layouts = new TensorLayout[parameters.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            var type = parameters[i].Types[0];
            var shape = i < shapes.Length ? shapes[i] : i < count ? type.Shape : _captures[i - count].Shape;
            if (!shape.IsConstant || shape.Rank != type.Rank || type.Shape.Zip(shape).Any(pair => pair.First.IsConstant && pair.First != pair.Second))
                throw Mismatch($"parameter {i} got shape {shape}, it wants {type}");
            layouts[i] = TensorLayout.Of(type.As(shape));
        }

        return _executable.EstimatePeakBytes(layouts);
    }

    /// <summary>The signature.</summary>
    public override string ToString() => $"{_function.Name}({SignatureText})";

    /// <summary>True when an object that it depends on is gone.</summary>
    internal bool IsDead => _servesOneCall || Signature.IsDead || _guards.Any(guard => guard.IsDead);

    internal bool Fits(GraphCall call) =>
        !_servesOneCall && FitsArguments(call) && (_guards.Length == 0 || FitsState()) && FitsTapes() && (!_isDifferentiated || FitsOwnTapes(call));

    internal bool FitsArguments(GraphCall call) => Signature.Fits(call, Graph.Assumptions);

    internal bool FitsSizes(GraphCall call) => Signature.FitsSizes(call.Leaves, Graph.Assumptions);

    internal bool FitsState()
    {
        foreach (var guard in _guards)
        {
            if (!guard.Holds())
                return false;
        }

        return true;
    }

    // Nor must an argument be a tensor that the trace took from elsewhere.
    private bool FitsOwnTapes(GraphCall call)
    {
        foreach (var leaf in call.Leaves)
        {
            if (leaf.Tensor is { } tensor && (_constants.TryGetValue(tensor, out _)
                || Array.Exists(_captures, captured => ReferenceEquals(captured, tensor))))
                return false;
        }

        return true;
    }

    // A constant has no gradient: what a tape watches must be an argument.
    private bool FitsTapes()
    {
        foreach (var tape in ExecutionContext.Current.Tapes)
        {
            foreach (var watched in tape.WatchedTensors)
            {
                if (_constants.TryGetValue(watched, out _))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The first size, or relation of sizes, in which a call differs from what it was traced for.</summary>
    internal (string Name, string Old, string New)? SizeDifference(GraphCall call) => Signature.SizeDifference(call, Graph.Assumptions);

    internal (string Name, string Old, string New)? StateDifference() =>
        _guards.Select(guard => guard.Difference()).FirstOrDefault(found => found is not null);

    internal Tensor[] Run(GraphCall call)
    {
        var arguments = new Tensor[Graph.Entry.Parameters.Length - _captures.Length];
        int next = 0;
        foreach (var leaf in call.Leaves)
        {
            if (leaf.Tensor is { } tensor)
                arguments[next++] = tensor;
        }

        return Run(arguments);
    }

    private Tensor[] Run(Tensor[] arguments)
    {
        Tensor[] inputs = _captures.Length == 0 ? arguments : [.. arguments, .. _captures];
        var context = ExecutionContext.Current;
        if (context is TraceContext trace)
            return [.. trace.Build.Inline(Graph.Entry, [.. inputs.Select(trace.ValueOf)]).Select(trace.TensorOf)];
        if (context.Tapes.Length > 0 && IsTracked(context, inputs))
            return _gradient.Value.Run(context, inputs);
        var data = new TensorData[inputs.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = inputs[i].Data;
        var results = ExecutableFor(data).Call(data);
        var tensors = new Tensor[results.Length];
        for (int i = 0; i < tensors.Length; i++)
            tensors[i] = new Tensor(results[i]);
        return tensors;
    }

    // Arguments are mostly on the same device from one call to the next.
    private Executable ExecutableFor(ReadOnlySpan<TensorData> arguments)
    {
        var device = ImperativeContext.DeviceOf(arguments);
        var last = _executable;
        return last.Device == device ? last : _executable = _executables.GetValue(device, CompileFor);
    }

    private Executable CompileFor(Device device)
    {
        using var work = GraphEvents.Compile(Graph, device);
        var executable = device.Compile(Optimized);
        GraphEvents.Compiled(work, Optimized, device);
        return executable;
    }

    private bool IsTracked(ExecutionContext context, Tensor[] inputs)
    {
        foreach (var tape in context.Tapes)
        {
            if (inputs.Any(tape.Tracks) || _gradient.Value.Variables.Any(tape.Tracks))
                return true;
        }

        return false;
    }

    private IEnumerable<(string Name, TensorType Type)> TensorParameters() =>
        Graph.Entry.Parameters.Take(Graph.Entry.Parameters.Length - _captures.Length).Select(node => (node.Attrs.Get("name", ""), node.Types[0]));

    private void CheckArguments(Tensor[] arguments)
    {
        var parameters = TensorParameters().ToArray();
        var sizes = new Dictionary<string, Dim>();
        if (parameters.Length != arguments.Length)
            throw Mismatch($"takes {parameters.Length} tensors, got {arguments.Length}");
        for (int i = 0; i < arguments.Length; i++)
        {
            var (name, type) = parameters[i];
            Check.NotNull(arguments[i], name);
            bool fits = arguments[i].DType == type.DType && arguments[i].Rank == type.Rank
                && type.Shape.Zip(arguments[i].Shape).All(pair => !pair.First.IsConstant || pair.First == pair.Second);
            if (!fits)
                throw Mismatch($"parameter '{name}' got {arguments[i].GraphType}, it wants {type}");
            if (Signature.TensorAliases is { } aliases && !ReferenceEquals(arguments[i], arguments[aliases[i]]))
                throw Mismatch($"parameter '{name}' got another tensor than '{parameters[aliases[i]].Name}'");
            foreach (var (wanted, size) in type.Shape.Zip(arguments[i].Shape).Where(pair => pair.First.IsSymbol))
                sizes.TryAdd(wanted.ToString(), size);
        }

        // In a trace these are symbolic sizes, and it is for that trace to see to it that the comparisons hold.
        foreach (var compared in Graph.Assumptions.Where(constraint => constraint.Op == SizeConstraint.Comparison))
        {
            if (!compared.Substitute(name => sizes[name]).Holds())
                throw Mismatch($"it was traced for {Signature.InArguments(compared)}");
        }
    }

    private SignatureMismatchException Mismatch(string problem) =>
        new($"{_function.Name}({SignatureText}): {problem}",
        "Call the graph function itself to get a trace for other arguments, or pass what this one was traced for.");
}
