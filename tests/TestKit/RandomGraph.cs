using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>The parts of random graphs.</summary>
public sealed record RandomGraphOptions
{
    /// <summary>Roughly how many nodes the entry block gets.</summary>
    public int Nodes { get; init; } = 24;

    /// <summary>How deep blocks are nested.</summary>
    public int Depth { get; init; } = 2;

    /// <summary>Variables, prints, assertions and host calls.</summary>
    public bool Effects { get; init; } = true;

    /// <summary>NaN, infinities, −0 and extreme integers among the values.</summary>
    public bool SpecialValues { get; init; } = true;

    /// <summary>Element types of parameters, constants, variables and casts.</summary>
    public IReadOnlyList<DType> DTypes { get; init; } = TensorGraph.DTypes.All;

    /// <summary>Ops to leave out.</summary>
    public Func<OpDef, bool> Skip { get; init; } = _ => false;

    /// <summary>Makes a variable.</summary>
    public Func<string, TensorType, Resource> Variable { get; init; } = (name, type) => new Resource(name, ResourceKind.Variable, type);
}

/// <summary>
/// A random graph with arguments for it: typed, over every op of the table, with symbolic sizes, empty axes, blocks, variables and effects. The same
/// seed gives the same graph. It always runs: sizes fit, indices are in range, loops end.
/// </summary>
public sealed partial class RandomGraph
{
    // A value larger than this is not made, so that graphs stay fast to interpret.
    private const long MostElements = 200;

    private static readonly long[] Sizes = [0, 1, 1, 2, 2, 3, 3, 5];

    private readonly RandomGraphOptions _options;
    private readonly Random _random;
    private readonly GraphBuilder _build = new() { Source = SourceSpan.None };
    private readonly Dictionary<string, long> _sizes = [];
    private readonly List<Literal> _arguments = [];
    private readonly List<(Resource Variable, Literal Start)> _variables = [];
    private List<Value> _pool = [];
    private int _depth;

    private RandomGraph(int seed, RandomGraphOptions options)
    {
        (Seed, _options, _random) = (seed, options, new Random(seed));
        foreach (string name in new[] { "a", "b" })
            _sizes[name] = Pick(Sizes);
        // Both names are bound by the first parameter; later ones use them freely.
        Parameter(new(DType.F32, [Dim.Symbol("a"), Dim.Symbol("b")]));
        for (int i = _random.Next(1, 4); i > 0; i--)
            Parameter(RandomType());
        Fill(_options.Nodes);
        // Most values are results, so that no wrong one goes unseen; some are not, so that there is dead code.
        Graph = _build.Finish($"seed{seed}", _pool.Where(_ => _random.Next(3) > 0).Append(_pool[^1]).ToArray());
    }

    /// <summary>Seed that makes it again.</summary>
    public int Seed { get; }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>Values for its parameters.</summary>
    public Literal[] Arguments => [.. _arguments];

    /// <summary>The variables and the values they start from.</summary>
    public IReadOnlyList<(Resource Variable, Literal Start)> Variables => _variables;

    /// <summary>The graph of a seed.</summary>
    public static RandomGraph Make(int seed, RandomGraphOptions? options = null) => new(seed, options ?? new());

    /// <summary>200 seeds, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    public static IEnumerable<int> Seeds =>
        Flags.Get("FUZZ").Split(':') is [var first, var count, ..]
        ? Enumerable.Range(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture))
        : Enumerable.Range(1, 200);

    /// <summary>
    /// The effect of running it, in one text: results, prints, final values of variables, or the error. Starts from the first values of the variables.
    /// </summary>
    public string Outcome(Graph graph)
    {
        foreach (var (variable, start) in _variables)
            variable.HostValue = start;
        var output = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        string results;
        try
        {
            results = Values.Text(new Interpreter { Output = output }.Run(graph, Arguments));
        }
        catch (GraphException error)
        {
            results = $"{error.Id}: {error.Problem}";
        }

        return $"{results}\n{output}{string.Join('\n', _variables.Select(entry => $"{entry.Variable} = {Values.Text([entry.Variable.HostValue!])}"))}";
    }

    /// <summary>The graph and what it runs on, for messages.</summary>
    public string Describe(Graph graph) =>
        $"// seed {Seed}; run: ({string.Join(", ", Arguments.Select(Printer.Print))})\n"
        + string.Concat(_variables.Select(entry => $"// {entry.Variable} = {Printer.Print(entry.Start)}\n")) + Printer.Print(graph);

    private void Fill(int nodes)
    {
        for (int i = 0; i < nodes; i++)
        {
            // Most attempts fit; one that does not is no loss.
            var (weight, make) = Makers[_random.Next(Makers.Length)];
            if (_random.Next(10) < weight)
                make(this);
        }
    }

    // Emits when the types fit, the sizes that must be equal are, and the results are small.
    private Node? Try(OpDef op, Attrs attrs, params ReadOnlySpan<Value> inputs)
    {
        if (_options.Skip(op))
            return null;
        bool holds = true;
        try
        {
            var types = GraphBuilder.Infer(op, [.. inputs.ToArray().Select(input => input.Type)], attrs, [],
                (left, right) => holds &= Size(left) == Size(right));
            if (!holds || types.Any(type => type.Shape.Any(dim => Size(dim) < 0)
                || type.Shape.Aggregate(1L, (count, dim) => count * Size(dim)) > MostElements))
                return null;
        }
        catch (GraphException)
        {
            return null;
        }

        return Add(_build.Emit(op, attrs, inputs));
    }

    private Node Add(Node node)
    {
        for (int i = 0; i < node.Types.Length; i++)
            _pool.Add(node[i]);
        return node;
    }

    private Value Parameter(TensorType type)
    {
        var value = _build.Parameter(type, "p" + _arguments.Count);
        _arguments.Add(RandomLiteral(type.As(type.Shape.Substitute(name => _sizes[name]))));
        _pool.Add(value);
        return value;
    }

    private TensorType RandomType() => new(RandomDType(), RandomShape());

    private Shape RandomShape() => new([.. Enumerable.Range(0, _random.Next(4)).Select(_ => RandomDim())]);

    private Dim RandomDim() => _random.Next(4) switch { 0 => Dim.Symbol("a"), 1 => Dim.Symbol("b"), _ => Pick(Sizes) };

    // Floats half of the time, since most ops want them.
    private DType RandomDType()
    {
        DType[] floats = [.. _options.DTypes.Where(dtype => dtype.IsFloat())];
        return floats.Length > 0 && _random.Next(2) == 0 ? Pick(floats) : Pick(_options.DTypes);
    }

    private Literal RandomLiteral(TensorType type)
    {
        if (type.DType == DType.String)
            return new(type, Enumerable.Range(0, (int)type.Shape.ElementCount.Value).Select(_ => Pick(["", "a", "b", "\"\n"])).ToArray());
        return type.DType.IsFloat() ? Literal.FromDoubles(type, _ => RandomDouble()) : Literal.FromLongs(type, _ => RandomLong());
    }

    private double RandomDouble() => _options.SpecialValues && _random.Next(3) == 0
        ? Pick([0.0, -0.0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-7, 3e4])
        : _random.Next(3) == 0 ? _random.Next(-3, 4) : (_random.NextDouble() * 4) - 2;

    private long RandomLong() => _options.SpecialValues && _random.Next(6) == 0
        ? Pick([long.MinValue, long.MaxValue, -1, 128, 255, 32767])
        : _random.Next(-3, 5);

    private long Size(Dim dim) => dim.Evaluate(name => _sizes[name]);

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private Value Any() => Pick(_pool);

    private Value? Any(Func<Value, bool> wanted)
    {
        Value[] fitting = [.. _pool.Where(wanted)];
        return fitting.Length == 0 ? null : Pick(fitting);
    }
}
