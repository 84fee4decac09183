namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Statements of C# around tensors of TorchSharp.</summary>
public sealed partial class StatementTests
{
    public static TheoryData<string> Programs() => [.. Program.All.Keys];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Programs_give_what_TorchSharp_gives(string name)
    {
        using var seed = torch.NewDisposeScope();
        Twins.Train(() => new Program(), program => program.Net, (program, i) =>
            Program.All[name](program, torch.linspace(-1, 1, 6).reshape(2, 3) * (i + 1)), steps: 3);
    }

    internal sealed partial class Program
    {
        public static readonly Dictionary<string, Func<Program, torch.Tensor, torch.Tensor>> All = new()
        {
            [nameof(Using)] = (p, x) => p.Using(x),
            [nameof(UsingBlock)] = (p, x) => p.UsingBlock(x),
            [nameof(Deconstructed)] = (p, x) => p.Deconstructed(x),
            [nameof(Lambda)] = (p, x) => p.Lambda(x),
            [nameof(LocalFunction)] = (p, x) => p.LocalFunction(x),
            [nameof(Dict)] = (p, x) => p.Dict(x),
            [nameof(Switch)] = (p, x) => p.Switch(x, p._count++),
            [nameof(TryFinally)] = (p, x) => p.TryFinally(x),
            [nameof(Nullable)] = (p, x) => p.Nullable(x),
            [nameof(Penalty)] = (p, x) => p.Penalty(x),
            [nameof(Micro)] = (p, x) => p.Micro(x),
            [nameof(Swa)] = (p, x) => p.Swa(x),
        };

        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);
        private readonly Linear _average = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;
        private int _count;

        public Program()
        {
            Net = Sequential(_first, _second);
            _optimizer = torch.optim.AdamW(Net.parameters(), 0.1);
        }

        public Sequential Net { get; }

        private torch.Tensor Train(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Net.call(x).pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Using(torch.Tensor x)
        {
            using var h = x * 2;
            h.add_(1);
            using torch.Tensor y = h.relu(), z = h + y;
            z.mul_(y);
            return Train(z) + h.sum();
        }

        [GraphFunction]
        public torch.Tensor UsingBlock(torch.Tensor x)
        {
            torch.Tensor sum = torch.zeros(1);
            using (var h = x * 2)
            {
                h.add_(1);
                sum.add_(h.sum());
            }
            using (torch.NewDisposeScope())
            {
                var y = x * 3;
                y.sub_(1);
                sum = (sum + y.sum()).MoveToOuterDisposeScope();
            }
            return sum + Train(x);
        }

        [GraphFunction]
        public torch.Tensor Deconstructed(torch.Tensor x)
        {
            var (a, b) = (x * 2, x + 1);
            (a, b) = (b, a);
            var (values, indexes) = a.max(1);
            torch.Tensor loss = Train(a) + values.sum() + indexes.sum() + b.sum();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Lambda(torch.Tensor x)
        {
            Func<torch.Tensor, torch.Tensor> f = v => Net.call(v).tanh() * _first.weight!.sum();
            torch.Tensor w = _first.weight!;
            Func<torch.Tensor> g = () => w.sum() * 2;
            torch.Tensor before = g().detach();
            Train(x);
            return f(x).sum().detach() + before + g().detach();
        }

        [GraphFunction]
        public torch.Tensor LocalFunction(torch.Tensor x)
        {
            torch.Tensor F(torch.Tensor v) { var u = v * 2; u.add_(1); return u; }
            static torch.Tensor G(torch.Tensor v, double s = 0.5) => v * s;
            return Train(F(x)) + G(x).sum() + Train(G(F(x), 0.1));
        }

        [GraphFunction]
        public torch.Tensor Dict(torch.Tensor x)
        {
            var d = new Dictionary<string, torch.Tensor> { ["a"] = x * 2, ["b"] = x };
            d["a"] = d["a"] + 1;
            d["c"] = _first.weight!;
            Train(d["a"]);
            return d["c"].sum().detach() + d.Values.Select(v => v.sum()).Aggregate((s, t) => s + t).detach();
        }

        [GraphFunction]
        public torch.Tensor Switch(torch.Tensor x, int count)
        {
            torch.Tensor loss = (count % 3) switch { 0 => Train(x), 1 => Train(x * 2) * 2, _ => Net.call(x).sum() };
            return loss.detach();
        }

        [GraphFunction]
        public torch.Tensor TryFinally(torch.Tensor x)
        {
            torch.Tensor l;
            try { l = Train(x); }
            finally { using (torch.no_grad()) _first.bias!.mul_(0.9f); }
            return l;
        }

        [GraphFunction]
        public torch.Tensor Nullable(torch.Tensor x)
        {
            torch.Tensor? carried = null;
            for (int i = 0; i < 3; i++)
            {
                var l = Train(x * (i + 1));
                carried = carried is null ? l : carried + l;
            }
            return carried!;
        }

        [GraphFunction]
        public torch.Tensor Penalty(torch.Tensor x)
        {
            _optimizer.zero_grad();
            var loss = Net.call(x).pow(2).mean();
            foreach (var (name, p) in Net.named_parameters())
                if (name.EndsWith("weight")) loss = loss + 0.01f * p.abs().sum() + p.pow(2).sum() * 1e-3f;
            loss.backward();
            foreach (var p in Net.parameters()) p.grad!.clamp_(-0.05f, 0.05f);
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Micro(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor total = torch.zeros(1);
            foreach (var part in x.split(1))
            {
                var loss = Net.call(part).pow(2).mean() / 2;
                loss.backward();
                total += loss.detach();
            }
            _optimizer.step();
            return total;
        }

        [GraphFunction]
        public torch.Tensor Swa(torch.Tensor x)
        {
            var l = Train(x);
            using (torch.no_grad())
                foreach (var (a, p) in _average.parameters().Zip(_first.parameters()))
                    a.copy_(0.9f * a + 0.1f * p);
            return l + _average.forward(x).sum().detach();
        }
    }
}
