namespace TensorGraph.Tests.Diagnostics;

using TorchSharp;
using static TorchSharp.torch.nn;

public sealed partial class TG1014Tests
{
    [TorchFact]
    public void A_module_outside_of_the_table_is_named()
    {
        using var scope = torch.NewDisposeScope();
        var runner = new Runner(Sequential(Linear(4, 4), CELU(0.5)));
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => runner.Run(torch.ones(2, 4)), ["CELU", "coming-from-torchsharp"]);
    }

    [TorchFact]
    public void An_argument_with_a_gradient_of_a_function_that_calls_backward_is_named()
    {
        using var scope = torch.NewDisposeScope();
        var layer = Linear(4, 4);
        var trainer = new Trainer(layer, torch.optim.SGD(layer.parameters(), 0.1));
        torch.Tensor x = torch.ones(2, 4, requires_grad: true);
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => trainer.Step(x), ["'x'", "detach"]);
        Assert.Equal(1, trainer.Step(x.detach()).numel());
    }

    // TorchSharp says that the loss does not require a gradient.
    [TorchFact]
    public void Backward_where_the_caller_has_turned_gradients_off_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var layer = Linear(4, 4);
        var trainer = new Trainer(layer, torch.optim.SGD(layer.parameters(), 0.1));
        torch.Tensor x = torch.ones(2, 4), before = layer.weight!.detach().clone();
        foreach (Func<IDisposable> off in new Func<IDisposable>[] { torch.no_grad, () => torch.inference_mode(), () => torch.set_grad_enabled(false) })
        {
            using (off())
            {
                Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => trainer.Step(x), ["no_grad"]);
                Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => trainer.Flagged(x, true), ["no_grad"]);
                Assert.Equal(1, trainer.Flagged(x, false).numel());
                using ((TensorGraphOptions.Current with { RunImperatively = true }).Use())
                    Assert.ThrowsAny<Exception>(() => trainer.Step(x));
            }
            Assert.True(before.equal(layer.weight).all().item<bool>());
        }
        Assert.Equal(1, trainer.Step(x).numel());
        using (torch.no_grad()) Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => trainer.Step(x), ["no_grad"]);
        Assert.False(before.equal(layer.weight).all().item<bool>());
    }

    // TorchSharp's own error, since none of ours passes its native code; the text goes to the warnings.
    [TorchFact]
    public void A_gradient_of_a_gradient_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var runner = new Runner(Linear(4, 4));
        torch.Tensor x = torch.ones(2, 4, requires_grad: true);
        torch.Tensor First() => torch.autograd.grad([runner.Run(x).pow(2).sum()], [x], create_graph: true)[0];
        using var warnings = new StringWriter();
        using ((TensorGraphOptions.Current with { Warnings = warnings }).Use())
        {
            torch.Tensor first = First();
            Assert.Equal("", warnings.ToString());
            Assert.False(first.isnan().any().item<bool>());
            var error = Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => first.pow(2).sum().backward());
            Assert.Contains("got 1014", error.Message, StringComparison.Ordinal);
            Assert.Contains("TG1014: Runner.Run", warnings.ToString(), StringComparison.Ordinal);
            // Here TorchSharp would let the process end.
            Assert.True(torch.autograd.grad([First().pow(2).sum()], [x])[0].isnan().all().item<bool>());
        }
        runner.Run(x).sum().backward();
        Assert.False(x.grad!.isnan().any().item<bool>());
    }

    [TorchFact]
    public void Inplace_on_a_tensor_with_another_name_is_named()
    {
        using var scope = torch.NewDisposeScope();
        var runner = new Runner(ReLU(inplace: true));
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => runner.Run(torch.ones(2, 4)), ["ReLU", "inplace"]);
    }

    [TorchFact]
    public void An_optimiser_outside_of_the_table_is_named()
    {
        using var scope = torch.NewDisposeScope();
        var layer = Linear(4, 4);
        var trainer = new Trainer(layer, torch.optim.Rprop(layer.parameters()));
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => trainer.Step(torch.ones(2, 4)), ["Rprop", "Adam"]);
    }

    internal sealed partial class Runner(Module<torch.Tensor, torch.Tensor> module)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => module.forward(x);
    }

    internal sealed partial class Trainer(TorchSharp.Modules.Linear layer, torch.optim.Optimizer optimizer)
    {
        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x)
        {
            torch.Tensor loss = layer.forward(x).sum();
            loss.backward();
            optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Flagged(torch.Tensor x, bool trains)
        {
            torch.Tensor loss = layer.forward(x).sum();
            if (trains) loss.backward();
            return loss;
        }
    }
}
