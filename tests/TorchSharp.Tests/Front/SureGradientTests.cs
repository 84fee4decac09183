namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Code that uses <c>p.grad!</c> or <c>p.grad.member</c> in and behind branches and loops: there is a gradient, or the run fails.</summary>
public sealed partial class SureGradientTests
{
    public static TheoryData<string> Programs() => ["loop", "both", "behind", "all", "norm", "while", "zeroed", "branch", "operators", "set", "kept", "optional", "some"];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Gradients_are_used_as_in_TorchSharp(string kind)
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program();
            for (int i = 0; i < 5; i++)
            {
                torch.Tensor x = torch.linspace(-1, 1.5, 6).reshape(2, 3) * (i % 3 == 1 ? -2 : i + 1);
                found[mode].Add(program.Step(x, kind).detach());
                found[mode].AddRange(program.All.parameters().Select(p => p.detach().clone()));
                found[mode].AddRange(program.All.parameters().Select(p => p.grad?.clone() ?? torch.full(1, -7)));
            }
        }
        for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i], found[1][i], what: $"{kind} {i}");
    }

    [TorchFact]
    public void The_run_fails_where_there_is_none()
    {
        using var scope = torch.NewDisposeScope();
        foreach (string kind in new[] { "missing", "dropped" })
        {
            var program = new Program();
            torch.Tensor x = torch.ones(2, 3);
            Assert.Equal(1, program.Step(x, kind).numel());
            torch.Tensor before = program.All.parameters().First().detach().clone();
            Expect.ErrorHere(DiagnosticIds.AssertionFailed, () => program.Step(-x, kind), ["no gradient"]);
            Assert.True(before.equal(program.All.parameters().First()).all().item<bool>());
        }
    }

    [TorchFact]
    public void One_that_is_known_to_be_missing_is_named()
    {
        using var scope = torch.NewDisposeScope();
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => new Program().Step(torch.ones(2, 3), "none"), ["no gradient", "is not null"]);
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);
        private readonly torch.optim.Optimizer _optimizer;

        public Program()
        {
            All = Sequential(_first, _second);
            _optimizer = torch.optim.Adam(All.parameters(), 0.01, weight_decay: 0.1);
        }

        public Module All { get; }

        private torch.Tensor LossOf(torch.Tensor x) => _second.call(_first.call(x).tanh()).pow(2).mean();

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind)
        {
            if (kind == "kept") _optimizer.zero_grad();
            else All.zero_grad();
            torch.Tensor loss = LossOf(x), k = torch.tensor(0f), sum = torch.tensor(0f);
            if (kind is not ("missing" or "none" or "branch")) loss.backward();
            switch (kind)
            {
                case "loop":
                    while ((bool)(k < 2))
                    {
                        sum = sum + _first.weight.grad!.sum();
                        k = k + 1;
                    }
                    break;
                case "both":
                    if ((bool)(loss > 0.2f)) _first.weight.grad!.mul_(0.5);
                    else _first.weight.grad!.mul_(0.25);
                    sum = _first.weight.grad.sum();
                    break;
                case "behind" or "kept":
                    if ((bool)(loss > 0.2f)) _first.weight.grad!.mul_(0.5);
                    sum = _first.weight.grad!.sum();
                    // It is there, so C# may ask.
                    if (_first.weight.grad is null) return x;
                    break;
                case "all":
                    torch.Tensor length = utils.clip_grad_norm_(All.parameters(), 1.0) * torch.ones(1);
                    if ((bool)(length > 0.5f))
                    {
                        foreach (Parameter p in All.parameters()) p.grad!.mul_(0.5);
                    }
                    foreach (Parameter p in All.parameters()) p.grad!.add_(0.01);
                    break;
                case "norm":
                    if (_first.weight.grad!.norm().item<float>() > 0.5f) _second.weight.grad = torch.zeros_like(_second.weight);
                    sum = _second.weight.grad!.abs().sum();
                    break;
                case "while":
                    while ((bool)(k < 2) && (bool)(_first.weight.grad!.abs().sum() > 0.1f))
                    {
                        _first.weight.grad!.mul_(0.5);
                        k = k + 1;
                    }
                    sum = _first.weight.grad![0].sum();
                    break;
                case "zeroed":
                    if ((bool)(loss > 0.2f)) _first.weight.grad!.zero_();
                    sum = _first.weight.grad!.sum() + _second.bias!.grad!.sum();
                    break;
                case "branch":
                    if ((bool)(x.sum() > 0)) loss.backward();
                    else (loss * 2).backward();
                    sum = -_first.weight.grad!.sum() + (_second.weight.grad! * 2).sum();
                    break;
                case "operators":
                    if ((bool)(loss > 0.2f)) _first.weight.grad!.add_(_first.weight.grad! * 0.5f).sub_(0.1f);
                    sum = (-_first.weight.grad!).sum();
                    break;
                case "set":
                    if ((bool)(loss > 0.2f)) _first.weight.grad = _first.weight.grad! * 2;
                    sum = _first.weight.grad!.sum();
                    break;
                case "optional":
                    if ((bool)(loss > 0.2f))
                    {
                        foreach (Parameter p in All.parameters()) p.grad?.mul_(0.5).add_(0.1);
                    }
                    _first.weight.grad?.clamp_(-0.1, 0.1);
                    break;
                case "some":
                    if ((bool)(x.sum() < 0)) _first.weight.grad = null;
                    _first.weight.grad?.mul_(0.5);
                    if ((bool)(loss > 0.2f)) _first.weight.grad?.zero_();
                    _second.weight.grad = null;
                    _second.weight.grad?.mul_(0.5);
                    break;
                case "missing":
                    if ((bool)(x.sum() > 0)) loss.backward();
                    sum = _first.weight.grad!.sum();
                    break;
                case "dropped":
                    if ((bool)(x.sum() < 0)) _first.weight.grad = null;
                    sum = _first.weight.grad!.sum();
                    break;
                default:
                    sum = _first.weight.grad!.sum();
                    break;
            }
            _optimizer.step();
            return loss + sum;
        }
    }
}
