namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Conditions that take steps themselves, and losses that depend on constants which a branch with a step assigns.</summary>
public sealed partial class GradientConditionTests
{
    public static TheoryData<string> Programs() =>
        ["returns", "else", "and", "or", "chain", "while", "do", "for", "nested", "only", "scaled", "detached", "counted", "rate", "logged", "choice", "choices", "step in choice"];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Steps_are_those_of_TorchSharp(string kind)
    {
        foreach (string optimizer in new[] { "SGD", "Adam" })
        {
            using var scope = torch.NewDisposeScope();
            List<torch.Tensor>[] found = [[], []];
            for (int mode = 0; mode < 2; mode++)
            {
                using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
                torch.manual_seed(1);
                var program = new Program(optimizer);
                for (int i = 0; i < 6; i++)
                {
                    torch.Tensor x = torch.linspace(-1, 1.5, 6).reshape(2, 3) * (i % 3 == 1 ? -2 : i * 0.3 + 0.5);
                    found[mode].Add(program.Step(x, kind).detach());
                    found[mode].AddRange(program.All.parameters().Select(p => p.detach().clone()));
                    found[mode].AddRange(program.All.parameters().Select(p => p.grad?.clone() ?? torch.full(1, -7)));
                }
            }
            for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i], found[1][i], what: $"{optimizer} {kind} {i}");
        }
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;

        public Program(string optimizer)
        {
            All = Sequential(_first, _second);
            _optimizer = optimizer == "SGD" ? torch.optim.SGD(All.parameters(), 0.05, momentum: 0.9) : torch.optim.Adam(All.parameters(), 0.01, weight_decay: 0.1);
        }

        public Module All { get; }

        private torch.Tensor LossOf(torch.Tensor x) => _second.call(_first.call(x).tanh()).pow(2).mean();

        private torch.Tensor StepOf(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = LossOf(x);
            loss.backward();
            _optimizer.step();
            return loss;
        }

        private torch.Tensor Choice(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = LossOf(x);
            loss.backward();
            torch.Tensor n = (bool)(loss > 0.1f) ? _first.weight!.grad!.mul_(0.5f).sum() : _first.weight!.grad!.sum();
            _optimizer.step();
            return n.detach() + loss;
        }

        private torch.Tensor Choices(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = LossOf(x);
            loss.backward();
            torch.Tensor n = (bool)(loss > 0.1f) && loss.item<float>() < 1f ? _first.bias!.grad!.mul_(0.5f).sum()
                : (bool)(x.sum() > 0) ? _first.weight!.grad!.zero_().sum() : utils.clip_grad_norm_(All.parameters(), 0.1) * loss;
            _optimizer.step();
            return n.detach() + loss;
        }

        private torch.Tensor StepInChoice(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = LossOf(x);
            loss.backward();
            torch.Tensor other = (bool)(loss > 0.1f) ? StepOf(x * 0.5f) : loss;
            _optimizer.step();
            return other + loss;
        }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind) => kind switch
        {
            "returns" => Returns(x),
            "else" => Else(x),
            "and" => And(x),
            "or" => Or(x),
            "chain" => Chain(x),
            "while" => While(x),
            "do" => Do(x),
            "for" => For(x),
            "nested" => Nested(x),
            "only" => Only(x),
            "scaled" => Scaled(x),
            "detached" => Detached(x),
            "counted" => Counted(x),
            "rate" => Rate(x),
            "choice" => Choice(x),
            "choices" => Choices(x),
            "step in choice" => StepInChoice(x),
            _ => Logged(x),
        };

        private torch.Tensor Returns(torch.Tensor x)
        {
            if ((bool)(StepOf(x) > 0.2f)) return StepOf(x * 2);
            return LossOf(x);
        }

        private torch.Tensor Else(torch.Tensor x)
        {
            torch.Tensor loss;
            if (StepOf(x).item<float>() > 0.2f) loss = StepOf(x * 2);
            else loss = StepOf(x * 0.5f);
            return loss + LossOf(x);
        }

        private torch.Tensor And(torch.Tensor x)
        {
            if ((bool)(StepOf(x) > 0.1f) && !(bool)(StepOf(x * 2) < 0.2f)) return StepOf(x * 0.5f);
            return LossOf(x);
        }

        private torch.Tensor Or(torch.Tensor x)
        {
            if ((bool)(x.sum() < 0) || (bool)(StepOf(x) > 0.2f)) StepOf(x * 0.5f);
            return LossOf(x);
        }

        private torch.Tensor Chain(torch.Tensor x)
        {
            if ((bool)(StepOf(x) > 0.4f)) StepOf(x * 2);
            else if ((bool)(StepOf(x) > 0.2f)) StepOf(x * 0.5f);
            else _optimizer.zero_grad();
            return LossOf(x);
        }

        private torch.Tensor While(torch.Tensor x)
        {
            torch.Tensor k = torch.tensor(0f);
            while ((bool)(StepOf(x) > 0.1f) && (bool)(k < 3))
            {
                StepOf(x * 0.5f);
                k = k + 1;
            }
            return k + StepOf(x);
        }

        private torch.Tensor Do(torch.Tensor x)
        {
            torch.Tensor k = torch.tensor(0f);
            do
            {
                k = k + 1;
            }
            while ((bool)(StepOf(x) + k < 2));
            return k;
        }

        private torch.Tensor For(torch.Tensor x)
        {
            torch.Tensor last = torch.tensor(0f);
            for (torch.Tensor k = torch.tensor(0f); (bool)(StepOf(x) * 0 + k < 2); k = k + 1) last = StepOf(x * 2).detach();
            return last;
        }

        private torch.Tensor Nested(torch.Tensor x)
        {
            torch.Tensor loss = LossOf(x);
            if ((bool)(x.sum() > 0))
            {
                if ((bool)(StepOf(x) > 0.1f)) loss = StepOf(x * 2);
            }
            return loss.detach();
        }

        private torch.Tensor Only(torch.Tensor x)
        {
            torch.Tensor k = torch.tensor(0f);
            if ((bool)(StepOf(x) > 0.2f)) k = k + 1;
            return k;
        }

        private torch.Tensor Scaled(torch.Tensor x)
        {
            torch.Tensor w = torch.tensor(1f);
            if ((bool)(LossOf(x) > 0.2f))
            {
                StepOf(x);
                w = w * 0.5f;
            }
            return Last(LossOf(x) * w);
        }

        private torch.Tensor Detached(torch.Tensor x)
        {
            torch.Tensor w = torch.tensor(1f), loss = LossOf(x).detach();
            if ((bool)(loss > 0.2f))
            {
                loss = StepOf(x).detach();
                w = w * 0.5f;
            }
            return Last(LossOf(x) * w * loss);
        }

        private torch.Tensor Counted(torch.Tensor x)
        {
            torch.Tensor k = torch.tensor(0f), last = torch.tensor(1f);
            while ((bool)(k < 2))
            {
                last = StepOf(x * last).detach();
                k = k + 1;
            }
            return Last(LossOf(x) * k * last);
        }

        private torch.Tensor Rate(torch.Tensor x)
        {
            torch.Tensor best = LossOf(x).detach(), rate = torch.tensor(1f);
            for (int i = 0; i < 3; i++)
            {
                torch.Tensor loss = LossOf(x) * rate;
                _optimizer.zero_grad();
                loss.backward();
                if ((bool)(loss < best))
                {
                    _optimizer.step();
                    best = loss.detach();
                }
                else
                {
                    rate = rate * 0.5f;
                }
            }
            return best + rate;
        }

        private torch.Tensor Logged(torch.Tensor x)
        {
            torch.Tensor log = torch.zeros(3);
            if ((bool)(x.sum() > 0)) log = torch.stack([StepOf(x).detach(), log[0], log[1]]);
            return Last(LossOf(x) + (log * 2).sum() * LossOf(x * 2)).detach() + log.sum();
        }

        private torch.Tensor Last(torch.Tensor loss)
        {
            _optimizer.zero_grad();
            loss.backward();
            _optimizer.step();
            return loss;
        }
    }
}
