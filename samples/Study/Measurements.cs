using System.Diagnostics;
using TensorGraph;
using TensorGraph.Ir;

namespace Study;

/// <summary>Runs the programs and looks at what became of them.</summary>
public sealed class Measurements(bool isQuick)
{
    public Figures All() => new([.. Sizes(), .. Traces(), .. Flags(), .. Loops()], [.. Repeated(), .. Styles()]);

    /// <summary>Nodes of the graph for a list and for a dataset.</summary>
    public static IEnumerable<Finding> Sizes()
    {
        foreach (var (count, list, dataset) in new[] { (2, 8, 5), (10, 32, 5) })
        {
            var pairs = Enumerable.Repeat((1, 1), count).ToArray();
            Functions.TrainList(pairs);
            yield return Size($"list of {count} pairs", Latest(Functions.TrainList), list);
            Functions.TrainDataset(Dataset.FromTensorSlices((Ops.Iota(count), Ops.Iota(count))));
            yield return Size($"dataset of {count} pairs", Latest(Functions.TrainDataset), dataset);
        }
    }

    /// <summary>How often C# code and the graph's code run.</summary>
    public static IEnumerable<Finding> Traces()
    {
        var (traces, prints) = (new StringWriter(), new StringWriter());
        using (new TensorGraphOptions { Output = prints }.Use())
        {
            Functions.Double(1f, traces);
            Functions.Double(2f, traces);
            Functions.Double(3, traces);
            Functions.Double(new[] { 1f, 2 }, traces);
        }

        yield return new("tracing", "4 calls with 3 types: lines of C# code", $"{Lines(traces)}", "3");
        yield return new("tracing", "4 calls with 3 types: lines of Ops.Print", $"{Lines(prints)}", "4");
    }

    /// <summary>A branch that is decided while tracing, and one in the graph.</summary>
    public static IEnumerable<Finding> Flags()
    {
        Tensor x = Ops.Ones(4), mask = new[] { 1f, 0, 1, 0 };
        foreach (bool training in new[] { true, false })
        {
            Functions.DropoutByFlag(x, mask, training);
            Functions.DropoutByTensor(x, mask, training);
        }

        yield return new("dropout", "C# flag, called with both values", Traced(Functions.DropoutByFlag), "2 traces");
        yield return new("dropout", "tensor flag, called with both values", Traced(Functions.DropoutByTensor), "1 trace, a cond node");
    }

    /// <summary>Which loops are recorded iteration by iteration, and which are one node.</summary>
    public static IEnumerable<Finding> Loops()
    {
        Tensor x = 1f;
        Functions.ForOverNumber(x, 20);
        Functions.ForeachOverList(x, new float[20]);
        Functions.ForeachOverRange(x, 20);
        Functions.ForeachOverTensor(x, Ops.Ones(20));
        Functions.ForeachOverDataset(x, Dataset.FromTensorSlices(Ops.Ones(20)));
        Functions.WhileOverTensor(x);
        yield return Loop("for over a C# int", Functions.ForOverNumber, "unrolled");
        yield return Loop("foreach over a C# list", Functions.ForeachOverList, "unrolled");
        yield return Loop("foreach over Ops.Range(tensor)", Functions.ForeachOverRange, "while");
        yield return Loop("foreach over a tensor", Functions.ForeachOverTensor, "while");
        yield return Loop("foreach over a dataset", Functions.ForeachOverDataset, "dataset reduce");
        yield return Loop("while (tensor)", Functions.WhileOverTensor, "while");
    }

    /// <summary>One thousand times x + 1.</summary>
    public IEnumerable<Timing> Repeated()
    {
        int count = isQuick ? 50 : 1_000;
        string program = $"{count:N0} × (x + 1)";
        Tensor x = new float[] { 1, 2, 3, 4 }, times = count;
        yield return new(program, "imperative", Best(() => Repeat(value => value + 1)));
        yield return new(program, "a graph function, called each time", Best(() => Repeat(Functions.AddOne)));
        yield return new(program, "one graph function with a loop", Best(() => Functions.AddOneRepeatedly(x, times).ToArray<float>()));

        void Repeat(Func<Tensor, Tensor> step)
        {
            Tensor value = x;
            for (int i = 0; i < count; i++)
                value = step(value);
            value.ToArray<float>();
        }
    }

    /// <summary>The same network in the imperative and in the symbolic style.</summary>
    public IEnumerable<Timing> Styles()
    {
        var network = new Network();
        Tensor x = Ops.RandomNormal([1, 512]);
        const string Program = "network 512 → 256 → 128 → 2, one row";
        yield return new(Program, "imperative", Best(() =>
        {
            using var imperatively = (TensorGraphOptions.Current with { RunImperatively = true }).Use();
            network.Forward(x).ToArray<float>();
        }));
        yield return new(Program, "graph function", Best(() => network.Forward(x).ToArray<float>()));
        var symbolic = GraphFunction.Of(network.Forward).GetConcreteFunction(TensorSpec.Of(x));
        yield return new(Program, "symbolic: its graph, called by itself", Best(() => symbolic.Call(x)[0].ToArray<float>()));
    }

    private double Best(Action run)
    {
        for (int i = 0; i < (isQuick ? 2 : 30); i++)
            run();
        double best = double.MaxValue;
        for (int i = 0; i < (isQuick ? 3 : 60); i++)
        {
            long start = Stopwatch.GetTimestamp();
            run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return best;
    }

    private static Finding Size(string program, ConcreteFunction concrete, int tensorFlow)
    {
        int recorded = concrete.Graph.Entry.AllNodes().Count(), run = concrete.Optimized.Entry.AllNodes().Count();
        return new("nodes of the graph", program, $"{recorded} recorded, {run} run", $"{tensorFlow}");
    }

    private static Finding Loop(string program, Delegate function, string tensorFlow)
    {
        var node = Latest(function).Graph.Entry.AllNodes().FirstOrDefault(node => node.Op.Regions is { IsLoop: true });
        int nodes = Latest(function).Graph.Entry.AllNodes().Count();
        return new("loop of 20 iterations", program, node is null ? $"unrolled, {nodes} nodes" : $"one {node.Op.Name}, {nodes} nodes", tensorFlow);
    }

    private static string Traced(Delegate function)
    {
        var handle = GraphFunction.Of(function);
        bool hasBranch = Latest(function).Graph.Entry.AllNodes().Any(node => node.Op == OpDefs.If);
        return $"{handle.TraceCount} trace{(handle.TraceCount == 1 ? "" : "s")}{(hasBranch ? ", an if node" : "")}";
    }

    private static ConcreteFunction Latest(Delegate function) => GraphFunction.Of(function).ConcreteFunctions[0];

    private static int Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
}
