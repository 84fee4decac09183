using System.Globalization;
using System.Text;
using TensorGraph.Passes;
using TensorGraph.Backends.Managed;
using TensorGraph.Ir;

namespace TensorGraph.Benchmarks;

/// <summary>The most memory that training steps take at once, beside arguments and variables: the page <c>docs/memory.md</c> has the table.</summary>
internal static class MemoryTable
{
    /// <summary>One row for each model.</summary>
    public static string Measure()
    {
        var steps = new TrainingSteps();
        Tensor x = Ops.Ones(1024, 512), target = Ops.Ones(1024, 1), images = Ops.Ones(64, 3, 32, 32), labels = Ops.Zeros(64).Cast(DType.I32);
        Tensor rows = Ops.Ones(100, 128, 32), sequence = Ops.Ones(32, 128, 64);
        var text = new StringBuilder();
        text.Append("| training step | lower bound, MB | traced, MB | estimated ahead, MB | imperative, MB | traced ÷ bound |\n|---|---|---|---|---|---|\n");
        Row(text, "MLP 512 → 2048 → 512 → 1, batch 1,024", () => steps.Mlp(x, target), steps.Mlp);
        Row(text, "convolutions 3 → 32 → 64 with pooling on 32², batch 64", () => steps.Cnn(images, labels), steps.Cnn);
        Row(text, "recurrent 32 → 64 over 100 rows, batch 128", () => steps.Rnn(rows), steps.Rnn);
        Row(text, "attention over 128 × 64, batch 32", () => steps.Attention(sequence), steps.Attention);
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, Func<Tensor> step, Delegate method)
    {
        using (new TensorGraphOptions { IsAsynchronous = false }.Use())
        {
            for (int i = 0; i < 3; i++) step().ToDouble();
        }
        GraphFunction function = GraphFunction.Of(method);
        ConcreteFunction concrete = function.ConcreteFunctions[0];
        double traced = Devices.Managed.MemoryStatistics.PeakByGraph[function.Name];
        double bound = LowerBound.Of(concrete.Optimized.Entry), imperative = 0;
        using (new TensorGraphOptions { RunImperatively = true, IsAsynchronous = false }.Use())
        {
            for (int i = 0; i < 3; i++)
            {
                RunPeak run = RunPeak.Begin();
                step().ToDouble();
                imperative = run.End();
            }
        }
        text.Append(CultureInfo.InvariantCulture,
            $"| {name} | {Text(bound)} | {Text(traced)} | {Text(concrete.EstimatePeakBytes() ?? 0)} | {Text(imperative)} | {traced / bound:f2} |\n");
    }

    private static string Text(double bytes) => (bytes / (1 << 20)).ToString("n1", CultureInfo.InvariantCulture);

    /// <summary>
    /// The largest sum of bytes that are alive at once when the nodes of a graph run in their order and each value lives from its node to its last
    /// reader. Arguments, constants and variables are not in it, nor is a value from when it becomes that of a variable.
    /// </summary>
    private static class LowerBound
    {
        public static long Of(Region region)
        {
            var last = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance);
            for (int at = 0; at < region.Body.Length; at++)
            {
                foreach (Value input in region.Body[at].Inputs) Use(input.Node, at);
            }
            foreach (Value result in region.Results) Use(result.Node, region.Body.Length);
            long live = 0, most = 0;
            var alive = new List<(Node Node, long Bytes)>();
            for (int at = 0; at < region.Body.Length; at++)
            {
                Node node = region.Body[at];
                long own = IsView(node) || node.Op == OpDefs.Constant || node.Op == OpDefs.ReadVariable ? 0 : node.Types.Sum(Bytes) + Saved(node);
                live += own;
                alive.Add((node, own));
                most = Math.Max(most, live + node.Regions.Select(Of).DefaultIfEmpty().Max());
                live -= alive.Where(entry => last.GetValueOrDefault(entry.Node, -1) <= at).Sum(entry => entry.Bytes);
                alive.RemoveAll(entry => last.GetValueOrDefault(entry.Node, -1) <= at);
            }
            return most;

            // A view keeps what it shows.
            void Use(Node node, int at)
            {
                last[node] = Math.Max(at, last.GetValueOrDefault(node, -1));
                if (IsView(node)) Use(node.Inputs[0].Node, at);
            }
        }

        // Values that the iterations of a loop add to lists, each once.
        private static long Saved(Node node) => node.Op != OpDefs.While ? 0 : (TripCount.Of(node) ?? 0) * node.Regions[1].Body
            .Where(inner => inner.Op == OpDefs.ListSet && inner.Inputs[2].Node.Op != OpDefs.Parameter
                && inner.Inputs[2].Node.Op != OpDefs.ReadVariable)
            .Select(inner => inner.Inputs[2]).Distinct().Sum(value => Bytes(value.Type));

        private static bool IsView(Node node) =>
            node.Op == OpDefs.Reshape || node.Op == OpDefs.Transpose || node.Op == OpDefs.BroadcastTo || node.Op == OpDefs.Slice
            || node.Op == OpDefs.StopGradient;

        private static long Bytes(TensorType type) => type.IsList ? 0 : type.Shape.ElementCount.ValueOr(0) * type.DType.Size();
    }
}
