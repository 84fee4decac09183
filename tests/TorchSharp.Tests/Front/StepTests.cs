namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Calls in and around a step of training, in the orders in which programs make them.</summary>
public sealed partial class StepTests
{
    public static TheoryData<string> Ways() => ["first", "between", "last", "module", "none", "norm", "value", "both"];

    [TorchTheory]
    [MemberData(nameof(Ways))]
    public void Gradients_may_be_cleared_and_clipped_anywhere(string way) =>
        Twins.Train(() => new Program(way), p => p.Model, (program, _) => program.Step(X(), Y()), tolerance: 2e-4);

    [TorchFact]
    public void Gradients_may_be_cleared_outside() => Twins.Train(() => new Program("none"), p => p.Model, (program, i) =>
    {
        if (i % 2 == 0) program.Optimizer.zero_grad();
        else program.Model.zero_grad();
        return program.Step(X(), Y());
    });

    // The gradients of a call without a step are there for the next, and for plain TorchSharp.
    [TorchFact]
    public void Gradients_of_several_calls_add_up() => Twins.Train(() => new Program("none"), p => p.Model, (program, i) =>
    {
        torch.Tensor first = program.Accumulate(X(), Y()), second = program.Accumulate(X(), Y());
        if (i % 2 == 0)
        {
            program.Optimizer.step();
            program.Optimizer.zero_grad();
            return first + second;
        }
        torch.Tensor third = program.Step(X(), Y());
        program.Optimizer.zero_grad();
        return first + second + third;
    });

    [TorchFact]
    public void Saved_states_are_those_of_the_steps() => Twins.Train(() => new Program("first"), p => p.Model, (program, i) =>
    {
        if (i == 2) program.Save();
        if (i == 4) program.Load();
        return program.Step(X(), Y());
    }, steps: 7);

    [TorchFact]
    public void Another_model_takes_over_a_state()
    {
        using var scope = torch.NewDisposeScope();
        var (first, second) = (new Program("first"), new Program("first"));
        for (int i = 0; i < 3; i++) first.Step(X(), Y());
        second.Step(X(), Y());
        second.Model.load_state_dict(first.Model.state_dict());
        // This gives the tensors of one optimiser to the other.
        ((OptimizerHelper)second.Optimizer).load_state_dict(((OptimizerHelper)first.Optimizer).state_dict());
        torch.Tensor x = X(), y = Y();
        var third = new Program("first");
        third.Model.load_state_dict(first.Model.state_dict());
        ((OptimizerHelper)third.Optimizer).load_state_dict(((OptimizerHelper)first.Optimizer).state_dict());
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) third.Step(x, y);
        second.Step(x, y);
        foreach (var (e, t) in third.Model.parameters().Zip(second.Model.parameters())) Same.Close(e, t, 1e-4);
        second.Model.load_state_dict(first.Model.state_dict());
        first.Model.eval();
        second.Model.eval();
        Same.Close(first.Forward(x), second.Forward(x));
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) Same.Close(first.Forward(x), second.Forward(x));
    }

    [TorchFact]
    public void Another_tensor_in_a_module_or_field_is_read_from_then_on()
    {
        using var scope = torch.NewDisposeScope();
        var holder = new Holder(Linear(3, 3), torch.ones(3));
        torch.Tensor x = torch.ones(2, 3);
        Same.AsEager(() => holder.Run(x));
        holder.Layer.weight = new Parameter(torch.full([3, 3], 2f));
        Same.AsEager(() => holder.Run(x));
        holder.Layer.bias = new Parameter(torch.full([3], 5f));
        Same.AsEager(() => holder.Run(x));
        holder.Shift = torch.full([3], 7f);
        Same.AsEager(() => holder.Run(x));
        holder.Drop.p = 1;
        Same.AsEager(() => holder.Run(x));
        holder.Layers.append(ReLU());
        holder.Layers.append(Linear(3, 2));
        Same.AsEager(() => holder.Run(x));
    }

    [TorchFact]
    public void The_mode_may_change_between_steps() => Twins.Train(() => new Program("first"), p => p.Model, (program, i) =>
    {
        program.Model.train(i % 3 != 2);
        torch.Tensor loss = program.Step(X(), Y());
        program.Model.eval();
        return loss + program.Forward(X()).mean().detach();
    }, steps: 8);

    [TorchFact]
    public void Groups_of_parameters_have_rates_of_their_own() => Twins.Train(
        () => new Program("groups"), p => p.Model, (program, i) =>
        {
            program.Optimizer.ParamGroups.Last().LearningRate = 0.01 * (i + 1);
            return program.Step(X(), Y());
        });

    [TorchFact]
    public void A_parameter_may_be_frozen_and_thawed_between_steps() => Twins.Train(() => new Program("plain"), p => p.Model, (program, i) =>
    {
        program.Model.parameters().First().requires_grad = i is < 2 or > 3;
        return program.Step(X(), Y());
    });

    private static torch.Tensor X() => torch.randn(16, 8);

    private static torch.Tensor Y() => torch.randint(4, [16], dtype: torch.int64);

    internal sealed partial class Holder(Linear layer, torch.Tensor shift)
    {
        public Linear Layer => layer;

        public Dropout Drop { get; } = Dropout(0.0);

        public Sequential Layers { get; } = Sequential(Linear(3, 3));

        public torch.Tensor Shift { get; set; } = shift;

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => Layers.call(layer.call(x) + Shift).abs().sum() + Drop.call(x);
    }

    internal sealed partial class Program
    {
        private readonly Sequential _model = Sequential(Linear(8, 16, hasBias: false), BatchNorm1d(16), ReLU(), Dropout(0.0), Linear(16, 4));
        private readonly string _way;
        private string _saved = "", _state = "";

        public Program(string way)
        {
            _way = way;
            var all = _model.parameters().ToArray();
            Optimizer = way == "plain" ? torch.optim.SGD(all, 0.1) : way == "groups"
                ? torch.optim.Adam([new Adam.ParamGroup(all[..2], lr: 0.05), new Adam.ParamGroup(all[2..], lr: 0.001)])
                : torch.optim.Adam(all, 0.01);
        }

        public Sequential Model => _model;

        public torch.optim.Optimizer Optimizer { get; }

        public void Save()
        {
            _saved = Path.GetTempFileName();
            _model.save(_saved);
            _state = Path.GetTempFileName();
            ((OptimizerHelper)Optimizer).save_state_dict(_state);
        }

        public void Load()
        {
            _model.load(_saved);
            File.Delete(_saved);
            ((OptimizerHelper)Optimizer).load_state_dict(_state);
            File.Delete(_state);
        }

        [GraphFunction]
        public torch.Tensor Forward(torch.Tensor x) => _model.call(x);

        [GraphFunction]
        public torch.Tensor Accumulate(torch.Tensor x, torch.Tensor y)
        {
            torch.Tensor loss = functional.cross_entropy(_model.call(x), y) / 2;
            loss.backward();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            if (_way is "first" or "norm" or "value" or "both" or "groups" or "plain")
                Optimizer.zero_grad();
            torch.Tensor loss = functional.cross_entropy(_model.call(x), y);
            if (_way == "between")
                Optimizer.zero_grad();
            if (_way == "module")
                _model.zero_grad();
            loss.backward();
            torch.Tensor? norm = null;
            if (_way is "value" or "both")
                utils.clip_grad_value_(_model.parameters(), 0.05);
            if (_way is "norm" or "both")
                utils.clip_grad_norm_(_model.parameters(), 0.1);
            Optimizer.step();
            if (_way == "last")
                Optimizer.zero_grad();
            return norm is null ? loss : loss + norm;
        }
    }
}
