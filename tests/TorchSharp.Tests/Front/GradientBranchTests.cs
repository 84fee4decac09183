namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Gradients and steps in methods that a graph function calls, in branches and in loops are those of TorchSharp.</summary>
public sealed partial class GradientBranchTests
{
    public static TheoryData<string> Optimizers() => ["SGD", "Momentum", "Adam", "AdamW", "RMSProp", "Adagrad", "Dampened"];

    public static TheoryData<string> Undampened() => ["SGD", "Momentum", "Adam", "AdamW", "RMSProp", "Adagrad"];

    [TorchTheory]
    [MemberData(nameof(Optimizers))]
    public void Methods_of_the_program_take_the_step(string name)
    {
        Check(name, (p, x, _) => p.ByHelper(x));
        Check(name, (p, x, _) => p.ByOther(x));
        Check(name, (p, x, _) => p.ByFunction(x));
        Check(name, (p, x, i) => p.ByFlag(x, i % 3 != 1));
        Check(name, (p, x, _) => p.Early(x));
    }

    [TorchTheory]
    [MemberData(nameof(Undampened))]
    public void Both_branches_take_a_step(string name)
    {
        Check(name, (p, x, _) => p.Both(x));
        Check(name, (p, x, i) => p.BothByFlag(x, i % 3 == 1));
        Check(name, (p, x, _) => p.OneOf(x));
        Check(name, (p, x, _) => p.Chosen(x));
        Check(name, (p, x, _) => p.ChosenLater(x));
        Check(name, (p, x, _) => p.StepAfter(x));
        Check(name, (p, x, _) => p.Twice(x));
    }

    [TorchTheory]
    [MemberData(nameof(Undampened))]
    public void Loops_take_steps(string name)
    {
        Check(name, (p, x, _) => p.While(x));
        Check(name, (p, x, _) => p.Do(x));
        Check(name, (p, x, _) => p.Counted(x));
        Check(name, (p, x, _) => p.Broken(x));
        Check(name, (p, x, _) => p.Adding(x));
        Check(name, (p, x, _) => p.Alternating(x));
        Check(name, (p, x, _) => p.Detached(x));
        Check(name, (p, x, _) => p.Nested(x));
        Check(name, (p, x, _) => p.AfterBackward(x));
    }

    [TorchFact]
    public void The_first_of_steps_with_dampening_is_refused_in_a_loop()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("Dampened");
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.While(torch.ones(2, 3)), ["dampening"]);
        program.ByHelper(torch.ones(2, 3));
        Assert.Equal(1, program.While(torch.ones(2, 3)).numel());
    }

    [TorchFact]
    public void The_first_of_steps_with_dampening_stands_ahead_of_branches()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("Dampened");
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.Both(torch.ones(2, 3)), ["dampening", "ahead of the branch or loop"]);
        Assert.NotEmpty(program.All.parameters());
        Check("Dampened", (p, x, i) => i == 0 ? p.ByHelper(x) : p.Both(x));
        Check("Dampened", (p, x, _) => p.ThenBoth(x));
        Check("Dampened", (p, x, _) => p.ByHelper(x) + p.While(x));
        Check("Dampened", (p, x, _) => p.ThenWhile(x));
    }

    [TorchFact]
    public void A_gradient_through_the_iterations_of_a_loop_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("SGD");
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => program.Carried(torch.ones(2, 3)), ["'h'", "detach"]);
        Assert.NotEmpty(program.All.parameters());
    }

    [TorchFact]
    public void A_delegate_of_a_branch_is_refused_that_changes_gradients_from_ahead_of_it()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("SGD");
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.Delegated(torch.ones(2, 3)), ["delegate"]);
        Assert.NotEmpty(program.All.parameters());
    }

    private static void Check(string name, Func<Program, torch.Tensor, int, torch.Tensor> step)
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor?>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program(name);
            for (int i = 0; i < 5; i++)
            {
                torch.Tensor x = torch.linspace(-1, 1, 6).reshape(2, 3) * (i % 3 == 1 ? -2 : i + 1);
                found[mode].Add(step(program, x, i).detach());
                found[mode].AddRange(program.All.parameters().Select(p => p.detach().clone()));
            }
        }
        for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i]!, found[1][i]!, what: $"{name} {i}");
    }

    internal static partial class Elsewhere
    {
        public static void Optimise(torch.optim.Optimizer optimizer, torch.Tensor loss)
        {
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
        }
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 2), _second = Linear(3, 2);
        private readonly torch.optim.Optimizer _optimizer;

        public Program(string optimizer)
        {
            All = Sequential(_first, _second);
            var p = All.parameters();
            _optimizer = optimizer switch
            {
                "SGD" => torch.optim.SGD(p, 0.05, weight_decay: 0.1),
                "Momentum" => torch.optim.SGD(p, 0.02, momentum: 0.9, nesterov: true),
                "Dampened" => torch.optim.SGD(p, 0.02, momentum: 0.9, dampening: 0.3),
                "Adam" => torch.optim.Adam(p, 0.01, weight_decay: 0.1),
                "Adagrad" => torch.optim.Adagrad(p, 0.05, lr_decay: 0.1),
                "AdamW" => torch.optim.AdamW(p, 0.01),
                _ => torch.optim.RMSProp(p, 0.01, momentum: 0.5),
            };
        }

        public Module All { get; }

        private torch.Tensor LossOf(torch.Tensor x) => (_first.call(x) * _second.call(x)).pow(2).mean();

        private torch.Tensor FirstOf(torch.Tensor x) => _first.call(x).pow(2).mean();

        private torch.Tensor SecondOf(torch.Tensor x) => (_second.call(x) - 1).pow(2).mean();

        private void Optimise(torch.Tensor loss)
        {
            _optimizer.zero_grad();
            Differentiate(loss);
            _optimizer.step();
        }

        private static void Differentiate(torch.Tensor loss) => loss.backward();

        [GraphFunction]
        public torch.Tensor ByHelper(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            Optimise(loss);
            return loss;
        }

        [GraphFunction]
        public torch.Tensor ByOther(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if (loss.item<float>() > 0.01f) Elsewhere.Optimise(_optimizer, loss);
            return loss;
        }

        [GraphFunction]
        public torch.Tensor ByFunction(torch.Tensor x)
        {
            torch.Tensor sum = ByHelper(x);
            if (sum.item<float>() > 0.1f) sum = sum + ByHelper(x * 0.5f);
            return sum;
        }

        [GraphFunction]
        public torch.Tensor ByFlag(torch.Tensor x, bool on)
        {
            torch.Tensor loss = LossOf(x);
            if (on) Optimise(loss);
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Early(torch.Tensor x)
        {
            torch.Tensor loss = FirstOf(x);
            if (loss.item<float>() < 0.05f) return loss;
            Optimise(loss + SecondOf(x));
            return LossOf(x);
        }

        [GraphFunction]
        public torch.Tensor Both(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if ((bool)(x.sum() > 0.1f))
            {
                Optimise(loss);
            }
            else
            {
                _optimizer.zero_grad();
                (loss + FirstOf(x)).backward();
                utils.clip_grad_norm_(All.parameters(), 0.5);
                _optimizer.step();
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor ThenBoth(torch.Tensor x)
        {
            Optimise(LossOf(x));
            if ((bool)(x.sum() > 0.1f)) Optimise(LossOf(x * 2));
            else Optimise(LossOf(x * 0.5f));
            return LossOf(x);
        }

        [GraphFunction]
        public torch.Tensor ThenWhile(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            Optimise(LossOf(x));
            while (count.item<float>() < 3)
            {
                if ((bool)(LossOf(x) > 0.1f)) Optimise(LossOf(x));
                else Optimise(FirstOf(x) + SecondOf(x));
                count = count + 1;
            }
            Optimise(LossOf(x * 0.5f));
            return LossOf(x);
        }

        [GraphFunction]
        public torch.Tensor BothByFlag(torch.Tensor x, bool first)
        {
            torch.Tensor loss;
            _optimizer.zero_grad();
            if (first)
            {
                loss = FirstOf(x);
                loss.backward();
            }
            else
            {
                loss = SecondOf(x) + FirstOf(x);
                loss.backward();
                utils.clip_grad_value_(All.parameters(), 0.1);
            }
            _optimizer.step();
            return loss;
        }

        // Only one of two layers has a gradient.
        [GraphFunction]
        public torch.Tensor OneOf(torch.Tensor x)
        {
            torch.Tensor loss;
            if ((bool)(x[0, 0] < -1.5f))
            {
                loss = FirstOf(x);
                Optimise(loss);
            }
            else
            {
                loss = SecondOf(x);
                Optimise(loss);
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor StepAfter(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = SecondOf(x);
            if ((bool)(x[0, 0] < -1.5f)) FirstOf(x).backward();
            else loss.backward();
            utils.clip_grad_norm_(All.parameters(), 0.5);
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Twice(torch.Tensor x)
        {
            torch.Tensor loss = SecondOf(x);
            loss.backward();
            _optimizer.step();
            if ((bool)(x[0, 0] < -1.5f))
            {
                FirstOf(x).backward();
                _optimizer.step();
            }
            _optimizer.zero_grad();
            LossOf(x).backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor While(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x), count = torch.zeros(1);
            while (loss.item<float>() > 0.02f && count.item<float>() < 4)
            {
                _optimizer.zero_grad();
                loss = LossOf(x) + FirstOf(x);
                loss.backward();
                _optimizer.step();
                count = count + 1;
            }
            return loss + count;
        }

        [GraphFunction]
        public torch.Tensor Do(torch.Tensor x)
        {
            torch.Tensor loss, count = torch.zeros(1);
            do
            {
                loss = SecondOf(x);
                Optimise(loss);
                count = count + 1;
            }
            while ((bool)(loss > 0.1f) && count.item<float>() < 3);
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Counted(torch.Tensor x)
        {
            torch.Tensor total = torch.zeros(1), n = (x.abs().sum() / 2).floor().to(torch.int64).clamp(0, 3);
            for (torch.Tensor i = torch.zeros(1, dtype: torch.int64); (bool)(i < n); i = i + 1)
            {
                torch.Tensor loss = LossOf(x) + SecondOf(x);
                Optimise(loss);
                total = total + loss.detach();
            }
            return total;
        }

        [GraphFunction]
        public torch.Tensor Broken(torch.Tensor x)
        {
            torch.Tensor loss = torch.zeros(1);
            for (int i = 0; i < 3; i++)
            {
                loss = LossOf(x) + FirstOf(x);
                Optimise(loss);
                if (loss.item<float>() < 0.3f) break;
            }
            return loss;
        }

        // Gradients of all iterations, on those of earlier calls.
        [GraphFunction]
        public torch.Tensor Adding(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < 3)
            {
                SecondOf(x * (count + 1)).backward();
                count = count + 1;
            }
            _optimizer.step();
            return count;
        }

        [GraphFunction]
        public torch.Tensor Alternating(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < 4)
            {
                _optimizer.zero_grad();
                if ((bool)(count % 2 == 0)) FirstOf(x).backward();
                else LossOf(x).backward();
                _optimizer.step();
                count = count + 1;
            }
            return count;
        }

        [GraphFunction]
        public torch.Tensor Detached(torch.Tensor x)
        {
            torch.Tensor h = x[0], count = torch.zeros(1);
            while (count.item<float>() < 3)
            {
                h = h.detach();
                h = (_first.call(h) + x[0, 0]).tanh().sum() * h;
                Optimise(h.pow(2).sum());
                count = count + 1;
            }
            return h;
        }

        [GraphFunction]
        public torch.Tensor Nested(torch.Tensor x)
        {
            torch.Tensor outer = torch.zeros(1), loss = SecondOf(x);
            while (outer.item<float>() < 2)
            {
                torch.Tensor inner = torch.zeros(1), part = _first.call(x);
                while (inner.item<float>() < 2)
                {
                    loss = (part.detach() * _second.call(x)).pow(2).mean();
                    Optimise(loss);
                    inner = inner + 1;
                }
                loss = part.pow(2).mean() + SecondOf(x);
                Optimise(loss);
                outer = outer + 1;
            }
            return loss;
        }

        [GraphFunction]
        public torch.Tensor AfterBackward(torch.Tensor x)
        {
            LossOf(x).backward();
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < 2)
            {
                _optimizer.step();
                count = count + 1;
            }
            All.zero_grad();
            return count;
        }

        [GraphFunction]
        public torch.Tensor Carried(torch.Tensor x)
        {
            torch.Tensor h = x, count = torch.zeros(1);
            while (count.item<float>() < 3)
            {
                h = _first.call(h).sum() * h;
                Optimise(h.pow(2).sum());
                count = count + 1;
            }
            return h;
        }

        [GraphFunction]
        public torch.Tensor Chosen(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            return loss.item<float>() > 0 ? Updated(loss) : loss;
        }

        [GraphFunction]
        public torch.Tensor ChosenLater(torch.Tensor x)
        {
            LossOf(x).backward();
            return Chosen(x);
        }

        [GraphFunction]
        public torch.Tensor Delegated(torch.Tensor x)
        {
            LossOf(x).backward();
            return WherePositive(LossOf(x), loss => Updated(loss));
        }

        private static torch.Tensor WherePositive(torch.Tensor x, Func<torch.Tensor, torch.Tensor> change)
        {
            if ((bool)(x > 0)) return change(x);
            return x;
        }

        private torch.Tensor Updated(torch.Tensor loss)
        {
            Optimise(loss);
            return loss * 2;
        }
    }
}
