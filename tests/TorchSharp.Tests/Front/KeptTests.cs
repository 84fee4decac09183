namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Tensors that TorchSharp keeps: which of them are one, what they share, and what a program sets between calls.</summary>
public sealed partial class KeptTests
{
    [TorchFact]
    public void Two_tensors_at_one_address_are_two()
    {
        var kept = new Kept();
        torch.Tensor x = torch.ones(3, 3);
        Same.AsEager(() => kept.Both(x));
    }

    [TorchFact]
    public void A_detached_name_of_a_parameter_gets_no_gradient()
    {
        (torch.Tensor Loss, torch.Tensor? Gradient) Run()
        {
            var kept = new Kept();
            torch.Tensor loss = kept.Frozen(torch.ones(3, 3));
            return (loss, kept.W.grad);
        }

        Same.AsEager(() => Run());
    }

    [TorchFact]
    public void Two_parameters_on_one_memory_have_gradients_of_their_own()
    {
        (torch.Tensor?, torch.Tensor?) Run()
        {
            var kept = new Kept();
            kept.Pair(torch.ones(3, 3));
            return (kept.W.grad, kept.Twin.grad);
        }

        Same.AsEager(() => Run());
    }

    [TorchFact]
    public void A_change_that_another_name_would_see_is_refused()
    {
        var error = Assert.Throws<GraphException>(() => new Kept().Change(torch.ones(3, 3)));
        Assert.Equal("TG1014", error.Id);
        Assert.Contains("shares its memory", error.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void The_gradient_of_what_was_computed_outside_is_refused()
    {
        var kept = new Kept();
        kept.Outer = kept.W * 2;
        Assert.Contains("outside of the function", Assert.Throws<GraphException>(() => kept.Nonleaf(torch.ones(3, 3))).Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void Any_tensor_may_stop_to_require_a_gradient()
    {
        torch.Tensor?[] Run()
        {
            var kept = new Kept { Plain = torch.ones(3, 3).requires_grad_() };
            kept.OfPlain(torch.ones(3, 3));
            torch.Tensor? first = kept.Plain.grad?.clone();
            kept.Plain.requires_grad = false;
            kept.OfPlain(torch.ones(3, 3));
            return [first!, kept.Plain.grad!];
        }

        Same.AsEager(Run);
    }

    [TorchFact]
    public void What_a_step_has_changed_torch_knows()
    {
        var kept = new Kept();
        var optimizer = torch.optim.SGD(kept.parameters(), 0.1);
        torch.Tensor loss = kept.W.pow(2).mul(kept.W).sum();
        kept.Step(optimizer, torch.ones(3, 3));
        Assert.Contains("inplace", Assert.ThrowsAny<Exception>(() => loss.backward()).Message, StringComparison.Ordinal);
    }

    [TorchTheory]
    [InlineData("managed")]
    [InlineData("interpreter")]
    [InlineData("torch:nodes")]
    public void A_table_of_rows_trains_on_every_device(string device)
    {
        using IDisposable use = Device.Use(Devices.Find(device));
        Twins.Train(() => new Rows(), r => r, (rows, i) => rows.Step(torch.tensor(new long[] { 1, 2, 2, 0 })));
    }

    [TorchTheory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    public void Two_steps_in_one_call_keep_one_momentum(double dampening)
    {
        torch.Tensor[] Run()
        {
            var kept = new Kept();
            var optimizer = torch.optim.SGD([kept.W], 0.1, momentum: 0.9, dampening: dampening);
            for (int i = 0; i < 3; i++) kept.TwoSteps(optimizer, torch.ones(3, 3));
            return [kept.W];
        }

        Same.AsEager(Run);
    }

    [TorchFact]
    public void A_parameter_that_is_listed_twice_is_clipped_twice()
    {
        torch.Tensor?[] Run()
        {
            var kept = new Kept();
            kept.Clip(torch.ones(3, 3));
            return [kept.W.grad];
        }

        Same.AsEager(Run);
    }

    [TorchFact]
    public void Numbers_of_modules_may_change()
    {
        (Module<torch.Tensor, torch.Tensor> Module, Action Change)[] modules =
        [
            With(LeakyReLU(0.1), m => m.negative_slope = 0.5), With(ELU(1), m => m.alpha = 3), With(Softplus(1), m => m.beta = 2),
            With(Softmax(1), m => m.dim = 2), With(Flatten(1), m => m.start_dim = 2),
            With(Conv2d(2, 2, 2, bias: false), m => m.stride = [2, 2]), With(Conv2d(2, 2, 2, bias: false), m => m.dilation = [2, 2]),
            With(MaxPool2d(2), m => m.stride = [1, 1]), With(AvgPool2d(2), m => m.kernel_size = [3, 3]), With(LayerNorm(4), m => m.eps = 0.5),
            With(BatchNorm2d(2), m => m.eps = 0.5),
        ];
        torch.Tensor x = torch.randn(2, 2, 4, 4);
        foreach (var (module, change) in modules)
        {
            module.eval();
            var runs = new Runs(module);
            runs.Run(x);
            change();
            torch.Tensor expected;
            using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) expected = runs.Run(x);
            Same.Close(expected, runs.Run(x), what: module.GetName());
        }

        static (Module<torch.Tensor, torch.Tensor>, Action) With<T>(T module, Action<T> change)
            where T : Module<torch.Tensor, torch.Tensor> => (module, () => change(module));
    }

    internal sealed partial class Runs(Module<torch.Tensor, torch.Tensor> module)
    {
        [TensorGraph.GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => module.call(x);
    }

    internal sealed partial class Rows : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Embedding _rows = Embedding(4, 3);
        private readonly torch.optim.Optimizer _optimizer;

        public Rows()
            : base("rows")
        {
            RegisterComponents();
            _optimizer = torch.optim.SGD(parameters(), 0.1);
        }

        public override torch.Tensor forward(torch.Tensor x) => _rows.call(x);

        [TensorGraph.GraphFunction]
        public torch.Tensor Step(torch.Tensor x)
        {
            _optimizer.zero_grad();
            var loss = forward(x).pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss;
        }
    }

    internal sealed partial class Kept : Module
    {
        public Kept()
            : base("kept")
        {
            W = new Parameter(torch.arange(9, dtype: torch.float32).reshape(3, 3));
            Twin = new Parameter(W.detach());
            WDetached = W.detach();
            A = torch.arange(9, dtype: torch.float32).reshape(3, 3);
            At = A.t();
            register_parameter("w", W);
        }

        public Parameter W { get; }

        public Parameter Twin { get; }

        public torch.Tensor WDetached { get; }

        public torch.Tensor A { get; }

        public torch.Tensor At { get; }

        public torch.Tensor Plain { get; init; } = torch.ones(1);

        public torch.Tensor Outer { get; set; } = torch.ones(1);

        [TensorGraph.GraphFunction]
        public torch.Tensor Both(torch.Tensor x) => x + (A * 10) + At;

        [TensorGraph.GraphFunction]
        public torch.Tensor Frozen(torch.Tensor x)
        {
            var loss = (x * W + x * WDetached * 3).sum();
            loss.backward();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor Pair(torch.Tensor x)
        {
            var loss = (x * W + x * Twin * 3).sum();
            loss.backward();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor Change(torch.Tensor x)
        {
            A.add_(1);
            return At + x;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor Nonleaf(torch.Tensor x)
        {
            var loss = (x * Outer).sum();
            loss.backward();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor OfPlain(torch.Tensor x)
        {
            var loss = (x * Plain * W).sum();
            loss.backward();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor Step(torch.optim.Optimizer optimizer, torch.Tensor x)
        {
            optimizer.zero_grad();
            var loss = (x * W).sum();
            loss.backward();
            optimizer.step();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor TwoSteps(torch.optim.Optimizer optimizer, torch.Tensor x)
        {
            optimizer.zero_grad();
            (x * W).pow(2).sum().backward();
            optimizer.step();
            optimizer.zero_grad();
            var loss = (x * W).pow(2).sum();
            loss.backward();
            optimizer.step();
            return loss;
        }

        [TensorGraph.GraphFunction]
        public torch.Tensor Clip(torch.Tensor x)
        {
            var loss = (x * W).sum();
            loss.backward();
            torch.nn.utils.clip_grad_norm_([W, W], 0.5);
            return loss;
        }
    }
}
