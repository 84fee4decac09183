namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Changes in place under <c>no_grad</c>: the tensor has the new value, and the gradient that it had.</summary>
public sealed partial class KeptGradientTests
{
    public static TheoryData<string> Programs() => ["clamp", "chain", "index", "compound", "inBranch", "inLoop", "twice", "made", "nested", "half", "branch", "plain"];

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Gradients_of_the_function_are_those_of_TorchSharp(string kind) => Check(kind, (p, x) => p.Step(x, kind));

    [TorchTheory]
    [MemberData(nameof(Programs))]
    public void Gradients_that_the_caller_takes_are_those_of_TorchSharp(string kind) => Check(kind, (p, x) =>
    {
        torch.Tensor loss = p.Loss(x, kind);
        loss.backward();
        return loss;
    });

    [TorchFact]
    public void A_change_in_a_branch_under_it_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.Step(torch.ones(2, 3), "around"), ["no_grad into the branch"]);
        Check("around", (p, x) =>
        {
            torch.Tensor loss = p.Loss(x, "around");
            loss.backward();
            return loss;
        });
    }

    private static void Check(string kind, Func<Program, torch.Tensor, torch.Tensor> step)
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program();
            for (int i = 0; i < 3; i++)
            {
                program.All.zero_grad();
                found[mode].Add(step(program, torch.linspace(-1, 1.5, 6).reshape(2, 3) * (i == 1 ? -2 : i + 1)).detach());
                found[mode].AddRange(program.All.parameters().Select(p => p.grad?.clone() ?? torch.full(1, -7)));
            }
        }
        for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i], found[1][i], what: $"{kind} {i}");
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 3), _second = Linear(3, 3);

        public Program() => All = Sequential(_first, _second);

        public Module All { get; }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind)
        {
            if (kind == "branch")
            {
                if ((bool)(x.sum() > 0)) Of(x, "clamp").backward();
                else Of(x * 2, "made").backward();
                return x.sum();
            }
            torch.Tensor loss = Of(x, kind);
            loss.backward();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Loss(torch.Tensor x, string kind) => Of(x, kind);

        private torch.Tensor Of(torch.Tensor x, string kind)
        {
            torch.Tensor y = _first.call(x), k = torch.tensor(0f);
            switch (kind)
            {
                case "clamp":
                    using (torch.no_grad()) y.clamp_(-0.5, 0.5);
                    break;
                case "chain":
                    using (torch.no_grad()) y.mul_(2).add_(x).clamp_(-0.7, 0.7);
                    y.add_(1);
                    break;
                case "index":
                    using (torch.no_grad())
                    {
                        y[0] = 5f;
                        y[1, 2] = y[1, 1] * 2;
                    }
                    break;
                case "compound":
                    using (torch.no_grad()) y[0] += 5f;
                    break;
                case "inBranch":
                    if ((bool)(x.sum() > 0))
                    {
                        using (torch.no_grad()) y.clamp_(-0.5, 0.5);
                    }
                    break;
                case "inLoop":
                    while ((bool)(k < 2))
                    {
                        using (torch.no_grad()) y.mul_(0.5);
                        k = k + 1;
                    }
                    break;
                case "twice":
                    using (torch.no_grad()) y.mul_(0.5);
                    y = y * _second.call(x);
                    using (torch.no_grad()) y.clamp_(-0.5, 0.5);
                    break;
                case "made":
                    using (torch.no_grad())
                    {
                        torch.Tensor z = _second.call(y);
                        z.mul_(2);
                        y.add_(z);
                    }
                    break;
                case "nested":
                    using (torch.no_grad())
                    {
                        using (torch.no_grad()) y.mul_(3);
                        y.add_(1);
                    }
                    break;
                case "plain":
                    torch.Tensor scale = torch.ones(3);
                    using (torch.no_grad())
                    {
                        if ((bool)(x.sum() > 0)) scale.mul_(2);
                    }
                    y = y * scale;
                    break;
                case "around":
                    using (torch.no_grad())
                    {
                        if ((bool)(x.sum() > 0)) y.clamp_(-0.5, 0.5);
                    }
                    break;
                default:
                    y = (_second.call(x) * y).detach() * y;
                    using (torch.no_grad()) y.mul_(0.5);
                    break;
            }
            return _second.call(y.clone()).pow(2).sum();
        }
    }
}
