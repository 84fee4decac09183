namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Other names of parameters, buffers and gradients, and views of them, have what is assigned there later.</summary>
public sealed partial class NameTests
{
    public static TheoryData<string> Programs() => [.. Program.All.Keys];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void A_name_has_what_TorchSharp_has_there(string name)
    {
        using var seed = torch.NewDisposeScope();
        Twins.Train(() => new Program(), program => program.Net, (program, i) =>
            Program.All[name](program, torch.linspace(-1, 1, 6).reshape(2, 3) * (i + 1)), steps: 3);
    }

    [TorchTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_may_be_a_view_or_a_copy_is_named_when_it_is_used_after_a_change(int use)
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        if (use == 0) Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.Unsure(torch.ones(2, 3)), ["clone()"]);
        else if (use == 3) Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.ChangedResult(torch.ones(2, 3)), "may share its memory");
        else if (use == 1) Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.SharedGradient(torch.ones(2, 3)), ["clone()"]);
        else Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.LostGradient(torch.ones(2, 3)), ["another one since the branch"]);
    }

    internal sealed partial class Program
    {
        public static readonly Dictionary<string, Func<Program, torch.Tensor, torch.Tensor>> All = new()
        {
            [nameof(AsTensor)] = (p, x) => p.AsTensor(x),
            [nameof(Listed)] = (p, x) => p.Listed(x),
            [nameof(Passed)] = (p, x) => p.Passed(x),
            [nameof(InLoop)] = (p, x) => p.InLoop(x),
            [nameof(ChangedByHand)] = (p, x) => p.ChangedByHand(),
            [nameof(Views)] = (p, x) => p.Views(x),
            [nameof(Copies)] = (p, x) => p.Copies(x),
            [nameof(ViewsWithGradients)] = (p, x) => p.ViewsWithGradients(x),
            [nameof(Detached)] = (p, x) => p.Detached(x),
            [nameof(Buffer)] = (p, x) => p.Buffer(x),
            [nameof(Result)] = (p, x) => p.Result(x),
            [nameof(Gradients)] = (p, x) => p.Gradients(x),
            [nameof(GradientOfModule)] = (p, x) => p.GradientOfModule(x),
            [nameof(CarriedGradient)] = (p, x) => p.CarriedGradient(x),
            [nameof(TestedWithComment)] = (p, x) => p.TestedWithComment(x),
            [nameof(NamedInBranch)] = (p, x) => p.NamedInBranch(x),
            [nameof(ChangedInBranchWithoutGradients)] = (p, x) => p.ChangedInBranchWithoutGradients(x),
            [nameof(GradientInBranch)] = (p, x) => p.GradientInBranch(x),
            [nameof(CopyBeforeBranch)] = (p, x) => p.CopyBeforeBranch(x),
            [nameof(CopyBeforeLoop)] = (p, x) => p.CopyBeforeLoop(x),
            [nameof(LineSearch)] = (p, x) => p.LineSearch(x),
        };

        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);
        private readonly BatchNorm1d _norm = BatchNorm1d(3);
        private readonly torch.optim.Optimizer _optimizer;

        public Program()
        {
            Net = Sequential(_first, _norm, _second);
            _optimizer = torch.optim.SGD(Net.parameters(), 0.1);
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
        public torch.Tensor AsTensor(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!, before = w.clone();
            torch.Tensor first = Train(x);
            _optimizer.zero_grad();
            torch.Tensor loss = x.matmul(w.t()).pow(2).mean() + (w - before).abs().sum();
            loss.backward();
            _optimizer.step();
            return first + loss;
        }

        [GraphFunction]
        public torch.Tensor Listed(torch.Tensor x)
        {
            torch.Tensor[] all = [_first.weight!, _second.weight!];
            Train(x);
            return all[0].sum() * all[1].abs().sum();
        }

        private torch.Tensor Product(torch.Tensor w, torch.Tensor x)
        {
            Train(x);
            return x.matmul(w).sum();
        }

        [GraphFunction]
        public torch.Tensor Passed(torch.Tensor x) => Product(_second.weight!, x);

        [GraphFunction]
        public torch.Tensor InLoop(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!, count = torch.zeros(1), sum = torch.zeros(1);
            while ((bool)(count < 3))
            {
                sum = sum + x.matmul(w.t()).abs().sum().detach();
                Train(x);
                count = count + 1;
            }
            return sum + w.sum();
        }

        [GraphFunction]
        public torch.Tensor ChangedByHand()
        {
            torch.Tensor w = _first.weight!, row = _first.weight![0];
            using (torch.no_grad()) _first.weight!.mul_(0.5);
            torch.Tensor half = w.sum() + row.sum() * 10;
            using (torch.no_grad()) _first.weight!.add_(1);
            return half + w.sum() + row.sum() * 100;
        }

        [GraphFunction]
        public torch.Tensor Views(torch.Tensor x)
        {
            Parameter w = _first.weight!;
            torch.Tensor[] all =
            [
                w.view(-1), w.t(), w[0], w[1..], w[.., 1], w.reshape(9), w.flatten(), w.contiguous(), w.to(torch.float32), w.T, w.mT, w.transpose(0, 1), w.permute(1, 0),
                w.unsqueeze(0), w.unsqueeze(0).squeeze(0), w.narrow(0, 1, 2), w.slice(1, 0, 2, 1), w.select(1, 2), w.expand(2, 3, 3), w.unflatten(0, 1, 3), w.swapaxes(0, 1),
                w.detach(), w.detach().t()[0], w.view(9)[2..5].reshape(3), w.t().t(), .. w.detach().split(2), .. w.detach().chunk(2, 1), .. w.detach().unbind(1), w.alias(), w.cpu(), w.view_as(w),
                torch.cat([w]), torch.concat([w]), torch.einsum("ij->ji", w), torch.einsum("ij", w),
            ];
            Train(x);
            List<torch.Tensor> parts = [];
            for (int i = 0; i < all.Length; i++) parts.Add((all[i].clone().flatten() * torch.linspace(1, i + 2, all[i].numel())).sum().detach());
            return torch.stack(parts);
        }

        [GraphFunction]
        public torch.Tensor Copies(torch.Tensor x)
        {
            Parameter w = _first.weight!;
            torch.Tensor one = w[1, 2];
            torch.Tensor[] all =
            [
                w.clone(), w.t().contiguous(), w * 1, w.repeat(2, 1), w.roll(1), torch.cat([w, w]), w[torch.tensor(new long[] { 0, 2 })], w.to(torch.float32, copy: true), w.flip(0),
                w.detach().clone(), w.to(torch.float64), w.index_select(0, torch.tensor(new long[] { 1 })),
                w.pow(1), w.pow(1f), w.roll(0, 0), w.roll(0),w.clamp(min: -100), w.add(0), w.sub(0), w.mul(1), w.div(1), w + 0, w * 1f, w.repeat(1, 1), w.flip(),
                w.unsqueeze(0).sum([0L]), one.sum(), one.mean(), one.max(), one.min(), one.prod(), one.amax(), one.norm(), w[0].cumsum(0),
                functional.adaptive_avg_pool2d(w.unsqueeze(0), new long[] { 3, 3 }), functional.avg_pool2d(w.unsqueeze(0), new long[] { 1, 1 }), functional.pad(w, new long[] { 0, 0 }),
                functional.max_pool2d(w.unsqueeze(0), new long[] { 1, 1 }), torch.stack([w]), w.triu(-5), w.tril(5), torch.where(torch.ones(3, 3) > 0, w, w), w.max(0).values, w.unsqueeze(0).amax(0),
                w.sort(0).Values, w.topk(3).values, w.gather(0, torch.zeros(3, 3, dtype: torch.int64)), torch.maximum(w, w), torch.minimum(w, w), torch.lerp(w, w, 0.5), functional.relu(w + 100), w.abs(),
                w.masked_fill(torch.zeros(3, 3) > 0, 1), functional.leaky_relu(w, 1), functional.dropout(w, 0, true), functional.normalize(w, p: 2), w.T.contiguous(), w.reshape(9).clone(), torch.hstack(w), torch.vstack([w]),
            ];
            Train(x);
            List<torch.Tensor> parts = [];
            for (int i = 0; i < all.Length; i++) parts.Add((all[i].clone().flatten() * torch.linspace(1, i + 2, all[i].numel())).sum().to(torch.float32).detach());
            return torch.stack(parts);
        }

        [GraphFunction]
        public torch.Tensor ViewsWithGradients(torch.Tensor x)
        {
            torch.Tensor rows = _first.weight!, last = rows[2];
            using (torch.no_grad()) _first.weight!.mul_(0.9);
            _optimizer.zero_grad();
            torch.Tensor loss = (rows[0] * 3 + last.pow(2)).sum() + rows.t().pow(3).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Detached(torch.Tensor x)
        {
            List<torch.Tensor> before = Net.parameters().Select(p => p.detach()).ToList(), copies = Net.parameters().Select(p => p.detach().clone()).ToList();
            Train(x);
            torch.Tensor sum = torch.zeros(1);
            int i = 0;
            foreach (var p in Net.parameters())
            {
                sum = sum + (p - before[i]).pow(2).sum() + (p - copies[i]).pow(2).sum();
                i++;
            }
            return sum.detach();
        }

        [GraphFunction]
        public torch.Tensor Buffer(torch.Tensor x)
        {
            var mean = _norm.running_mean!;
            torch.Tensor variance = _norm.running_var!.detach(), old = _norm.running_var!.clone();
            Train(x);
            return mean.sum() + variance.sum() * 10 - old.sum() * 3;
        }

        [GraphFunction]
        public torch.Tensor Result(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!;
            Train(x);
            return w.detach();
        }

        [GraphFunction]
        public torch.Tensor Gradients(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Net.call(x).pow(2).mean().backward();
            var g = _first.weight!.grad!;
            torch.Tensor row = g[0], turned = g.t(), copy = g.clone();
            List<torch.Tensor> all = [g.sum()];
            utils.clip_grad_norm_(Net.parameters(), 0.01);
            all.AddRange([g.abs().sum(), row.sum(), turned[0].sum(), copy.sum()]);
            Net.call(x).abs().mean().backward();
            all.AddRange([g.abs().sum(), row.sum()]);
            utils.clip_grad_value_(Net.parameters(), 0.02);
            all.Add(g.abs().sum());
            _first.weight!.grad!.mul_(3);
            all.AddRange([g.sum(), copy.sum()]);
            _optimizer.zero_grad();
            all.AddRange([g.abs().sum(), row.sum()]);
            Net.call(x).abs().mean().backward();
            _optimizer.step();
            all.Add(g.sum());
            return torch.stack(all);
        }

        [GraphFunction]
        public torch.Tensor GradientOfModule(torch.Tensor x)
        {
            Net.zero_grad();
            Net.call(x).pow(2).mean().backward();
            torch.Tensor g = _first.weight!.grad!, b = _first.bias!.grad!;
            Net.zero_grad();
            Net.call(x).abs().mean().backward();
            torch.Tensor sum = g.sum() + _first.weight!.grad!.sum() * 2 + b.abs().sum();
            _first.bias!.grad = _first.weight!.grad![.., 0].clone();
            _first.weight!.grad!.mul_(2);
            sum = sum + g.sum() + b.abs().sum();
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor CarriedGradient(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Net.call(x).pow(2).mean().backward();
            torch.Tensor g = _first.weight!.grad!, w = _first.weight!, k = torch.zeros(1);
            while ((bool)(k < 2))
            {
                g = g * 0.9f;
                w = w * 0.5f;
                _first.weight!.grad!.mul_(0.5f);
                k = k + 1;
            }
            torch.Tensor sum = g.sum() + w.sum().detach();
            _optimizer.step();
            return sum;
        }

        [GraphFunction]
        public torch.Tensor TestedWithComment(torch.Tensor x)
        {
            torch.Tensor k = torch.zeros(1);
            while ((bool)(Train(x) > 0.3f)) // until it fits
                k = k + 1;
            while ((bool)(Train(x) > 0.2f)) // and more
            {
                k = k + 1;
            }
            return k;
        }

        [GraphFunction]
        public torch.Tensor NamedInBranch(torch.Tensor x)
        {
            Net.zero_grad();
            torch.Tensor loss = Net.call(x).pow(2).mean();
            loss.backward();
            if ((bool)(loss > 0.1f)) _first.weight!.grad!.mul_(0.5f);
            var g = _first.weight!.grad!;
            Net.zero_grad();
            return g.sum();
        }

        [GraphFunction]
        public torch.Tensor ChangedInBranchWithoutGradients(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Net.call(x).pow(2).mean();
            loss.backward();
            using (torch.no_grad())
            {
                if ((bool)(loss > 0.1f)) _first.weight!.grad!.mul_(0.5f);
            }
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor GradientInBranch(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Net.call(x).pow(2).mean();
            loss.backward();
            torch.Tensor g = _first.weight!.grad!.clone();
            if ((bool)(loss > 0.1)) utils.clip_grad_norm_(Net.parameters(), 0.1);
            _optimizer.step();
            return g.sum();
        }

        [GraphFunction]
        public torch.Tensor CopyBeforeBranch(torch.Tensor x)
        {
            torch.Tensor w = _first.weight!.detach().clone(), mean = _norm.running_mean!.clone();
            Train(x);
            if ((bool)(x.sum() > -100)) Train(x);
            return w.sum() + mean.sum();
        }

        [GraphFunction]
        public torch.Tensor CopyBeforeLoop(torch.Tensor x)
        {
            torch.Tensor b = _second.bias!.clone(), k = torch.zeros(1);
            while ((bool)(k < 3))
            {
                torch.Tensor inner = _first.weight!.clone();
                Train(x);
                Train(x);
                b = b + (inner - _first.weight!).sum();
                k = k + 1;
            }
            return b.sin().sum().detach();
        }

        [GraphFunction]
        public torch.Tensor LineSearch(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor before = Net.call(x).pow(2).mean();
            before.backward();
            torch.Tensor rate = torch.tensor(64f), k = torch.zeros(1);
            using (torch.no_grad())
            {
                torch.Tensor start = _first.weight!.clone(), step = _first.weight!.grad!.clone();
                _first.weight!.copy_(start - rate * step);
                while ((bool)(Net.call(x).pow(2).mean() > before) && (bool)(k < 30))
                {
                    rate = rate * 0.5f;
                    _first.weight!.copy_(start - rate * step);
                    k = k + 1;
                }
            }
            return k + rate;
        }

        [GraphFunction]
        public torch.Tensor Unsure(torch.Tensor x)
        {
            torch.Tensor flat = _first.weight!.t().reshape(9);
            Train(x);
            return flat.sum();
        }

        [GraphFunction]
        public torch.Tensor SharedGradient(torch.Tensor x)
        {
            Net.zero_grad();
            Net.call(x).pow(2).mean().backward();
            _first.bias!.grad = _first.weight!.grad![.., 0];
            return _first.bias!.grad!.sum();
        }

        private torch.Tensor GradientOf(torch.Tensor x)
        {
            Net.call(x).pow(2).mean().backward();
            return _first.weight!.grad!;
        }

        [GraphFunction]
        public torch.Tensor ChangedResult(torch.Tensor x)
        {
            Net.zero_grad();
            torch.Tensor g = GradientOf(x);
            g.mul_(2);
            _optimizer.step();
            return g.sum();
        }

        [GraphFunction]
        public torch.Tensor LostGradient(torch.Tensor x)
        {
            _optimizer.zero_grad();
            Net.call(x).pow(2).mean().backward();
            torch.Tensor g = _first.weight!.grad!;
            if ((bool)(x.sum() > 0)) Net.zero_grad();
            return g.sum();
        }
    }
}
