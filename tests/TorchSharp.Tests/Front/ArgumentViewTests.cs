namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Arguments that share memory with what the function changes.</summary>
public sealed partial class ArgumentViewTests
{
    [TorchFact]
    public void A_view_of_what_the_function_changes_is_named_at_any_call()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        torch.Tensor x = torch.ones(2, 3), free = torch.ones(3), weight = program.Layer.weight.detach(), mean = program.Norm.running_mean!;
        Assert.Equal(1, program.Step(x, free).numel());
        foreach (torch.Tensor view in new[] { weight[0], weight.t()[2], weight.view(-1).slice(0, 1, 6, 2), mean.slice(0, 1, 3, 1) })
        {
            Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Step(x, view), ["view", "clone()"]);
            Assert.Equal(1, program.Step(x, view.clone()).numel());
        }
        Assert.Equal(1, program.Step(x, free).numel());
        Expect.Error(DiagnosticIds.NotTraceableTorch, () => program.Step(weight.t()[0].expand(2, 3), free), ["view"]);
        // For gradients that nothing clears, and for another size.
        Assert.Equal(3, GraphFunction.Of(program.Step).TraceCount);
    }

    [TorchFact]
    public void A_view_of_what_the_function_only_reads_is_an_argument_like_any_other()
    {
        using var scope = torch.NewDisposeScope();
        var program = new Program();
        torch.Tensor x = torch.ones(2, 3);
        using (torch.no_grad()) Same.AsEager(() => program.Run(x, program.Layer.weight[0]));
        Same.AsEager(() => program.Run(x, program.Layer.weight.detach().t()[1, ..]));
    }

    internal sealed partial class Program
    {
        private readonly torch.optim.Optimizer _optimizer;

        public Program() => _optimizer = torch.optim.SGD(Layer.parameters(), 0.1);

        public Linear Layer { get; } = Linear(3, 3);

        public BatchNorm1d Norm { get; } = BatchNorm1d(3);

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = (Norm.call(Layer.call(x)) * y.sum()).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x, torch.Tensor y) => Layer.call(x) * y;
    }
}
