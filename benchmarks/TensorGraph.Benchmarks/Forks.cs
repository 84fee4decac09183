using System.Diagnostics;
using System.Globalization;
using System.Text;
using TensorGraph.Backends;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Benchmarks;

/// <summary>Two towers side by side against one after the other, and from which length on a fork pays.</summary>
internal static class Forks
{
    private const int Batch = 32;
    private const int Rounds = 10;

    public static string Measure()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Machine.Cpu}, {Environment.ProcessorCount} cores, .NET {Environment.Version}\n\n");
        text.Append(CultureInfo.InvariantCulture,
            $"Two towers of dense layers with softmax, batch {Batch}, as a traced call on {Devices.Managed.Threads} threads; best of several runs, in turn.\n\n");
        text.Append("| layers × width | in order, µs | with forks, µs | speed-up |\n|---|---|---|---|\n");
        foreach ((int layers, int width) in new[] { (2, 32), (4, 64), (4, 128), (8, 128), (4, 256), (4, 512) }) TowersRow(text, layers, width);
        text.Append("\nTwo chains of products 32×64 · 64×64, forked whether it pays or not; the last column has what the estimate decides. One call follows the\n");
        text.Append("other, or comes after a pause in which the workers fall asleep (median).\n\n");
        text.Append("| products in a chain | estimated, µs | in order, µs | forked, µs | speed-up | after a pause: in order, µs | forked, µs | forks |\n");
        text.Append("|---|---|---|---|---|---|---|---|\n");
        foreach (int length in new[] { 1, 2, 4, 8, 16, 32 }) ChainsRow(text, length);
        return text.ToString();
    }

    private static void TowersRow(StringBuilder text, int layers, int width)
    {
        Tensor x = Ops.Ones(Batch, width) * 0.1f;
        using IDisposable mode = (TensorGraphOptions.Current with { IsAsynchronous = false }).Use();
        var inOrder = new TwoTowers(layers, width);
        using (Flags.Set("PASSES", "-fork")) inOrder.Call(x);
        var forked = new TwoTowers(layers, width);
        (double off, double on) = InTurn(() => inOrder.Call(x), () => forked.Call(x));
        text.Append(CultureInfo.InvariantCulture, $"| {layers} × {width} | {off * 1e6:f0} | {on * 1e6:f0} | {off / on:f2} |\n");
    }

    private static void ChainsRow(StringBuilder text, int length)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value left = build.Parameter(new(DType.F32, [Batch, 64])), right = build.Parameter(new(DType.F32, [Batch, 64]));
        Value weight = build.Parameter(new(DType.F32, [64, 64]));
        for (int i = 0; i < length; i++) left = build.Dot(left, weight, [1], [0]);
        for (int i = 0; i < length; i++) right = build.Dot(right, weight, [1], [0]);
        Graph graph = build.Finish("chains", [left, right]);
        TensorData[] inputs = [.. graph.Entry.Parameters.Select(parameter => Devices.Managed.From(Literal.Zeros(parameter.Types[0])))];
        var options = new ForkOptions(2);
        ManagedProgram inOrder = Program(ForkOptions.None), forked = Program(options with { HandOff = 0 });
        (double off, double on) = InTurn(() => inOrder.Run(inputs), () => forked.Run(inputs));
        (double offRested, double onRested) = AfterPauses(() => inOrder.Run(inputs), () => forked.Run(inputs));
        LoweredRegion decided = RegionBuilder.Lower(graph.Entry, SizeBindings.Empty, options);
        text.Append(CultureInfo.InvariantCulture,
            $"| {length} | {decided.Time.OnOneThread / 1e3:f0} | {off * 1e6:f1} | {on * 1e6:f1} | {off / on:f2} |");
        text.Append(CultureInfo.InvariantCulture,
            $" {offRested * 1e6:f0} | {onRested * 1e6:f0} | {(decided.Schedule.Forks.Length > 0 ? "yes" : "no")} |\n");

        ManagedProgram Program(ForkOptions forks) =>
            new(RegionBuilder.Lower(graph.Entry, SizeBindings.Empty, forks), new ConstantPool(Devices.Managed));
    }

    private static (double First, double Second) AfterPauses(Action first, Action second)
    {
        const int calls = 300;
        double[] one = new double[calls], two = new double[calls];
        for (int i = 0; i < calls; i++) (one[i], two[i]) = (Seconds(first), Seconds(second));
        return (one.Order().ElementAt(calls / 2), two.Order().ElementAt(calls / 2));

        static double Seconds(Action action)
        {
            Thread.Sleep(2);
            long start = Stopwatch.GetTimestamp();
            action();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    // Alternately, so that both meet the same other load of the machine.
    private static (double First, double Second) InTurn(Action first, Action second)
    {
        double Seconds(Action action) => Machine.Best(20, () =>
        {
            for (int i = 0; i < 20; i++) action();
        }) / 20;

        (double one, double two) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
            (one, two) = (Math.Min(one, Seconds(first)), Math.Min(two, Seconds(second)));
        return (one, two);
    }
}

/// <summary>Two towers of dense layers that meet at the end.</summary>
public partial class TwoTowers
{
    private readonly Variable[][] _towers;

    public TwoTowers(int layers, int width) => _towers =
    [
        .. Enumerable.Range(0, 2).Select(tower =>
            Enumerable.Range(0, layers).Select(layer => new Variable(Weight(width) / (1 + tower + layer))).ToArray()),
    ];

    private static Tensor Weight(int width) => (Ops.Iota(width * width).Cast(DType.F32).Reshape(width, width) % 7 - 3) * 0.1f;

    [GraphFunction]
    public Tensor Call(Tensor x)
    {
        Tensor left = x, right = x;
        foreach (Variable weight in _towers[0]) left = Ops.Softmax(Ops.MatMul(left, weight), -1);
        foreach (Variable weight in _towers[1]) right = Ops.Softmax(Ops.MatMul(right, weight), -1);
        return (left * right).Sum();
    }
}
