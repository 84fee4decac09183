namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>A change in place gives the parameter or gradient itself, and a tensor that is set as a gradient is one.</summary>
public sealed partial class NamedChangeTests
{
    public static TheoryData<string> Programs() => [.. Program.All.Keys];

    public static TheoryData<string, string> Refused() => new()
    {
        { nameof(Program.SharedByList), "p.grad = t.clone()" },
        { nameof(Program.SharedByView), "p.grad = t.clone()" },
        { nameof(Program.SharedByChoice), "p.grad = t.clone()" },
        { nameof(Program.SetInBranch), "clone()" },
        { nameof(Program.OfBranch), "clone()" },
        { nameof(Program.OfLoop), "clone()" },
        { nameof(Program.Carried), "clone()" },
        { nameof(Program.CarriedInList), "clone()" },
        { nameof(Program.CarriedToTheEnd), "clone()" },
        { nameof(Program.CarriedInBranch), "clone()" },
        { nameof(Program.CarriedView), "clone()" },
        { nameof(Program.CarriedNested), "clone()" },
        { nameof(Program.CarriedIntoLoop), "clone()" },
        { nameof(Program.MaybeInLoop), "clone()" },
        { nameof(Program.CarriedGradient), "clone()" },
        { nameof(Program.GradientOfBranch), "clone()" },
        { nameof(Program.GradientFromBefore), "clone()" },
        { nameof(Program.ReplacedInLoop), "clone()" },
        { nameof(Program.ReplacedInLoopOfCondition), "clone()" },
        { nameof(Program.UnsureInLoop), "clone()" },
    };

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void A_name_has_what_TorchSharp_has_there(string name)
    {
        using var seed = torch.NewDisposeScope();
        Twins.Train(() => new Program(), program => program.Net, (program, i) =>
            Program.All[name](program, torch.linspace(-1, 1, 6).reshape(2, 3) * (i + 1)), steps: 3);
    }

    [TorchTheory]
    [MemberData(nameof(Refused))]
    public void What_a_graph_cannot_name_is_refused(string name, string remedy)
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        GraphException error = Expect.Error(DiagnosticIds.NotTraceableTorch, () => Program.AllRefused[name](program, torch.ones(2, 3)), [remedy]);
        Assert.Contains(nameof(NamedChangeTests), error.Source.ToString(), StringComparison.Ordinal);
    }

    internal sealed partial class Program
    {
        public static readonly Dictionary<string, Func<Program, torch.Tensor, torch.Tensor>> All = new()
        {
            [nameof(ChangedParameter)] = (p, x) => p.ChangedParameter(x),
            [nameof(ChangedGradient)] = (p, x) => p.ChangedGradient(x),
            [nameof(ZeroedGradient)] = (p, x) => p.ZeroedGradient(x),
            [nameof(SetToItself)] = (p, x) => p.SetToItself(x),
            [nameof(SetToLocal)] = (p, x) => p.SetToLocal(x),
            [nameof(SetToUsed)] = (p, x) => p.SetToUsed(x),
            [nameof(SetAndKept)] = (p, x) => p.SetAndKept(x),
            [nameof(SetInLoop)] = (p, x) => p.SetInLoop(x),
            [nameof(MadeInLoop)] = (p, x) => p.MadeInLoop(x),
            [nameof(ChangedInBranch)] = (p, x) => p.ChangedInBranch(x),
            [nameof(ClippedByHand)] = (p, x) => p.ClippedByHand(x),
            [nameof(ClippedAndDetached)] = (p, x) => p.ClippedAndDetached(x),
            [nameof(MaybeNamed)] = (p, x) => p.MaybeNamed(x),
            [nameof(SharedAndReplaced)] = (p, x) => p.SharedAndReplaced(x),
            [nameof(ChosenByBranch)] = (p, x) => p.ChosenByBranch(x),
            [nameof(LastOfLoop)] = (p, x) => p.LastOfLoop(x),
            [nameof(ListInLoop)] = (p, x) => p.ListInLoop(x),
            [nameof(BestOfLoop)] = (p, x) => p.BestOfLoop(x),
            [nameof(SetInBranchAlone)] = (p, x) => p.SetInBranchAlone(x),
        };

        public static readonly Dictionary<string, Func<Program, torch.Tensor, torch.Tensor>> AllRefused = new()
        {
            [nameof(SharedByList)] = (p, x) => p.SharedByList(x),
            [nameof(SharedByView)] = (p, x) => p.SharedByView(x),
            [nameof(SharedByChoice)] = (p, x) => p.SharedByChoice(x),
            [nameof(SetInBranch)] = (p, x) => p.SetInBranch(x),
            [nameof(OfBranch)] = (p, x) => p.OfBranch(x),
            [nameof(OfLoop)] = (p, x) => p.OfLoop(x),
            [nameof(Carried)] = (p, x) => p.Carried(x),
            [nameof(CarriedInList)] = (p, x) => p.CarriedInList(x),
            [nameof(CarriedToTheEnd)] = (p, x) => p.CarriedToTheEnd(x),
            [nameof(CarriedInBranch)] = (p, x) => p.CarriedInBranch(x),
            [nameof(CarriedView)] = (p, x) => p.CarriedView(x),
            [nameof(CarriedNested)] = (p, x) => p.CarriedNested(x),
            [nameof(CarriedIntoLoop)] = (p, x) => p.CarriedIntoLoop(x),
            [nameof(MaybeInLoop)] = (p, x) => p.MaybeInLoop(x),
            [nameof(CarriedGradient)] = (p, x) => p.CarriedGradient(x),
            [nameof(GradientOfBranch)] = (p, x) => p.GradientOfBranch(x),
            [nameof(GradientFromBefore)] = (p, x) => p.GradientFromBefore(x),
            [nameof(ReplacedInLoop)] = (p, x) => p.ReplacedInLoop(x),
            [nameof(ReplacedInLoopOfCondition)] = (p, x) => p.ReplacedInLoopOfCondition(x),
            [nameof(UnsureInLoop)] = (p, x) => p.UnsureInLoop(x),
        };

        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;

        public Program()
        {
            Net = Sequential(_first, _second);
            _optimizer = torch.optim.SGD(Net.parameters(), 0.1);
        }

        public Sequential Net { get; }

        private torch.Tensor Backward(torch.Tensor x)
        {
            torch.Tensor loss = Net.call(x).pow(2).mean();
            loss.backward();
            return loss;
        }

        private torch.Tensor Train(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Backward(x);
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor ChangedParameter(torch.Tensor x)
        {
            torch.Tensor w;
            using (torch.no_grad()) w = _first.weight!.mul_(0.5).add_(0.1);
            Train(x);
            _optimizer.zero_grad();
            torch.Tensor loss = x.matmul(w.t()).pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss + w.sum();
        }

        [GraphFunction]
        public torch.Tensor ChangedGradient(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            var g = _first.weight!.grad!.mul_(2).add_(1);
            torch.Tensor first = g.sum();
            _first.weight!.grad!.mul_(0.5);
            torch.Tensor second = g.sum();
            Backward(x);
            _optimizer.step();
            return first + second * 10 + g.sum() * 100;
        }

        [GraphFunction]
        public torch.Tensor ZeroedGradient(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            var g = _first.weight!.grad!.zero_().add_(0.25);
            var b = _first.bias!.grad!.zero_();
            Backward(x);
            _optimizer.step();
            return g.sum() + b.sum() * 10;
        }

        [GraphFunction]
        public torch.Tensor SetToItself(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            var g = _first.weight!.grad!;
            _first.weight!.grad = _first.weight!.grad!.mul_(0.5);
            _first.bias!.grad = _first.bias!.grad!.detach();
            _second.bias!.grad = _second.bias!.grad!.contiguous();
            _first.weight!.grad!.mul_(3);
            _optimizer.step();
            return g.sum();
        }

        [GraphFunction]
        public torch.Tensor SetToLocal(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor t = _first.weight!.grad! * 2, same = t * 3;
            _first.weight!.grad = t;
            _first.weight!.grad!.mul_(0.5);
            torch.Tensor half = t.sum();
            utils.clip_grad_norm_(Net.parameters(), 0.05);
            _optimizer.step();
            return half + t.sum() * 10 + same.sum();
        }

        [GraphFunction]
        public torch.Tensor SetToUsed(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            using torch.Tensor t = _first.weight!.grad! * 2;
            _first.weight!.grad = t.clone();
            _first.weight!.grad!.mul_(0.5);
            _optimizer.step();
            return t.sum();
        }

        [GraphFunction]
        public torch.Tensor SetAndKept(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            List<torch.Tensor> all = [];
            foreach (Parameter p in Net.parameters())
            {
                torch.Tensor t = p.grad! * 0.5;
                all.Add(t);
                p.grad = t;
            }
            _optimizer.step();
            return all[0].sum() + all[3].sum();
        }

        [GraphFunction]
        public torch.Tensor SetInLoop(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor k = torch.zeros(1), sum = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor t = _first.weight!.grad! * 0.5;
                _first.weight!.grad = t.clone();
                _first.weight!.grad!.add_(0.125);
                sum = sum + t.sum() + _first.weight!.grad!.sum() * 10;
                k = k + 1;
            }
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor MadeInLoop(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor k = torch.zeros(1), sum = torch.zeros(1);
            while ((bool)(k < 3))
            {
                var g = _first.weight!.grad!;
                torch.Tensor flat = _second.weight!.t().reshape(9);
                sum = sum + g.sum() + flat.pow(2).sum().detach();
                _first.weight!.grad = torch.ones(3, 3) * k;
                using (torch.no_grad()) _second.weight!.mul_(0.5);
                sum = sum + g.sum();
                k = k + 1;
            }
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor ChangedInBranch(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Backward(x), k = torch.zeros(1);
            torch.Tensor g = _first.weight!.grad!, w = _second.weight!, row = g[0], turned = w.T;
            if ((bool)(loss > 0.1f)) utils.clip_grad_norm_(Net.parameters(), 0.1);
            torch.Tensor sum = g.sum() + row.sum() * 10;
            while ((bool)(k < 2))
            {
                using (torch.no_grad()) _second.weight!.mul_(0.9f);
                _first.weight!.grad!.add_(0.1f);
                sum = sum + g.sum() + turned[0].sum().detach();
                k = k + 1;
            }
            _optimizer.step();
            return sum + row.sum() * 10 + (turned * torch.linspace(1, 2, 9).view(3, 3)).sum().detach() + w[0].sum().detach();
        }

        [GraphFunction]
        public torch.Tensor ClippedByHand(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor sum = torch.zeros(1);
            foreach (Parameter p in Net.parameters())
            {
                torch.Tensor g = p.grad!, norm = g.norm();
                if ((bool)(norm > 0.1f)) g = g * 0.1f / norm;
                p.grad = g;
                sum = sum + g.sum();
                p.grad!.mul_(0.5f);
                sum = sum + p.grad!.sum();
            }
            _optimizer.step();
            _optimizer.zero_grad();
            Backward(x);
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor ClippedAndDetached(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Backward(x);
            foreach (Parameter p in Net.parameters())
            {
                torch.Tensor g = p.grad!;
                if ((bool)(g.norm() > 0.1f)) g = g * 0.1f / g.norm();
                p.grad = g.detach();
            }
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor MaybeNamed(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Backward(x);
            torch.Tensor g = torch.zeros(3, 3);
            if ((bool)(x.sum() > 0)) g = _first.weight!.grad!;
            torch.Tensor n = _first.weight!.grad!.norm();
            torch.Tensor sum = g.sum() + n;
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor SharedAndReplaced(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Backward(x), t = torch.ones(3, 3), u = torch.ones(3, 3) * 2;
            torch.Tensor[] all = [t];
            _first.weight!.grad = t;
            if ((bool)(loss > 0.1f)) _first.weight!.grad = u.clone();
            _first.weight!.grad = u.clone();
            _first.weight!.grad!.mul_(2);
            _optimizer.step();
            return loss + all[0].sum();
        }

        [GraphFunction]
        public torch.Tensor ChosenByBranch(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!, b = _first.bias!;
            if ((bool)(x.sum() > 0)) w = w * 2;
            else b = _second.bias!;
            torch.Tensor sum = w.sum() + b.sum() * 10;
            return Train(x) + sum.detach();
        }

        [GraphFunction]
        public torch.Tensor BestOfLoop(torch.Tensor x)
        {
            torch.Tensor best = torch.zeros(3, 3), least = torch.tensor(100f), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor loss = Train(x);
                if ((bool)(loss < least))
                {
                    least = loss;
                    best = _first.weight!.clone();
                }
                k = k + 1;
            }
            Train(x);
            return best.sum();
        }

        [GraphFunction]
        public torch.Tensor LastOfLoop(torch.Tensor x)
        {
            torch.Tensor last = _first.weight!.detach().clone(), copy = last, sum = torch.zeros(1), k = torch.zeros(1), w = torch.zeros(3, 3);
            while ((bool)(k < 3))
            {
                sum = sum + w.sum();
                Train(x);
                sum = sum + (_first.weight! - copy).norm().detach();
                copy = _first.weight!.detach().clone();
                last = _first.weight!.detach();
                w = _second.weight!.detach().t();
                k = k + 1;
            }
            return sum + last.sum() + w.sum();
        }

        [GraphFunction]
        public torch.Tensor ListInLoop(torch.Tensor x)
        {
            List<torch.Tensor> all = [_first.weight!.detach(), x * 1];
            torch.Tensor k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                all[1] = all[1] * 0.5f;
                Train(all[1].detach());
                k = k + 1;
            }
            return all[0].sum() + all[1].sum();
        }

        [GraphFunction]
        public torch.Tensor Carried(torch.Tensor x)
        {
            torch.Tensor w = x[0] * 1, sum = torch.zeros(1), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                Train(x);
                sum = sum + w.sum();
                w = _first.bias!.detach();
                k = k + 1;
            }
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedToTheEnd(torch.Tensor x)
        {
            torch.Tensor w = x[0] * 1, k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                Train(x);
                if ((bool)(k < 1)) w = _first.bias!.detach();
                k = k + 1;
            }
            return w.sum();
        }

        [GraphFunction]
        public torch.Tensor CarriedInList(torch.Tensor x)
        {
            torch.Tensor sum = torch.zeros(1), k = torch.zeros(1);
            List<torch.Tensor> all = [x[0] * 1];
            while ((bool)(k < 3))
            {
                Train(x);
                sum = sum + all[0].sum();
                all[0] = _first.bias!;
                k = k + 1;
            }
            return sum.detach();
        }
    }
}
