using System.Reflection;
using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using Module = global::TorchSharp.torch.nn.Module;

/// <summary>LSTM and GRU over their parameters: LibTorch runs them in native code, which nothing can trace.</summary>
internal static class RecurrentModules
{
    public static (Tensor, Tensor, Tensor) Lstm(LSTM module, Tensor input, (Tensor, Tensor)? start)
    {
        (Tensor output, Tensor[] last) = Run(module, input, start is var (h, c) ? [h, c] : [], 2, static (x, state, hidden) =>
        {
            Tensor[] gates = Ops.Split(TorchApi.add(x[0], x[1]), 4, x[0].Rank - 1);
            Tensor cell = Ops.Add(Ops.Mul(Ops.Sigmoid(gates[1]), state[1]), Ops.Mul(Ops.Sigmoid(gates[0]), Ops.Tanh(gates[2])));
            return [Ops.Mul(Ops.Sigmoid(gates[3]), Ops.Tanh(cell)), cell];
        });
        return (output, last[0], last[1]);
    }

    public static (Tensor, Tensor) Gru(GRU module, Tensor input, Tensor? start)
    {
        (Tensor output, Tensor[] last) = Run(module, input, start is null ? [] : [start], 1, static (x, state, hidden) =>
        {
            Tensor[] own = Ops.Split(x[0], 3, x[0].Rank - 1), before = Ops.Split(x[1], 3, x[1].Rank - 1);
            Tensor reset = Ops.Sigmoid(Ops.Add(own[0], before[0])), update = Ops.Sigmoid(Ops.Add(own[1], before[1]));
            Tensor fresh = Ops.Tanh(Ops.Add(own[2], Ops.Mul(reset, before[2])));
            return [Ops.Add(Ops.Mul(TorchApi.sub(1, update), fresh), Ops.Mul(update, state[0]))];
        });
        return (output, last[0]);
    }

    private static (Tensor Output, Tensor[] Last) Run(
        Module module, Tensor input, Tensor[] start, int states, Func<Tensor[], Tensor[], long, Tensor[]> cell)
    {
        Dictionary<string, Parameter> parameters = module.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        int layers = parameters.Keys.Count(name => name.StartsWith("weight_ih_l", StringComparison.Ordinal) && !name.EndsWith("_reverse", StringComparison.Ordinal));
        int directions = parameters.ContainsKey("weight_ih_l0_reverse") ? 2 : 1;
        if (layers > 1) CheckDropout(module, parameters["weight_ih_l0"].shape[1]);
        bool isBatchFirst = IsBatchFirst(module);
        bool isBatched = input.Rank == 3;
        Tensor x = !isBatched ? Ops.ExpandDims(input, 1) : isBatchFirst ? TorchApi.transpose(input, 0, 1) : input;
        if (!isBatched) start = [.. start.Select(state => Ops.ExpandDims(state, 1))];
        long hidden = parameters["weight_hh_l0"].shape[1];
        foreach (Tensor state in start)
        {
            if (state.Rank != 3 || state.Shape[0] != layers * directions)
                Throw.Shape(
                    module.GetName(), $"a first state is {state.Type}", $"It has one entry for each of {layers * directions} layers and directions.");
        }
        List<Tensor[]> last = [];
        for (int layer = 0; layer < layers; layer++)
        {
            List<Tensor> outputs = [];
            for (int direction = 0; direction < directions; direction++)
            {
                int index = (layer * directions) + direction;
                Tensor[] first = start.Length > 0
                    ? [.. start.Select(state => TorchApi.select(state, 0, index))]
                    : [.. Enumerable.Range(0, states).Select(_ => Ops.Full(Shape.Create([x.Shape[1], hidden]), 0, x.DType))];
                (Tensor output, Tensor[] end) = Layer(x, first, parameters, $"_l{layer}{(direction == 1 ? "_reverse" : "")}", direction == 1, hidden, cell);
                outputs.Add(output);
                last.Add(end);
            }
            x = outputs.Count == 1 ? outputs[0] : Ops.Concat(outputs, 2);
        }
        Tensor[] ends = [.. Enumerable.Range(0, states).Select(state => Ops.Stack([.. last.Select(end => end[state])]))];
        if (!isBatched) return (Ops.Squeeze(x, 1), [.. ends.Select(end => Ops.Squeeze(end, 1))]);
        return (isBatchFirst ? TorchApi.transpose(x, 0, 1) : x, ends);
    }

    // All steps' products with the input at once; one loop over the steps. It multiplies by a copy of the weights that is the graph's own, which
    // products keep in their order from step to step; TorchSharp's may change.
    private static (Tensor Output, Tensor[] Last) Layer(
        Tensor x, Tensor[] first, Dictionary<string, Parameter> parameters, string suffix, bool isReversed, long hidden,
        Func<Tensor[], Tensor[], long, Tensor[]> cell)
    {
        Tensor? Of(string name) => parameters.TryGetValue(name + suffix, out Parameter? parameter) ? ModuleTable.Value(parameter) : null;
        Tensor? bias = Of("bias_ih"), hiddenBias = Of("bias_hh");
        Tensor products = TorchApi.nn.functional.linear(isReversed ? Ops.Reverse(x, 0) : x, Of("weight_ih")!);
        Tensor weights = Ops.Transpose(Of("weight_hh")!, 1, 0);
        Tensor output;
        Tensor[] end;
        if (first.Length == 2)
        {
            ((Tensor h, Tensor c), output) = Ops.Scan<(Tensor, Tensor), Tensor, Tensor>((first[0], first[1]), products, (state, product) =>
            {
                Tensor[] next = Step(product, [state.Item1, state.Item2]);
                return ((next[0], next[1]), next[0]);
            });
            end = [h, c];
        }
        else
        {
            (Tensor h, output) = Ops.Scan<Tensor, Tensor, Tensor>(first[0], products, (state, product) =>
            {
                Tensor next = Step(product, [state])[0];
                return (next, next);
            });
            end = [h];
        }
        return (isReversed ? Ops.Reverse(output, 0) : output, end);

        Tensor[] Step(Tensor product, Tensor[] state) => cell([Plus(product, bias), Plus(Ops.MatMul(state[0], weights), hiddenBias)], state, hidden);
    }

    private static Tensor Plus(Tensor x, Tensor? bias) => bias is null ? x : Ops.Add(x, bias);

    // Nothing public tells; without the field there is no way to be right.
    private static bool IsBatchFirst(Module module) =>
        module.GetType().GetField("_batch_first", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(module) as bool?
        ?? throw TorchFront.NotConverted(module, "this version of TorchSharp does not tell whether batches come first");

    // Dropout between the layers is known to native code alone: two runs in training tell whether there is any.
    private static void CheckDropout(Module module, long inputs)
    {
        if (!TorchFront.Training(module)) return;
        using var scope = torch.NewDisposeScope();
        using IDisposable constant = torch.no_grad();
        torch.Tensor probe = torch.ones(8, 8, inputs, dtype: module.parameters().First().dtype);
        torch.Tensor Run() => module is LSTM lstm ? lstm.call(probe).Item1 : ((GRU)module).call(probe).Item1;
        if (Run().equal(Run()).all().item<bool>()) return;
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, module.GetName(), "its dropout between layers is known to native code alone",
            "Use modules of one layer with Dropout between them, or call eval().");
    }
}
