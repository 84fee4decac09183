namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Gradients that the program clears between calls, and the function in them, in any order.</summary>
public sealed partial class ClearedGradientTests
{
    private static readonly string[] s_ways = ["", "optimizer", "module", "zeros", "null", "one", "zero_"];

    public static TheoryData<string, string> Ways()
    {
        var all = new TheoryData<string, string>();
        foreach (string inside in new[] { "", "optimizer", "module", "zeros", "optimizer after", "module after", "zeros after" })
        {
            foreach (string name in new[] { "SGD", "Adam" }) all.Add(name, inside);
        }
        return all;
    }

    [TorchTheory]
    [MemberData(nameof(Ways))]
    public void The_next_call_has_the_gradients_of_TorchSharp(string name, string inside)
    {
        foreach (string outside in s_ways)
        {
            // Only one of two layers has a gradient at some calls, and some calls take no step.
            Check(name, (p, x, i) =>
            {
                torch.Tensor loss = p.Step(x, inside, first: i % 3 != 1, second: i % 2 == 0, step: i != 3);
                if (i != 4) p.Clear(outside);
                return loss;
            });
            Check(name, (p, x, i) =>
            {
                if (i == 2) p.Clear(outside);
                return p.Step(x, inside, first: i != 3, second: i < 2, step: true);
            });
        }
    }

    [TorchTheory]
    [InlineData("optimizer")]
    [InlineData("module")]
    [InlineData("zeros")]
    [InlineData("null")]
    [InlineData("zero_")]
    public void Another_function_adds_to_what_the_program_has_cleared(string outside) => Check("Adam", (p, x, i) =>
    {
        torch.Tensor loss = p.Step(x, i % 2 == 0 ? "optimizer" : "", first: true, second: i < 3, step: true);
        p.Clear(outside);
        return loss;
    });

    // As the step of a generator, whose loss has gradients of the discriminator too.
    [TorchFact]
    public void Gradients_that_nobody_uses_may_be_added_to_what_is_not_there() => Check("Adam", (p, x, i) => p.Step(x, "optimizer", true, true, true) + p.Other(x));

    [TorchFact]
    public void A_gradient_that_the_last_step_did_not_leave_is_named()
    {
        using var scope = torch.NewDisposeScope();
        using var use = new GradientUse(false);
        var program = new Program("SGD");
        torch.Tensor x = torch.ones(2, 3);
        program.Step(x, "optimizer", true, true, true);
        Assert.All(program.All.parameters(), p => Assert.Equal(0, p.grad!.abs().sum().item<float>()));
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => program.Step(x, "", true, true, true), ["zero_grad"]);
        program.Clear("optimizer");
        Assert.Equal(1, program.Step(x, "", true, true, true).numel());
        // Those that no step has used, or that are not cleared at first, are there.
        Assert.All(program.All.parameters(), p => Assert.NotEqual(0, p.grad!.abs().sum().item<float>()));
        program.Step(x, "module", true, true, false);
        Assert.All(program.All.parameters(), p => Assert.NotEqual(0, p.grad!.abs().sum().item<float>()));
    }

    // The generator has seen that the tests use gradients.
    [TorchTheory]
    [MemberData(nameof(Ways))]
    public void A_program_that_uses_gradients_outside_of_functions_finds_those_of_TorchSharp(string name, string inside)
    {
        Check(name, (p, x, i) =>
        {
            torch.Tensor loss = p.Step(x, inside, first: i % 3 != 1, second: i % 2 == 0, step: i != 3);
            if (i == 2) loss += p.Other(x);
            if (i > 1) p.StepOutside();
            return torch.cat([loss.reshape(1), .. p.All.parameters().Select(w => w.grad is { } gradient ? gradient.flatten() : torch.full(1, -7f))]);
        }, spares: false);
    }

    [TorchFact]
    public void Another_use_of_gradients_makes_another_trace()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program("SGD");
        torch.Tensor x = torch.ones(2, 3);
        foreach (bool isThere in new[] { false, true, false })
        {
            using var use = new GradientUse(isThere);
            program.Step(x, "optimizer", true, true, true);
            Assert.All(program.All.parameters(), p => Assert.Equal(isThere, p.grad!.abs().sum().item<float>() > 0));
        }
    }

    private static void Check(string name, Func<Program, torch.Tensor, int, torch.Tensor> step, bool spares = true)
    {
        using var scope = torch.NewDisposeScope();
        using var use = new GradientUse(!spares);
        List<torch.Tensor>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            torch.manual_seed(1);
            var program = new Program(name);
            for (int i = 0; i < 6; i++)
            {
                found[mode].Add(step(program, torch.linspace(-1, 1, 6).reshape(2, 3) * (i + 1), i).detach());
                found[mode].AddRange(program.All.parameters().Select(p => p.detach().clone()));
            }
        }
        for (int i = 0; i < found[0].Count; i++) Same.Close(found[0][i], found[1][i], what: $"{name} {i}");
    }

    internal sealed partial class Program
    {
        private readonly Linear _first = Linear(3, 2), _second = Linear(3, 2);
        private readonly torch.optim.Optimizer _optimizer;

        public Program(string name)
        {
            All = Sequential(_first, _second);
            _optimizer = name == "SGD" ? torch.optim.SGD(All.parameters(), 0.01, momentum: 0.5, weight_decay: 0.1) : torch.optim.Adam(All.parameters(), 0.01);
        }

        public Module All { get; }

        public void Clear(string how)
        {
            if (how == "optimizer") _optimizer.zero_grad();
            if (how == "module") All.zero_grad();
            if (how == "zeros") All.zero_grad(false);
            if (how == "one") _first.weight.grad = null;
            foreach (Parameter p in All.parameters())
            {
                if (how == "null") p.grad = null;
                if (how == "zero_") p.grad?.zero_();
            }
        }

        public void StepOutside() => _optimizer.step();

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string clear, bool first, bool second, bool step)
        {
            if (clear == "optimizer") _optimizer.zero_grad();
            if (clear == "module") All.zero_grad();
            if (clear == "zeros") All.zero_grad(false);
            torch.Tensor loss = x.sum();
            if (first) loss = loss + _first.call(x).pow(2).mean();
            if (second) loss = loss + _second.call(x).pow(2).mean();
            if (first || second) loss.backward();
            if (step) _optimizer.step();
            if (clear == "optimizer after") _optimizer.zero_grad();
            if (clear == "module after") All.zero_grad();
            if (clear == "zeros after") All.zero_grad(false);
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Other(torch.Tensor x)
        {
            torch.Tensor loss = (_first.call(x) * _second.call(x)).mean();
            loss.backward();
            return loss;
        }
    }
}
