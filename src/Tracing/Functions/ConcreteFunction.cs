using System.Diagnostics;
using System.Globalization;
using TensorGraph.Backends;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph;

/// <summary>A graph function traced for one signature.</summary>
[DebuggerDisplay("{Headline,nq}")]
public sealed class ConcreteFunction
{
    private readonly GraphFunctionDefinition _function;
    private readonly CompiledFunction _compiled;
    private readonly TraceConditions _conditions;
    private readonly Tensor[] _captures;

    internal ConcreteFunction(GraphFunctionDefinition function, Signature signature, CompiledFunction compiled, Leaf[] result, TraceContext trace,
        bool isForSpecs)
    {
        _function = function;
        _compiled = compiled;
        _conditions = new(trace);
        _captures = [.. trace.Captures];
        MadeVariables = trace.Created.Count > 0;
        Signature = signature;
        IsForSpecs = isForSpecs || trace.Sizes.Constraints.Count == 0;
        ResultLeaves = result;
        SignatureText = signature.Describe();
    }

    /// <summary>The graph as traced, before any pass. Its last parameters are tensors that the method captured.</summary>
    public Ir.Graph Graph => _compiled.Graph;

    /// <summary>The graph that runs.</summary>
    public Ir.Graph Optimized => _compiled.Optimized;

    /// <summary>The effect of each pass on the number of nodes.</summary>
    public IReadOnlyList<PassReport> Passes => _compiled.Passes;

    /// <summary>The signature that it was traced for: <c>x: f32[2], training: true</c>.</summary>
    public string SignatureText { get; }

    /// <summary>The C# fields and properties that the trace read, with their values; it serves a call only while they stay so.</summary>
    public IReadOnlyList<string> State => _conditions.State;

    /// <summary>Number of nodes as traced.</summary>
    public int NodeCount => Graph.NodeCount;

    internal Signature Signature { get; }

    /// <summary>True if the trace made variables.</summary>
    internal bool MadeVariables { get; }

    /// <summary>True if the trace changed C# state that it read, other than to fill what was null.</summary>
    internal bool OverwroteState => _conditions.OverwroteState;

    /// <summary>Tensors that the method captured, for the last parameters of the graph.</summary>
    internal IReadOnlyList<Tensor> Captures => _captures;

    internal Leaf[] ResultLeaves { get; }

    /// <summary>True if it is what a trace for specs gives: no C# code compared a size with that of one call.</summary>
    internal bool IsForSpecs { get; }

    /// <summary>Calls it with its tensor arguments in order.</summary>
    /// <exception cref="SignatureMismatchException">An argument does not fit (TG1003).</exception>
    public Tensor[] Call(params Tensor[] arguments)
    {
        Check.NotNull(arguments);
        CheckArguments(arguments);
        var results = new Tensor[Graph.Entry.Results.Length];
        _compiled.Run([.. arguments, .. _captures], results);
        return results;
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

    /// <summary>
    /// Calls it with its tensor arguments in order and leaves the elements of its only result, row-major, in memory of the program. On the managed
    /// device the last kernel writes them there, without memory of its own and without a copy. It returns when they are there; where it fails, the
    /// memory may have any elements.
    /// </summary>
    /// <typeparam name="T">The dtype's .NET type.</typeparam>
    /// <param name="destination">As many elements as the result has; no memory of an argument.</param>
    /// <param name="arguments">One tensor for each parameter.</param>
    /// <exception cref="SignatureMismatchException">An argument does not fit, or it has another number of results than one (TG1003).</exception>
    /// <exception cref="GraphException">TG2001 another number of elements, TG2002 another dtype.</exception>
    public void CallInto<T>(Span<T> destination, params Tensor[] arguments)
        where T : unmanaged
    {
        Check.NotNull(arguments);
        if (Graph.Entry.Results is not [var result])
            throw Mismatch($"gives {ResultText}, call_into takes one tensor");
        if (result.Type.IsList || result.Type.DType.Clr() != typeof(T))
            Throw.DType("call_into", $"{_function.Name} gives a {result.Type}, the destination has {typeof(T).Name} elements", "Use a span of the dtype's type.");
        CheckArguments(arguments);
        _compiled.RunInto<T>([.. arguments, .. _captures], destination);
    }

    /// <summary>Steps and kernels of the sizes it has run with, as text.</summary>
    public string Dump() => _compiled.Executable.Dump();

    /// <summary>
    /// Bytes that a run takes at once, beside its arguments and variables, as far as is known before it runs. Where a tensor decides the number of
    /// iterations, or only the run finds out a size, it counts with the largest so far, and with 16 before the first run. Null on a device that can't
    /// tell.
    /// </summary>
    /// <param name="shapes">Shapes of the tensor arguments in order; none where the signature has no open sizes.</param>
    /// <exception cref="SignatureMismatchException">A shape does not fit, or is missing (TG1003).</exception>
    /// <exception cref="GraphException">TG2004 for a shape that no memory holds.</exception>
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
            InferContext.CheckBytes("estimate_peak_bytes", type.As(shape));
            layouts[i] = TensorLayout.Of(type.As(shape));
        }

        return _compiled.Executable.EstimatePeakBytes(layouts);
    }

    /// <summary>The signature with the types of the results, the numbers of nodes, and the graph as traced; of a large one its beginning.</summary>
    public override string ToString() => $"{Headline}\n{Graph}";

    private string Headline => string.Create(CultureInfo.InvariantCulture,
        $"{_function.Name}({SignatureText}) -> {ResultText}: {NodeCount:n0} nodes, {Optimized.NodeCount:n0} optimised");

    /// <summary>Types of the tensors that it gives: <c>f32[2], i32[]</c>.</summary>
    internal string ResultText => Graph.Entry.Results is { IsEmpty: false } results ? string.Join(", ", results.Select(value => value.Type)) : "nothing";

    /// <summary>True when an object that it depends on is gone.</summary>
    internal bool IsDead => Signature.IsDead || _conditions.IsDead;

    internal bool Fits(GraphCall call) => FitsArguments(call) && _conditions.Fit(call);

    internal bool FitsArguments(GraphCall call) => Signature.Fits(call, Graph.Assumptions);

    internal bool FitsSizes(GraphCall call) => Signature.FitsSizes(call.Leaves, Graph.Assumptions);

    internal bool FitsState() => _conditions.FitState();

    /// <summary>The first size, or relation of sizes, in which a call differs from what it was traced for.</summary>
    internal (string Name, string Old, string New)? SizeDifference(GraphCall call) => Signature.SizeDifference(call, Graph.Assumptions);

    internal (string Name, string Old, string New)? StateDifference() => _conditions.Difference();

    internal int ResultCount => Graph.Entry.Results.Length;

    internal void Run(GraphCall call, Span<Tensor> results)
    {
        Few<Tensor> few = default;
        int count = Graph.Entry.Parameters.Length, next = 0;
        var inputs = count <= Few<Tensor>.Count ? few[..count] : new Tensor[count];
        foreach (var leaf in call.Leaves)
        {
            if (leaf.Tensor is { } tensor)
                inputs[next++] = tensor;
        }

        _captures.CopyTo(inputs[next..]);
        _compiled.Run(inputs, results);
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

        if (_compiled.BrokenComparison(name => sizes[name]) is { } broken)
            throw Mismatch($"it was traced for {Signature.InArguments(broken)}");
    }

    private SignatureMismatchException Mismatch(string problem) =>
        new($"{_function.Name}({SignatureText}): {problem}",
        "Call the graph function itself to get a trace for other arguments, or pass what this one was traced for.");
}
