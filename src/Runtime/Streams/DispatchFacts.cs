using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends;

/// <summary>How a program uses a variable.</summary>
internal enum VariableUse
{
    /// <summary>Reads it.</summary>
    Read,

    /// <summary>Takes from a random generator, in one step with moving it on: several programs may do that at the same time.</summary>
    Advance,

    /// <summary>Assigns it.</summary>
    Write,
}

/// <summary>Facts about a program that are known ahead of a run: enough to decide whether it runs at once or is queued.</summary>
/// <param name="Results">Layouts of the results; null when only the run can tell.</param>
/// <param name="Variables">The variables that it uses, each once, by its strongest use.</param>
/// <param name="CallsHost">True when it prints or calls C# code, which happens in the order of the program's other output.</param>
/// <param name="Nanoseconds">An estimate of the time that it takes.</param>
/// <param name="IsGuess">True when the estimate assumes a number of iterations.</param>
internal sealed record DispatchFacts(
    TensorLayout[]? Results, (VariableResource Variable, VariableUse Use)[] Variables, bool CallsHost, double Nanoseconds, bool IsGuess)
{
    /// <summary>
    /// The time under which a program is not worth a queue: handing one to another thread and waiting for it costs a tenth or more of it.
    /// </summary>
    public const double HandOff = 100_000;

    private const double PerNode = 50;
    private const double PerByte = 0.1;
    private const double PerProduct = 0.05;

    /// <summary>True when it assigns a variable.</summary>
    public bool Writes { get; } = Array.Exists(Variables, used => used.Use == VariableUse.Write);

    /// <summary>True when it can't be queued: its results are not known, nobody could see that it failed, or it calls C# code.</summary>
    public bool RunsNow => CallsHost || Results is null || (Results.Length == 0 && !Writes);

    /// <summary>True when it reads variables more than once, so that an assignment may come between if it does not hold them.</summary>
    public bool ReadsOften { get; init; }

    /// <summary>True when all runs do the same, so that one run tells how long the next one takes.</summary>
    public bool IsSteady { get; init; }

    /// <summary>The facts of a graph on arguments of these types.</summary>
    public static DispatchFacts Of(Ir.Graph graph, SizeBindings sizes)
    {
        var uses = new Dictionary<VariableResource, VariableUse>();
        bool callsHost = false;
        foreach (Node node in graph.Entry.AllNodes())
        {
            foreach (Effect effect in node.Regions.IsEmpty ? node.Effects : [])
            {
                if (effect.Resource is VariableResource variable)
                {
                    uses[variable] = (VariableUse)Math.Max((int)VariableProgram.UseOf(node.Op), (int)uses.GetValueOrDefault(variable));
                }
                else
                {
                    // What only fails is nothing that others could see happen.
                    callsHost |= effect.Resource != Resource.Assert && node.Attrs.Find("fn") is not Resource { OnlyThrows: true };
                }
            }
        }
        var cost = new Cost(sizes);
        double nanoseconds = cost.Of(graph.Entry);
        return new DispatchFacts(LayoutsOf(graph.Entry, sizes), [.. uses.Select(use => (use.Key, use.Value))], callsHost, nanoseconds, cost.IsGuess)
        {
            ReadsOften = Reads(graph.Entry) > 1,
            IsSteady = !cost.IsGuess && graph.Entry.AllNodes().All(static node => node.Op.Regions is null or { TakesSlices: true }),
        };
    }

    // What a branch or loop reads it may read again.
    private static int Reads(Region region) =>
        region.Body.Sum(node => node.Op == OpDefs.ReadVariable ? 1 : 2 * node.Regions.Sum(Reads));

    private static TensorLayout[]? LayoutsOf(Region region, SizeBindings sizes)
    {
        var layouts = new TensorLayout[region.Results.Length];
        for (int i = 0; i < layouts.Length; i++)
        {
            TensorType type = region.Results[i].Type;
            if (type.DType == DType.String || type.IsList || !type.Shape.All(dim => dim.Symbols.All(sizes.Knows))) return null;
            layouts[i] = TensorLayout.Of(type.As(type.Shape.Bind(sizes.SizeOf)));
        }
        return layouts;
    }

    private sealed class Cost(SizeBindings sizes)
    {
        public bool IsGuess { get; private set; }

        public double Of(Region region) => region.Body.Sum(Of);

        private double Of(Node node)
        {
            if (node.Op.Regions is { } control)
            {
                return control.TakesSlices ? Size(node.Attrs.Get<Dim>("length")) * node.Regions.Sum(Of)
                    : control.IsLoop ? Guess() * node.Regions.Sum(Of)
                    : node.Regions.Max(Of);
            }
            double inputs = node.Inputs.Sum(input => Elements(input.Type)), results = node.Types.Sum(Elements);
            double bytes = node.Inputs.Sum(input => Bytes(input.Type)) + node.Types.Sum(Bytes);
            // √(m·k × k·n × m·n) = m·k·n, and as good an estimate for a convolution.
            double products = node.Op == OpDefs.Dot || node.Op == OpDefs.Conv
                ? Math.Sqrt(Elements(node.Inputs[0].Type) * Elements(node.Inputs[1].Type) * results)
                : inputs + results;
            return PerNode + PerByte * bytes + PerProduct * products;
        }

        private double Elements(TensorType type)
        {
            double elements = 1;
            foreach (Dim dim in type.Shape) elements *= Size(dim);
            return elements;
        }

        private double Bytes(TensorType type) => Elements(type) * type.DType.Size();

        private double Size(Dim dim) => dim != Dim.Dynamic && dim.Symbols.All(sizes.Knows) ? dim.Evaluate(sizes.SizeOf) : Guess();

        private double Guess()
        {
            IsGuess = true;
            return TripCount.Guess;
        }
    }
}
