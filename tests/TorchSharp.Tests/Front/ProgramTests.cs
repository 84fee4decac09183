namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Whole programs of TorchSharp's kind: modules of several forms, and steps that do their work by hand.</summary>
public sealed partial class ProgramTests
{
    [TorchFact]
    public void A_variational_autoencoder_trains() => Twins.Train(
        () => new VaeTrainer(new Vae()), t => t.Model, (trainer, _) => trainer.Step(torch.rand(8, 12), torch.randn(8, 3)));

    [TorchFact]
    public void Two_networks_train_against_each_other() => Twins.Train(
        () => new Adversaries(), t => t.All, (trainer, _) => trainer.Step(torch.randn(8, 4), torch.randn(8, 3)) is var (d, g) ? d + g : null!);

    [TorchFact]
    public void Derived_and_generic_modules_in_lists_train() => Twins.Train(
        () => new Stack(), t => t.Net, (trainer, i) => trainer.Step(torch.randn(6, 8), i % 2 == 0));

    [TorchFact]
    public void Steps_by_hand_train() => Twins.Train(() => new ByHand(), t => t.Net, (trainer, _) => trainer.Step(torch.randn(6, 8), torch.randn(6, 2)));

    [TorchFact]
    public void A_network_follows_another() => Twins.Train(() => new Follower(), t => t.Both, (trainer, _) => trainer.Step(torch.randn(6, 8), torch.rand(6)));

    internal sealed partial class Vae : Module<torch.Tensor, (torch.Tensor, torch.Tensor, torch.Tensor)>
    {
        private readonly Linear hidden = Linear(12, 16), mean = Linear(16, 3), variance = Linear(16, 3), output = Linear(3, 12);

        public Vae()
            : base("vae") => RegisterComponents();

        public torch.Tensor Noise { get; set; } = torch.zeros(1).DetachFromDisposeScope();

        public override (torch.Tensor, torch.Tensor, torch.Tensor) forward(torch.Tensor x)
        {
            var (mu, logvar) = Encode(x);
            return (Decode(mu + (0.5 * logvar).exp()), mu, logvar);
        }

        public (torch.Tensor Mean, torch.Tensor LogVariance) Encode(torch.Tensor x)
        {
            using var h = functional.relu(hidden.call(x));
            return (mean.call(h), variance.call(h));
        }

        public torch.Tensor Decode(torch.Tensor z) => output.call(z).sigmoid();
    }

    internal sealed partial class VaeTrainer(Vae model)
    {
        private readonly torch.optim.Optimizer _optimizer = torch.optim.Adam(model.parameters(), 0.01);

        public Vae Model => model;

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor noise)
        {
            _optimizer.zero_grad();
            var (_, mu, logvar) = model.call(x);
            torch.Tensor z = mu + noise * torch.exp(0.5 * logvar), again = model.Decode(z);
            torch.Tensor loss = Loss(again, x, mu, logvar) / x.shape[0];
            loss.backward();
            _optimizer.step();
            return loss;
        }

        private static torch.Tensor Loss(torch.Tensor again, torch.Tensor x, torch.Tensor mu, torch.Tensor logvar)
        {
            var reconstruction = functional.binary_cross_entropy(again, x, reduction: Reduction.Sum);
            var divergence = -0.5 * (1 + logvar - mu.pow(2) - logvar.exp()).sum();
            return reconstruction + divergence;
        }
    }

    internal sealed partial class Adversaries
    {
        private readonly Sequential _maker = Sequential(("fc1", Linear(3, 16)), ("act", LeakyReLU(0.2)), ("fc2", Linear(16, 4)));
        private readonly Sequential _judge = Sequential(("fc1", Linear(4, 16)), ("act", LeakyReLU(0.2)), ("fc2", Linear(16, 1)), ("out", Sigmoid()));
        private readonly BCELoss _criterion = BCELoss();
        private readonly torch.optim.Optimizer _makes, _judges;

        public Adversaries()
        {
            _makes = torch.optim.Adam(_maker.parameters(), lr: 0.01, beta1: 0.5);
            _judges = torch.optim.Adam(_judge.parameters(), lr: 0.01, beta1: 0.5);
            All = Sequential(_maker, _judge);
        }

        public Module All { get; }

        [GraphFunction]
        public (torch.Tensor, torch.Tensor) Step(torch.Tensor real, torch.Tensor noise)
        {
            torch.Tensor ones = torch.ones(real.shape[0], 1), zeros = torch.zeros(real.shape[0], 1);
            _judges.zero_grad();
            var fake = _maker.call(noise);
            var judged = _criterion.call(_judge.call(real), ones) + _criterion.call(_judge.call(fake.detach()), zeros);
            judged.backward();
            _judges.step();
            _makes.zero_grad();
            var fooled = _criterion.call(_judge.call(fake), ones);
            fooled.backward();
            _makes.step();
            return (judged, fooled);
        }
    }

    internal abstract partial class Block(string name) : Module<torch.Tensor, torch.Tensor>(name)
    {
        protected double Share { get; init; } = 0.5;

        public override torch.Tensor forward(torch.Tensor x) => x + Body(x) * Share;

        protected abstract torch.Tensor Body(torch.Tensor x);
    }

    internal sealed partial class DenseBlock : Block
    {
        private readonly Linear fc = Linear(8, 8);

        public DenseBlock()
            : base("dense") => RegisterComponents();

        protected override torch.Tensor Body(torch.Tensor x) => functional.gelu(fc.call(x));
    }

    internal sealed partial class ScaleBlock : Block
    {
        private readonly Parameter scale = Parameter(torch.ones(8));
        private readonly torch.Tensor steps = torch.zeros(1);

        public ScaleBlock()
            : base("scale")
        {
            register_buffer("steps", steps);
            RegisterComponents();
        }

        protected override torch.Tensor Body(torch.Tensor x)
        {
            if (training)
                steps.add_(1);
            return x * scale / (1 + steps);
        }
    }

    internal sealed partial class Wrapped<T> : Module<torch.Tensor, torch.Tensor>
        where T : Module<torch.Tensor, torch.Tensor>
    {
        private readonly T inner;

        public Wrapped(T inner)
            : base("wrapped")
        {
            this.inner = inner;
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor x) => inner.call(x.tanh());
    }

    internal sealed partial class StackNet : Module<torch.Tensor, bool, torch.Tensor>
    {
        private readonly ModuleList<Module<torch.Tensor, torch.Tensor>> blocks;
        private readonly Linear brief = Linear(8, 1);
        private readonly Sequential full = Sequential(Linear(8, 8), ReLU(), Linear(8, 1));

        public StackNet()
            : base("stack")
        {
            blocks = new(new DenseBlock(), new ScaleBlock(), new Wrapped<DenseBlock>(new DenseBlock()));
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor x, bool isLong)
        {
            foreach (var block in blocks)
                x = block.call(x);
            for (int i = 0; i < blocks.Count; i++)
                x = Again(blocks[i], x);
            return isLong ? full.call(x) : brief.call(x);
        }

        private static torch.Tensor Again<T>(T module, torch.Tensor x)
            where T : Module<torch.Tensor, torch.Tensor> => module.call(x) * 0.5;
    }

    internal sealed partial class Stack
    {
        private readonly torch.optim.Optimizer _optimizer;

        public Stack() => _optimizer = torch.optim.SGD(Net.parameters(), 0.05, momentum: 0.9);

        public StackNet Net { get; } = new();

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, bool isLong)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Net.call(x, isLong).pow(2).mean();
            foreach (Parameter parameter in Net.parameters())
                loss = loss + 1e-3 * parameter.pow(2).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }
    }

    internal sealed partial class ByHand
    {
        public Sequential Net { get; } = Sequential(Linear(8, 6), Tanh(), Linear(6, 2));

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            Net.zero_grad();
            torch.Tensor loss = functional.mse_loss(Net.call(x), y);
            loss.backward();
            using (torch.no_grad())
            {
                foreach (var parameter in Net.parameters())
                {
                    if (parameter.grad is not null)
                        parameter.sub_(parameter.grad * 0.1);
                }
            }
            return loss;
        }
    }

    internal sealed partial class Follower
    {
        private readonly Sequential _online = Sequential(Linear(8, 6), ReLU(), Linear(6, 3)), _target = Sequential(Linear(8, 6), ReLU(), Linear(6, 3));
        private readonly torch.optim.Optimizer _optimizer;

        public Follower()
        {
            _target.load_state_dict(_online.state_dict());
            _optimizer = torch.optim.RMSProp(_online.parameters(), 0.01);
            Both = Sequential(_online, _target);
        }

        public Module Both { get; }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor state, torch.Tensor reward)
        {
            torch.Tensor expected;
            using (torch.no_grad())
                expected = reward + 0.9 * _target.call(state * 0.5).max(1).values;
            torch.Tensor found = _online.call(state).gather(1, state.narrow(1, 0, 3).argmax(1).unsqueeze(1)).squeeze(1);
            torch.Tensor loss = functional.smooth_l1_loss(found, expected);
            _optimizer.zero_grad();
            loss.backward();
            utils.clip_grad_value_(_online.parameters(), 1.0);
            _optimizer.step();
            using (torch.no_grad())
            {
                foreach (var (old, fresh) in _target.parameters().Zip(_online.parameters()))
                    old.copy_(old * 0.9 + fresh * 0.1);
            }
            return loss;
        }
    }
}
