namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Parameters that only some branches or iterations read have a gradient where TorchSharp gives them one, and none elsewhere.</summary>
public sealed partial class GradientReadTests
{
    public static TheoryData<string, string> Programs()
    {
        var all = new TheoryData<string, string>();
        foreach (string optimizer in new[] { "Adam", "Momentum", "SGD", "AdamW" })
        {
            foreach (string kind in new[]
            {
                "one", "chosen", "nested", "none", "whole", "loop", "inLoop", "twice", "added", "cleared", "clipped", "branch", "condition", "early", "both", "method", "replaced", "dropped", "ahead",
            })
                all.Add(optimizer, kind);
        }
        return all;
    }

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Gradients_and_steps_are_those_of_TorchSharp(string optimizer, string kind)
    {
        Check(optimizer, kind, keeps: true);
        Check(optimizer, kind, keeps: false);
    }

    [TorchTheory]
    [InlineData("interpreter")]
    [InlineData("torch:cpu")]
    [InlineData("torch:nodes")]
    public void They_are_the_same_on_other_devices(string name)
    {
        using IDisposable device = Device.Use(Devices.Find(name)!);
        foreach (string kind in new[] { "nested", "inLoop", "twice" }) Check("Adam", kind, keeps: true);
    }

    [TorchFact]
    public void What_all_branches_read_is_surely_there()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("Adam");
        Assert.Equal(1, program.Asked(torch.ones(2, 3)).numel());
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.AskedOfSome(torch.ones(2, 3)), ["only the run knows"]);
    }

    private static void Check(string optimizer, string kind, bool keeps)
    {
        using var scope = torch.NewDisposeScope();
        using var use = new GradientUse(keeps);
        List<torch.Tensor?>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program(optimizer);
            for (int i = 0; i < 7; i++)
            {
                torch.Tensor x = torch.linspace(-1, 1.5, 6).reshape(2, 3) * (i % 3 == 1 ? -2 : i % 4 == 3 ? -0.5 : i * 0.3 + 1);
                found[mode].Add(program.Step(x, kind).detach());
                found[mode].AddRange(program.All.parameters().Select(p => p.detach().clone()));
                if (keeps) found[mode].AddRange(program.All.parameters().Select(p => p.grad?.clone()));
            }
        }
        for (int i = 0; i < found[0].Count; i++)
        {
            Assert.Equal((i, found[0][i] is null), (i, found[1][i] is null));
            if (found[0][i] is { } expected) Same.Close(expected, found[1][i]!, what: $"{optimizer} {kind} {i}");
        }
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3), _third = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;

        public Program(string optimizer)
        {
            All = Sequential(_first, _second, _third);
            _optimizer = optimizer switch
            {
                "Adam" => torch.optim.Adam(All.parameters(), 0.01, weight_decay: 0.1),
                "Momentum" => torch.optim.SGD(All.parameters(), 0.02, momentum: 0.9, weight_decay: 0.1),
                "AdamW" => torch.optim.AdamW(All.parameters(), 0.01),
                _ => torch.optim.SGD(All.parameters(), 0.05, weight_decay: 0.1),
            };
        }

        public Module All { get; }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind) => kind switch
        {
            "one" => One(x),
            "chosen" => Chosen(x),
            "nested" => Nested(x),
            "none" => None(x),
            "whole" => Whole(x),
            "loop" => Loop(x),
            "inLoop" => InLoop(x),
            "twice" => Twice(x),
            "added" => Added(x),
            "cleared" => Cleared(x),
            "clipped" => Clipped(x),
            "branch" => Branch(x),
            "condition" => Condition(x),
            "early" => Early(x),
            "both" => Both(x),
            "replaced" => Replaced(x),
            "dropped" => Dropped(x),
            "ahead" => Ahead(x),
            _ => Method(x),
        };

        [GraphFunction]
        public torch.Tensor Asked(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor loss;
            if ((bool)(x.sum() > 0)) loss = _first.call(x).sum();
            else loss = _first.call(x * 2).pow(2).sum();
            loss.backward();
            return _first.weight.grad is null ? loss : loss * 2;
        }

        [GraphFunction]
        public torch.Tensor AskedOfSome(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor loss;
            if ((bool)(x.sum() > 0)) loss = _first.call(x).sum();
            else loss = _second.call(x * 2).pow(2).sum();
            loss.backward();
            return _first.weight.grad is null ? loss : loss * 2;
        }

        private torch.Tensor Taken(torch.Tensor loss)
        {
            loss.backward();
            _optimizer.step();
            return loss;
        }

        private torch.Tensor One(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = _third.call(x);
            if ((bool)(x.sum() > 0)) h = h * _first.call(x);
            return Taken(h.pow(2).mean());
        }

        private torch.Tensor Chosen(torch.Tensor x)
        {
            All.zero_grad();
            return Taken((bool)(x.sum() > 0) ? _second.call(_first.call(x)).pow(2).mean() : _first.call(x).abs().mean());
        }

        private torch.Tensor Nested(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = x;
            if ((bool)(x.sum() > 0))
            {
                if ((bool)(x[0, 0] < -2)) h = _first.call(x);
                else if ((bool)(x[0, 0] < -1)) h = _second.call(_first.call(x));
                else h = _third.call(x);
            }
            else
            {
                h = _third.call(_second.call(h));
            }
            return Taken(h.pow(2).mean());
        }

        // With a gradient for nothing TorchSharp fails, so one parameter always has one.
        private torch.Tensor None(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = x;
            if ((bool)(x.sum() > 1000)) h = _first.call(x);
            return Taken((h + _third.bias!).pow(2).mean());
        }

        private torch.Tensor Whole(torch.Tensor x)
        {
            torch.Tensor h = x;
            if ((bool)(x.sum() > 0)) h = _first.call(x);
            _optimizer.zero_grad();
            return Taken((h + _third.bias!).pow(2).mean());
        }

        private torch.Tensor Loop(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = x, k = torch.tensor(0f);
            while ((bool)(k < x.sum().clamp(0, 2)))
            {
                h = h + _first.call(h);
                k = k + 1;
            }
            return Taken((h + _third.bias!).pow(2).mean());
        }

        private torch.Tensor InLoop(torch.Tensor x)
        {
            torch.Tensor k = torch.tensor(0f), loss = torch.tensor(0f);
            while ((bool)(k < 3))
            {
                All.zero_grad();
                torch.Tensor h = x;
                if ((bool)(x.sum() * (k - 1) > 0)) h = _first.call(h);
                else if ((bool)(k > 1)) h = _second.call(h);
                loss = (h + _third.bias!).pow(2).mean();
                loss.backward();
                _optimizer.step();
                k = k + 1;
            }
            return loss;
        }

        private torch.Tensor Twice(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor one = _third.call(x).mean(), other = one.detach();
            if ((bool)(x.sum() > 0)) one = one + _first.call(x).mean();
            one.backward();
            if ((bool)(x[0, 0] < -2)) other = other + _second.call(x).mean();
            (other + _third.call(x * 2).pow(2).mean()).backward();
            _optimizer.step();
            return one + other;
        }

        // On gradients of earlier calls.
        private torch.Tensor Added(torch.Tensor x)
        {
            torch.Tensor h = _third.call(x);
            if ((bool)(x.sum() > 0)) h = h * _first.call(x);
            return Taken(h.pow(2).mean());
        }

        private torch.Tensor Cleared(torch.Tensor x)
        {
            torch.Tensor h = _third.call(x);
            if ((bool)(x.sum() > 0)) h = h * _first.call(x);
            torch.Tensor loss = Taken(h.pow(2).mean());
            All.zero_grad(false);
            return loss;
        }

        private torch.Tensor Clipped(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = _third.call(x);
            if ((bool)(x.sum() > 0)) h = h * _first.call(x);
            h.pow(2).mean().backward();
            utils.clip_grad_norm_(All.parameters(), 0.1);
            if ((bool)(x.sum() > 0)) _first.weight.grad!.mul_(0.5f);
            _optimizer.step();
            return h;
        }

        private torch.Tensor Branch(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = x;
            if ((bool)(x[0, 0] < -2)) h = _second.call(x);
            if ((bool)(x.sum() > 0))
            {
                if ((bool)(x[0, 0] < -1)) h = h * _first.call(x);
                (h + _third.bias!).pow(2).mean().backward();
            }
            _optimizer.step();
            return h;
        }

        private torch.Tensor Condition(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor k = torch.tensor(0f), h = x;
            while ((bool)((_first.call(x).sum() + x.sum()) * 0 + k < x.sum().clamp(0, 2)))
            {
                h = h + _first.call(h) + _second.call(h);
                k = k + 1;
            }
            return Taken((h + _third.call(x) + _first.bias!).pow(2).mean());
        }

        private torch.Tensor Early(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor loss = Part(x);
            return Taken(loss + _third.bias!.sum());
        }

        private torch.Tensor Part(torch.Tensor x)
        {
            if ((bool)(x.sum() > 0)) return _first.call(x).pow(2).mean();
            return _second.call(x).abs().mean();
        }

        private torch.Tensor Both(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h;
            if ((bool)(x.sum() > 0)) h = _first.call(x);
            else h = _first.call(x * 2) * _second.call(x);
            return Taken(h.pow(2).mean());
        }

        private torch.Tensor Replaced(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor loss = _first.call(x).pow(2).mean();
            if ((bool)(x.sum() > 0)) loss = loss * 3 + _second.weight!.pow(2).sum();
            if ((bool)(x[0, 0] < -1)) loss = _second.call(x).abs().mean();
            return Taken(loss + _third.bias!.sum());
        }

        private torch.Tensor Dropped(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = _first.call(x), g = _second.call(x), k = torch.tensor(0f);
            if ((bool)(h.sum() > 0))
            {
                h = x;
                g = g * 2;
            }
            else
            {
                g = x;
            }
            while ((bool)(k < x.sum().clamp(0, 2)))
            {
                h = h * 0.5f;
                k = k + 1;
            }
            return Taken((h + g).pow(2).mean() + _third.bias!.sum());
        }

        private torch.Tensor Ahead(torch.Tensor x)
        {
            All.zero_grad();
            torch.Tensor h = _first.call(x), g = _second.call(x);
            if ((bool)(x.sum() > 0))
            {
                torch.Tensor loss = h.pow(2).mean();
                if ((bool)(x[0, 0] < -1)) loss = loss * g.mean();
                loss.backward();
            }
            _optimizer.step();
            return h;
        }

        private torch.Tensor Method(torch.Tensor x)
        {
            torch.Tensor loss = torch.tensor(0f);
            for (int i = 0; i < 2; i++)
            {
                All.zero_grad();
                loss = Part(x - i) + _third.call(x).mean();
                loss.backward();
                _optimizer.step();
            }
            return loss;
        }
    }
}
