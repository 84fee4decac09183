namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Gradients after zero_grad, clipping and no_grad are those that TorchSharp leaves.</summary>
public sealed partial class GradientStateTests
{
    public static TheoryData<string> Optimizers() => ["SGD", "Momentum", "Adam", "AdamW", "RMSProp", "Adagrad"];

    // An optimiser's zero_grad leaves zeros, so weight decay and momentum go on.
    [TorchTheory]
    [MemberData(nameof(Optimizers))]
    public void Parameters_that_have_no_gradient_this_time_are_updated_all_the_same(string name)
    {
        Twins.Train(() => new Two(name), t => t.All, (two, i) => two.Step(torch.randn(4, 3), i % 3 == 1), steps: 8);
        Twins.Train(() => new Two(name), t => t.All, (two, i) => two.Module(torch.randn(4, 3), i % 3 == 1), steps: 8);
        Twins.Train(() => new Two(name), t => t.All, (two, i) => two.Zeros(torch.randn(4, 3), i % 3 == 1), steps: 8);
        int frozen = 0;
        Twins.Train(
            () => new Two(name), t => t.All, (two, i) =>
            {
                two.Freeze(frozen++ % 8 > 3);
                return two.Step(torch.randn(4, 3), false);
            }, steps: 8);
    }

    [TorchFact]
    public void Gradients_are_changed_without_backward()
    {
        using var scope = torch.NewDisposeScope();
        foreach (string kind in new[] { "optimizer", "module", "zeros", "norm", "value" })
        {
            List<torch.Tensor?> found = [];
            foreach (bool imperatively in new[] { true, false })
            {
                using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
                torch.manual_seed(1);
                var two = new Two("SGD");
                for (int i = 0; i < 2; i++)
                {
                    (two.First.call(torch.ones(2, 3)) * 10).sum().backward();
                    if (two.Change(torch.ones(1), kind) is { } length) found.Add(length);
                    found.AddRange(two.All.parameters().Select(p => p.grad?.clone()));
                }
            }
            for (int i = 0; i < found.Count / 2; i++)
            {
                Assert.Equal((kind, found[i] is null), (kind, found[i + (found.Count / 2)] is null));
                if (found[i] is { } expected) Same.Close(expected, found[i + (found.Count / 2)]!, what: kind);
            }
        }
    }

    [TorchFact]
    public void The_caller_differentiates_nothing_that_stands_under_no_grad()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var two = new Two("SGD");
        List<torch.Tensor?> found = [];
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            torch.Tensor x = torch.linspace(-1, 2, 6).reshape(2, 3).requires_grad_();
            two.All.zero_grad();
            torch.Tensor[] parts = two.Partly(x);
            parts.Where(part => part.requires_grad).Select(part => part.sum()).Aggregate((a, b) => a + b).backward();
            found.Add(x.grad!.clone());
            found.AddRange(two.All.parameters().Select(p => p.grad?.clone()));
        }
        for (int i = 0; i < found.Count / 2; i++)
        {
            torch.Tensor? expected = found[i], traced = found[i + (found.Count / 2)];
            Same.Close(expected ?? torch.zeros(1), traced ?? torch.zeros(1), what: $"{i}");
        }
    }

    public static TheoryData<string> Branches() => ["inside", "return", "else", "zeroed", "clipped", "norm", "hand", "two", "helper", "nested", "closed", "loop"];

    // Every third loss is infinite.
    [TorchTheory]
    [MemberData(nameof(Branches))]
    public void Gradients_are_taken_in_a_branch(string how)
    {
        using var scope = torch.NewDisposeScope();
        foreach (string name in new[] { "SGD", "Adam" })
        {
            List<torch.Tensor?>[] found = [[], []];
            for (int mode = 0; mode < 2; mode++)
            {
                using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
                torch.manual_seed(1);
                var two = new Two(name);
                for (int i = 0; i < 7; i++)
                {
                    torch.Tensor x = torch.linspace(-1, 1, 6).reshape(2, 3) * (i % 3 == 1 ? float.PositiveInfinity : i + 1);
                    torch.Tensor loss = how switch
                    {
                        "inside" => two.Inside(x),
                        "return" => two.Returned(x),
                        "else" => two.Otherwise(x),
                        "zeroed" => two.Zeroed(x),
                        "clipped" => two.Clipped(x),
                        "hand" => two.ByHand(x),
                        "two" => two.TwoLosses(x),
                        "helper" => two.InHelper(x),
                        "nested" => two.Nested(x),
                        "closed" => two.Closed(x),
                        "loop" => two.InLoop(x * 0.1f),
                        _ => two.Skipped(x),
                    };
                    found[mode].Add(loss.detach());
                    found[mode].AddRange(two.All.parameters().Select(p => p.detach().clone()));
                    if (how is not ("return" or "clipped" or "norm" or "nested" or "closed")) found[mode].AddRange(two.All.parameters().Select(p => p.grad?.clone()));
                }
            }
            for (int i = 0; i < found[0].Count; i++)
            {
                Assert.Equal($"{name} {i} {found[0][i] is null}", $"{name} {i} {found[1][i] is null}");
                if (found[0][i] is { } expected) Same.Close(expected, found[1][i]!, what: $"{name} {i}");
            }
        }
    }

    internal sealed partial class Two
    {
        private readonly Linear _first = Linear(3, 2), _second = Linear(3, 2);
        private readonly torch.optim.Optimizer _optimizer;

        public Two(string optimizer)
        {
            All = Sequential(_first, _second);
            var p = All.parameters();
            _optimizer = optimizer switch
            {
                "SGD" => torch.optim.SGD(p, 0.1, weight_decay: 0.1),
                "Momentum" => torch.optim.SGD(p, 0.1, momentum: 0.9),
                "Adam" => torch.optim.Adam(p, 0.01),
                "Adagrad" => torch.optim.Adagrad(p, 0.05, lr_decay: 0.1),
                "AdamW" => torch.optim.AdamW(p, 0.01),
                _ => torch.optim.RMSProp(p, 0.01, momentum: 0.5),
            };
        }

        public Module All { get; }

        public Linear First => _first;

        public void Freeze(bool on)
        {
            foreach (Parameter p in _second.parameters()) p.requires_grad = !on;
        }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, bool one)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = one ? _first.call(x).pow(2).sum() : (_first.call(x) * _second.call(x)).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Module(torch.Tensor x, bool one)
        {
            All.zero_grad();
            torch.Tensor loss = one ? _first.call(x).pow(2).sum() : (_first.call(x) * _second.call(x)).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Zeros(torch.Tensor x, bool one)
        {
            All.zero_grad(false);
            torch.Tensor loss = one ? _first.call(x).pow(2).sum() : (_first.call(x) * _second.call(x)).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Inside(torch.Tensor x)
        {
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite())
            {
                loss.backward();
                _optimizer.step();
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Returned(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if (!(bool)loss.isfinite()) return loss;
            loss.backward();
            _optimizer.step();
            return loss * 2;
        }

        [GraphFunction]
        public torch.Tensor Otherwise(torch.Tensor x)
        {
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if (loss.isfinite().item<bool>())
            {
                All.zero_grad();
                loss.backward();
                _optimizer.step();
            }
            else
            {
                _optimizer.zero_grad();
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Zeroed(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite()) loss.backward();
            _optimizer.zero_grad();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Clipped(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite())
            {
                loss.backward();
                utils.clip_grad_norm_(All.parameters(), 0.1);
                _optimizer.step();
                _optimizer.zero_grad();
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor ByHand(torch.Tensor x)
        {
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite())
            {
                loss.backward();
                using (torch.no_grad())
                {
                    foreach (Parameter p in All.parameters()) p.sub_(p.grad! * 0.01f);
                }
                _first.weight.grad!.zero_();
                _second.weight.grad = null;
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Nested(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite())
            {
                if (loss.item<float>() > 0)
                {
                    loss.backward();
                    _optimizer.step();
                }
                else if (loss.item<float>() < -1)
                {
                    loss.backward();
                    utils.clip_grad_norm_(All.parameters(), 0.1);
                    _optimizer.step();
                }
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor TwoLosses(torch.Tensor x)
        {
            torch.Tensor a = _first.call(x).pow(2).sum(), b = (_second.call(x) * _first.call(x)).sum();
            a.backward(retain_graph: true);
            if ((bool)b.isfinite())
            {
                b.backward();
                a.backward();
            }
            return a + b;
        }

        [GraphFunction]
        public torch.Tensor Closed(torch.Tensor x) => _optimizer.step(() =>
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite()) loss.backward();
            return loss;
        });

        [GraphFunction]
        public torch.Tensor Skipped(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            loss.backward();
            double norm = utils.clip_grad_norm_(All.parameters(), 0.1);
            if (norm < 100) _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor InHelper(torch.Tensor x)
        {
            torch.Tensor loss = (_first.call(x) * _second.call(x)).sum();
            if ((bool)loss.isfinite()) Update(loss);
            return loss;
        }

        private void Update(torch.Tensor loss)
        {
            loss.backward();
            _optimizer.step();
        }

        [GraphFunction]
        public torch.Tensor InLoop(torch.Tensor x)
        {
            torch.Tensor loss = _first.call(x).pow(2).sum();
            while (loss.item<float>() > 0.1f)
            {
                loss = _first.call(x).pow(2).sum();
                loss.backward();
                _optimizer.step();
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor? Change(torch.Tensor x, string kind)
        {
            torch.Tensor result = x * 1;
            if (kind == "optimizer") _optimizer.zero_grad();
            if (kind == "module") All.zero_grad();
            if (kind == "zeros") All.zero_grad(false);
            if (kind == "norm") utils.clip_grad_norm_(All.parameters(), 0.5);
            if (kind == "value") utils.clip_grad_value_(All.parameters(), 0.5);
            return result;
        }

        [GraphFunction]
        public torch.Tensor[] Partly(torch.Tensor x)
        {
            torch.Tensor a = _first.call(x), b, c, d;
            using (torch.no_grad())
            {
                b = _first.call(x) * a + _second.weight.sum();
                c = x.clone();
                d = c;
                for (int i = 0; i < 2; i++) d = d.tanh() + a.sum();
            }
            using (torch.inference_mode()) d = d.relu();
            return [a * b, b, c, x * c + d, d];
        }
    }
}
