namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Steps of training: the losses, parameters and states of optimisers are those of TorchSharp.</summary>
public sealed partial class TrainingTests
{
    public static TheoryData<string> Optimizers() => ["SGD", "Momentum", "Nesterov", "Adam", "AMSGrad", "AdamW", "RMSProp", "Centered", "Adagrad"];

    [TorchTheory]
    [MemberData(nameof(Optimizers))]
    public void A_step_trains_as_TorchSharp_does(string name)
    {
        using var scope = torch.NewDisposeScope();
        var (eager, traced) = (Make(name), Make(name));
        for (int step = 0; step < 5; step++)
        {
            torch.Tensor x = torch.randn(16, 8), y = torch.randint(4, [16], dtype: torch.int64);
            torch.Tensor expected;
            using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) expected = eager.Step(x, y);
            torch.Tensor found = traced.Step(x, y);
            Same.Close(expected, found, 1e-5, $"loss {step}");
            foreach (var (e, t) in eager.Model.parameters().Zip(traced.Model.parameters())) Same.Close(e, t, 1e-5, $"parameter after step {step}");
        }
        // Both go on as plain TorchSharp.
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use())
        {
            torch.Tensor x = torch.randn(16, 8), y = torch.randint(4, [16], dtype: torch.int64);
            Same.Close(eager.Step(x, y), traced.Step(x, y));
            foreach (var (e, t) in eager.Model.parameters().Zip(traced.Model.parameters())) Same.Close(e, t, 1e-5);
        }
    }

    [TorchFact]
    public void The_mode_of_a_module_is_a_part_of_the_signature()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(3);
        var net = new Blocks();
        torch.Tensor x = torch.randn(4, 1, 8, 8);
        var step = new Runner(net);
        for (int i = 0; i < 3; i++)
        {
            net.train();
            Same.AsEager(() => { step.Reset(); return step.Run(x); });
            net.eval();
            Same.AsEager(() => step.Run(x));
        }
    }

    private static Trainer Make(string name)
    {
        torch.manual_seed(1);
        var model = new Net();
        var p = model.parameters();
        return new Trainer(model, name switch
        {
            "SGD" => torch.optim.SGD(p, 0.1, weight_decay: 0.01),
            "Momentum" => torch.optim.SGD(p, 0.1, momentum: 0.9, dampening: 0.1),
            "Nesterov" => torch.optim.SGD(p, 0.1, momentum: 0.9, nesterov: true),
            "Adam" => torch.optim.Adam(p, 0.01, weight_decay: 0.01),
            "AMSGrad" => torch.optim.Adam(p, 0.01, amsgrad: true),
            "AdamW" => torch.optim.AdamW(p, 0.01),
            "RMSProp" => torch.optim.RMSProp(p, 0.01, momentum: 0.5, weight_decay: 0.01),
            "Centered" => torch.optim.RMSProp(p, 0.01, centered: true),
            _ => torch.optim.Adagrad(p, 0.05, lr_decay: 0.1),
        });
    }

    internal sealed partial class Net : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear fc1 = Linear(8, 16);
        private readonly Linear fc2 = Linear(16, 4);

        public Net()
            : base("net") => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor x)
        {
            var h = functional.relu(fc1.forward(x));
            return fc2.forward(h);
        }
    }

    internal sealed partial class Blocks : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Sequential layers = Sequential(
            Conv2d(1, 4, 3, padding: 1), BatchNorm2d(4), ReLU(inplace: true), MaxPool2d(2), Conv2d(4, 6, 3), GELU(), AvgPool2d(2), Flatten(),
                Linear(6, 5), LayerNorm(5));

        public Blocks()
            : base("blocks") => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor x) => layers.forward(x);

        public void Reset() => ((BatchNorm2d)layers[1]).reset_running_stats();
    }

    internal sealed partial class Runner(Blocks net)
    {
        public void Reset() => net.Reset();

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => net.forward(x);
    }

    internal sealed partial class Trainer(Net model, torch.optim.Optimizer optimizer)
    {
        public Net Model => model;

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(x), y);
            loss.backward();
            optimizer.step();
            return loss;
        }
    }
}
