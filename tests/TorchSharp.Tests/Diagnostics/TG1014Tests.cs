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
    public void An_argument_with_a_gradient_is_named()
    {
        using var scope = torch.NewDisposeScope();
        var runner = new Runner(Linear(4, 4));
        torch.Tensor x = torch.ones(2, 4, requires_grad: true);
        Expect.ErrorHere(DiagnosticIds.NotTraceableTorch, () => runner.Run(x), ["'x'", "detach"]);
        using (torch.no_grad()) Assert.Equal(8, runner.Run(x).numel());
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
    }
}
