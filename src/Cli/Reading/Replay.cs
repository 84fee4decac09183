using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Cli;

/// <summary>Values of a tensor in a few numbers.</summary>
internal sealed record Statistics(string Type, double Min, double Max, double Mean, long NaN, long Infinite)
{
    /// <summary>The statistics of a tensor; of text and lists only the type.</summary>
    public static Statistics Of(Literal literal)
    {
        if (literal.Type.DType == DType.String || literal.Type.IsList)
            return new(literal.Type.ToString(), 0, 0, 0, 0, 0);
        double min = double.PositiveInfinity, max = double.NegativeInfinity, sum = 0;
        long nan = 0, infinite = 0;
        for (long i = 0; i < literal.Count; i++)
        {
            double value = literal.GetDouble(i);
            nan += double.IsNaN(value) ? 1 : 0;
            infinite += double.IsInfinity(value) ? 1 : 0;
            if (!double.IsFinite(value))
                continue;
            (min, max, sum) = (Math.Min(min, value), Math.Max(max, value), sum + value);
        }

        long finite = literal.Count - nan - infinite;
        return finite == 0
            ? new(literal.Type.ToString(), 0, 0, 0, nan, infinite)
            : new(literal.Type.ToString(), min, max, sum / finite, nan, infinite);
    }

    /// <summary>True when a value is no number.</summary>
    public bool IsBroken => NaN + Infinite > 0;

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Type}: min {Min:g6}, max {Max:g6}, mean {Mean:g6}, {NaN} NaN, {Infinite} infinite");
}

/// <summary>The first node whose values are wrong.</summary>
internal sealed record ReplayFault(
    int Number, string Op, string Node, string Source, string Problem, Statistics[] Inputs, Statistics[] Reference, Statistics[] Device);

/// <summary>The finding of a replay.</summary>
internal sealed record ReplayResult(int Nodes, int Compared, ReplayFault? Fault);

/// <summary>
/// Runs a graph node by node on the interpreter, and each node on a device too, on the interpreter's values. The first node whose values differ, or
/// turn NaN or infinite, or that fails, is where something goes wrong. Calls of C# code give what they gave in the recorded call.
/// </summary>
internal sealed class Replay(
    GraphText text, Literal[] arguments, HostResults host, Func<Ir.Graph, Literal[], Literal[]> runOnDevice, double? tolerance)
{
    private readonly Dictionary<Value, Literal> _values = [];
    private SizeBindings _sizes = SizeBindings.Of(text.Graph, [.. arguments.Select(argument => argument.Type)]);

    /// <summary>Runs.</summary>
    public ReplayResult Run()
    {
        var graph = text.Graph;
        foreach (var (parameter, argument) in graph.Entry.Parameters.Zip(arguments))
            _values[parameter[0]] = argument;
        int compared = 0;
        foreach (var (number, node) in graph.Entry.Body.Index())
        {
            var inputs = node.Inputs.Select(input => _values[input]).ToArray();
            if (node.Op == OpDefs.BindSize)
            {
                _sizes = _sizes.With(node.Attrs.Get<Dim>("dim"), inputs[0].GetLong(0));
                continue;
            }

            var before = Variables(node);
            int[] calls = host.Calls;
            Literal[] reference = [];
            Literal[]? device = null;
            string? problem;
            try
            {
                reference = new Interpreter().Run(node, inputs, _sizes.SizeOf);
                var after = Variables(node);
                if (IsCompared(node))
                {
                    int[] callsAfter = host.Calls;
                    Restore(node, before);
                    host.Calls = calls;
                    device = runOnDevice(Alone(node), [.. arguments, .. inputs]);
                    reference = [.. reference, .. after];
                    device = [.. device, .. Variables(node)];
                    Restore(node, after);
                    host.Calls = callsAfter;
                    compared++;
                }

                problem = Problem(inputs, reference, device);
            }
            catch (GraphException fault)
            {
                problem = $"fails: {fault.Id}: {fault.Problem}";
            }

            if (problem is not null)
            {
                return new(graph.Entry.Body.Length, compared, new(
                    number + 1, node.Op.Name, text.LineOf(node), text.SourceOf(node), problem, [.. inputs.Select(Statistics.Of)],
                    [.. reference.Select(Statistics.Of)], [.. (device ?? []).Select(Statistics.Of)]));
            }

            for (int i = 0; i < node.Types.Length; i++)
                _values[node[i]] = reference[i];
        }

        return new(graph.Entry.Body.Length, compared, null);
    }

    // A constant is what it is, and reading a variable gives what is in it. Sizes that only this run has found are unknown to a graph of one node.
    private bool IsCompared(Node node) =>
        node.Op != OpDefs.Constant && node.Op != OpDefs.HostCall && node.Op != OpDefs.ReadVariable && !node.Types.IsEmpty
        && !text.Graph.Entry.Body.TakeWhile(other => other != node).Any(other => other.Op == OpDefs.BindSize);

    // The graph's own parameters come first: they bind its sizes.
    private Ir.Graph Alone(Node node)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        foreach (var assumption in text.Graph.Assumptions)
            build.Assume(assumption);
        foreach (var parameter in text.Graph.Entry.Parameters)
            build.Parameter(parameter.Types[0], parameter.Attrs.Get("name", ""));
        Value[] inputs = [.. node.Inputs.Select(input => build.Parameter(input.Type))];
        var alone = build.Emit(node.Op, node.Attrs, inputs, node.Regions);
        return build.Finish(text.Graph.Name, [.. node.Types.Select((_, i) => alone[i])]);
    }

    private string? Problem(Literal[] inputs, Literal[] reference, Literal[]? device)
    {
        for (int i = 0; device is not null && i < device.Length; i++)
        {
            if (Difference(reference[i], device[i]) is { } difference)
                return difference;
        }

        bool wasBroken = inputs.Any(input => Statistics.Of(input).IsBroken);
        return !wasBroken && reference.Select(Statistics.Of).FirstOrDefault(found => found.IsBroken) is { } broken
            ? broken.NaN > 0 ? "turns NaN" : "turns infinite" : null;
    }

    // Relative to the largest value: sums cancel.
    private string? Difference(Literal reference, Literal device)
    {
        if (reference.Type != device.Type)
            return $"the device gives {device.Type}, the interpreter {reference.Type}";
        if (reference.Type.IsList || reference.Type.DType == DType.String)
            return reference.Equals(device) ? null : "values differ";
        // A double does not hold all of them.
        if (reference.Type.DType.IsInteger() && tolerance is null)
        {
            for (long i = 0; i < reference.Count; i++)
            {
                if (reference.GetLong(i) != device.GetLong(i))
                    return FormattableString.Invariant($"values differ: element {i} is {device.GetLong(i)} on the device, {reference.GetLong(i)} on the interpreter");
            }

            return null;
        }
        double scale = 0;
        for (long i = 0; i < reference.Count; i++)
        {
            if (double.IsFinite(reference.GetDouble(i)))
                scale = Math.Max(scale, Math.Abs(reference.GetDouble(i)));
        }

        double allowed = (tolerance ?? Tolerance(reference.Type.DType)) * Math.Max(scale, 1e-6);
        for (long i = 0; i < reference.Count; i++)
        {
            double a = reference.GetDouble(i), b = device.GetDouble(i);
            if (!(a.Equals(b) || a == b || Math.Abs(a - b) <= allowed))
                return FormattableString.Invariant($"values differ: element {i} is {b:g9} on the device, {a:g9} on the interpreter");
        }

        return null;
    }

    private static double Tolerance(DType dtype) => dtype switch
    {
        DType.F64 => 1e-9,
        DType.F32 => 1e-4,
        DType.F16 or DType.BF16 => 2e-2,
        _ => 0,
    };

    private static Resource[] VariablesOf(Node node) =>
    [
        .. node.Effects.Where(effect => effect.IsWrite).Select(effect => effect.Resource)
            .Where(resource => resource.Kind == ResourceKind.Variable).Distinct(),
    ];

    private static ImmutableArray<Literal> Variables(Node node) => [.. VariablesOf(node).Select(variable => variable.HostValue!)];

    private static void Restore(Node node, ImmutableArray<Literal> values)
    {
        foreach (var (variable, value) in VariablesOf(node).Zip(values))
            variable.HostValue = value;
    }
}
