using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using Optimizer = global::TorchSharp.torch.optim.Optimizer;

/// <summary>
/// Steps of TorchSharp's optimisers in a graph, on their own state. Numbers such as the rate of learning are read when the graph runs, so that a
/// scheduler may change them.
/// </summary>
internal static class OptimizerSteps
{
    public static void Step(Optimizer optimizer)
    {
        if (optimizer is not OptimizerHelper known || optimizer is not (SGD or Adam or AdamW or RMSProp or Adagrad))
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, $"{optimizer.GetType().Name}.step", "this optimiser is not covered",
                "Use SGD, Adam, AdamW, RMSProp or Adagrad, or call step outside of the graph function.");
            return;
        }
        using IDisposable constant = TorchApi.Unrecorded();
        TorchTrace call = TorchTrace.Here("step");
        GraphControl.Reads(known, ["parameters"], static (owner, state) => state.AddStatic(((OptimizerHelper)owner!).parameters().Count()));
        var all = known.state_dict();
        int next = 0;
        foreach (ParamGroup group in known.ParamGroups.Cast<ParamGroup>())
        {
            List<(TorchVariable Variable, Tensor Gradient, OptimizerState State)> items = [];
            List<(Tensor Has, (TorchVariable Variable, Tensor Gradient, OptimizerState State) Item)> uncertain = [];
            foreach (Parameter parameter in group.Parameters)
            {
                OptimizerState state = all.State[next++];
                Prepare(group.Options, state, parameter);
                // A loaded state may bring tensors of its own.
                GraphControl.Reads(state, ["tensors"], static (owner, read) =>
                {
                    foreach (torch.Tensor? tensor in TensorsOf(owner)) read.AddStatic(tensor is null ? null : TorchVariable.Of(tensor));
                });
                TorchVariable variable = call.Find(parameter);
                var (gradient, has) = call.GradientOf(variable);
                call.SetUsed(variable);
                if (gradient is null) continue;
                var item = (call.Written(variable), gradient, state);
                if (has is null) items.Add(item);
                else uncertain.Add((has, item));
            }
            if (items.Count > 0) Step(call, group.Options, items);
            foreach (var (has, item) in uncertain) StepIf(has, call, group.Options, item);
        }
    }

    // The first step takes the gradient itself, as one with a buffer of zeros does; with dampening it does not.
    private static void Prepare(OptimizerOptions options, OptimizerState state, Parameter parameter)
    {
        if (state is not SGD.State { momentum_buffer: null } sgd || options is not SGD.Options { momentum: not 0, dampening: 0 }) return;
        using (torch.no_grad()) sgd.momentum_buffer = torch.zeros_like(parameter).DetachFromDisposeScope();
    }

    // A parameter without a gradient takes no step.
    private static void StepIf(
        Tensor has, TorchTrace call, OptimizerOptions options, (TorchVariable Variable, Tensor Gradient, OptimizerState State) item)
    {
        IfBuilder<Unit> branch = GraphControl.If(has);
        if (branch.Then())
        {
            Step(call, options, [item]);
            branch.EndThen();
        }
        branch.End();
    }

    private static void Step(TorchTrace call, OptimizerOptions options, List<(TorchVariable Variable, Tensor Gradient, OptimizerState State)> items)
    {
        OptimizerState[] states = [.. items.Select(item => item.State)];
        bool isUneven = call.StepsUnevenly(options, states);
        if (items.Count > 1 && states.Any(state => StepsOf(state) is not null))
        {
            // One that had no gradient at times has taken fewer steps: then each goes by its own number.
            GraphControl.Reads(options, ["numbers of steps"], (_, read) => read.AddStatic(IsEven(states)));
            if (isUneven || !IsEven(states))
            {
                foreach (var item in items) Step(call, options, [item]);
                return;
            }
        }
        switch (options)
        {
            case SGD.Options sgd:
                GraphControl.Reads(sgd, ["momentum", "weight_decay", "nesterov", "maximize"], static (o, s) => Flags(s, ((SGD.Options)o!).momentum != 0,
                    ((SGD.Options)o).weight_decay != 0, ((SGD.Options)o).nesterov == true, ((SGD.Options)o).maximize == true));
                Tensor[] numbers = Numbers(() => [sgd.LearningRate!.Value, sgd.momentum!.Value, 1 - sgd.dampening!.Value,
                    sgd.weight_decay!.Value], 4);
                foreach (var item in items) Sgd(call, sgd, numbers, item.Variable, item.Gradient, (SGD.State)item.State);
                break;
            case Adam.Options adam:
                GraphControl.Reads(adam, ["amsgrad", "weight_decay", "maximize"], static (o, s) => Flags(
                    s, ((Adam.Options)o!).amsgrad == true, ((Adam.Options)o).weight_decay != 0, ((Adam.Options)o).maximize == true));
                Tensor[] rates = Numbers(() => Rates(
                    adam.LearningRate!.Value, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value, adam.weight_decay!.Value,
                    states.Max(state => ++((Adam.State)state).step)), 7);
                foreach (var item in items)
                {
                    Tensor gradient = adam.maximize == true ? Ops.Neg(item.Gradient) : item.Gradient;
                    if (adam.weight_decay != 0) gradient = Ops.Add(gradient, Ops.Mul(item.Variable.Variable.Value, Like(rates[5], gradient)));
                    var state = (Adam.State)item.State;
                    Moments(call, rates, item.Variable, gradient, state.exp_avg, state.exp_avg_sq, adam.amsgrad == true ? state.max_exp_avg_sq
                        : null);
                }
                break;
            case AdamW.Options adam:
                GraphControl.Reads(adam, ["amsgrad", "maximize"], static (o, s) => Flags(s, ((AdamW.Options)o!).amsgrad == true, ((AdamW.Options)o).maximize == true));
                Tensor[] decayed = Numbers(() => Rates(
                    adam.LearningRate!.Value, adam.beta1!.Value, adam.beta2!.Value, adam.eps!.Value,
                    1 - (adam.LearningRate!.Value * adam.weight_decay!.Value), states.Max(state => ++((AdamW.State)state).step)), 7);
                foreach (var item in items)
                {
                    Variable variable = item.Variable.Variable;
                    variable.Assign(Ops.Mul(variable.Value, Like(decayed[5], item.Gradient)));
                    var state = (AdamW.State)item.State;
                    Moments(
                        call, decayed, item.Variable, adam.maximize == true ? Ops.Neg(item.Gradient) : item.Gradient, state.exp_avg, state.exp_avg_sq,
                        adam.amsgrad == true ? state.max_exp_avg_sq : null);
                }
                break;
            case RMSProp.Options rms:
                GraphControl.Reads(rms, ["momentum", "weight_decay", "centered", "maximize"], static (o, s) => Flags(s, ((RMSProp.Options)o!).momentum > 0,
                    ((RMSProp.Options)o).weight_decay != 0, ((RMSProp.Options)o).centered == true, ((RMSProp.Options)o).maximize == true));
                Tensor[] squares = Numbers(
                    () =>
                    {
                        foreach (OptimizerState state in states) ((RMSProp.State)state).step++;
                        return [rms.LearningRate!.Value, rms.momentum!.Value, rms.alpha!.Value, 1 - rms.alpha!.Value, rms.eps!.Value,
                            rms.weight_decay!.Value];
                    }, 6);
                foreach (var item in items) Rms(call, rms, squares, item.Variable, item.Gradient, (RMSProp.State)item.State);
                break;
            case Adagrad.Options grad:
                GraphControl.Reads(grad, ["weight_decay"], static (o, s) => Flags(s, ((Adagrad.Options)o!).weight_decay != 0));
                Tensor[] sums = Numbers(
                    () =>
                    {
                        long step = states.Max(state => ++((Adagrad.State)state).step);
                        return [grad.LearningRate!.Value / (1 + ((step - 1) * grad.lr_decay!.Value)), grad.eps!.Value, grad.weight_decay!.Value];
                    }, 3);
                foreach (var item in items)
                {
                    Variable variable = item.Variable.Variable, sum = call.Find(((Adagrad.State)item.State).sum, isState: true).Variable;
                    Tensor gradient = grad.weight_decay != 0 ? Ops.Add(item.Gradient, Ops.Mul(variable.Value, Like(sums[2], item.Gradient)))
                        : item.Gradient;
                    sum.Assign(Ops.Add(sum.Value, Ops.Square(gradient)));
                    Tensor deviation = Ops.Add(Ops.Sqrt(sum.Value), Like(sums[1], gradient));
                    variable.Assign(Ops.Sub(variable.Value, Ops.Mul(Ops.Div(gradient, deviation), Like(sums[0], gradient))));
                }
                break;
        }
    }

    // Step size, root of the second correction, what is left of the averages and what is added, epsilon, decay.
    private static double[] Rates(double rate, double beta1, double beta2, double epsilon, double decay, long step) =>
        [rate / (1 - Math.Pow(beta1, step)), Math.Sqrt(1 - Math.Pow(beta2, step)), beta1, beta2, epsilon, decay, 0];

    private static void Moments(
        TorchTrace call, Tensor[] rates, TorchVariable parameter, Tensor gradient, torch.Tensor average, torch.Tensor square, torch.Tensor? largest)
    {
        Variable variable = parameter.Variable, first = call.Find(average, isState: true).Variable;
        Variable second = call.Find(square, isState: true).Variable;
        Tensor beta1 = Like(rates[2], gradient), beta2 = Like(rates[3], gradient);
        Tensor rest1 = Like(TorchApi.sub(1, rates[2]), gradient), rest2 = Like(TorchApi.sub(1, rates[3]), gradient);
        Tensor mean = Ops.Add(Ops.Mul(first.Value, beta1), Ops.Mul(gradient, rest1));
        Tensor spread = Ops.Add(Ops.Mul(second.Value, beta2), Ops.Mul(Ops.Square(gradient), rest2));
        first.Assign(mean);
        second.Assign(spread);
        if (largest is not null)
        {
            Variable most = call.Find(largest, isState: true).Variable;
            spread = Ops.Max(most.Value, spread);
            most.Assign(spread);
        }
        Tensor divisor = Ops.Add(Ops.Div(Ops.Sqrt(spread), Like(rates[1], gradient)), Like(rates[4], gradient));
        variable.Assign(Ops.Sub(variable.Value, Ops.Mul(Ops.Div(mean, divisor), Like(rates[0], gradient))));
    }

    private static void Sgd(TorchTrace call, SGD.Options options, Tensor[] numbers, TorchVariable parameter, Tensor gradient, SGD.State state)
    {
        Variable variable = parameter.Variable;
        if (options.weight_decay != 0) gradient = Ops.Add(gradient, Ops.Mul(variable.Value, Like(numbers[3], gradient)));
        if (options.momentum != 0)
        {
            Tensor momentum = Like(numbers[1], gradient), buffer;
            if (state.momentum_buffer is null)
            {
                // The first step makes the buffer; a graph for all others follows.
                buffer = call.Made(state) is { } made ? Ops.Add(Ops.Mul(made, momentum), Ops.Mul(gradient, Like(numbers[2], gradient))) : gradient;
                call.Make(state, buffer);
                Ops.HostCall(
                    values =>
                    {
                        state.momentum_buffer?.Dispose();
                        state.momentum_buffer = values[0].ToTorch(copy: true).DetachFromDisposeScope();
                    },
                    [buffer]);
            }
            else
            {
                Variable kept = call.Find(state.momentum_buffer, isState: true).Variable;
                buffer = Ops.Add(Ops.Mul(kept.Value, momentum), Ops.Mul(gradient, Like(numbers[2], gradient)));
                kept.Assign(buffer);
            }
            gradient = options.nesterov == true ? Ops.Add(gradient, Ops.Mul(buffer, momentum)) : buffer;
        }
        Tensor change = Ops.Mul(gradient, Like(numbers[0], gradient));
        variable.Assign(options.maximize == true ? Ops.Add(variable.Value, change) : Ops.Sub(variable.Value, change));
    }

    private static void Rms(TorchTrace call, RMSProp.Options options, Tensor[] numbers, TorchVariable parameter, Tensor gradient, RMSProp.State state)
    {
        Variable variable = parameter.Variable, square = call.Find(state.square_avg, isState: true).Variable;
        Tensor left = Like(numbers[2], gradient), added = Like(numbers[3], gradient), rate = Like(numbers[0], gradient);
        if (options.maximize == true) gradient = Ops.Neg(gradient);
        if (options.weight_decay != 0) gradient = Ops.Add(gradient, Ops.Mul(variable.Value, Like(numbers[5], gradient)));
        Tensor spread = Ops.Add(Ops.Mul(square.Value, left), Ops.Mul(Ops.Square(gradient), added));
        square.Assign(spread);
        if (options.centered == true)
        {
            Variable mean = call.Find(state.grad_avg, isState: true).Variable;
            Tensor average = Ops.Add(Ops.Mul(mean.Value, left), Ops.Mul(gradient, added));
            mean.Assign(average);
            spread = Ops.Sub(spread, Ops.Square(average));
        }
        Tensor change = Ops.Div(gradient, Ops.Add(Ops.Sqrt(spread), Like(numbers[4], gradient)));
        if (options.momentum > 0)
        {
            Variable buffer = call.Find(state.momentum_buffer, isState: true).Variable;
            change = Ops.Add(Ops.Mul(buffer.Value, Like(numbers[1], gradient)), change);
            buffer.Assign(change);
        }
        variable.Assign(Ops.Sub(variable.Value, Ops.Mul(change, rate)));
    }

    private static ReadOnlySpan<torch.Tensor?> TensorsOf(object? state) => state switch
    {
        SGD.State s => new torch.Tensor?[] { s.momentum_buffer },
        Adam.State s => new torch.Tensor?[] { s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq },
        AdamW.State s => new torch.Tensor?[] { s.exp_avg, s.exp_avg_sq, s.max_exp_avg_sq },
        RMSProp.State s => new torch.Tensor?[] { s.square_avg, s.grad_avg, s.momentum_buffer },
        Adagrad.State s => new torch.Tensor?[] { s.sum },
        _ => [],
    };

    // Numbers that C# knows when the graph runs.
    private static Tensor[] Numbers(Func<double[]> read, int count)
    {
        Tensor numbers = Ops.HostCall(_ => [read()], [new TensorType(DType.F64, [count])])[0];
        return Ops.Unstack(numbers);
    }

    private static Tensor Like(Tensor number, Tensor x) => Ops.Cast(number, x.DType);

    private static void Flags(GraphCall state, params ReadOnlySpan<bool> flags)
    {
        foreach (bool flag in flags) state.AddStatic(flag);
    }

    private static bool IsEven(OptimizerState[] states) => Array.TrueForAll(states, state => StepsOf(state) == StepsOf(states[0]));

    private static long? StepsOf(OptimizerState state) => state switch
    {
        Adam.State s => s.step,
        AdamW.State s => s.step,
        Adagrad.State s => s.step,
        _ => null,
    };
}
