namespace TensorGraph.Torch;

using TorchSharp;
using static TorchSharp.torch.optim;

// Names are torch's, where the members are documented.
#pragma warning disable CS1591

/// <summary>The members of TorchSharp's optimisers and schedulers that change something, as nodes of a graph.</summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public static class TorchOptimizers
{
    public static void traced_zero_grad(this Optimizer optimizer)
    {
        TorchTrace call = TorchTrace.Here("zero_grad");
        // Other than a module's, it leaves zeros.
        call.ClearGradients(optimizer.parameters().Select(parameter => call.Find(parameter)), toZeros: true);
    }

    public static void traced_zero_grad(this torch.nn.Module module, bool set_to_none = true)
    {
        TorchTrace call = TorchTrace.Here("zero_grad");
        call.ClearGradients(module.parameters().Select(parameter => call.Find(parameter)), toZeros: !set_to_none);
    }

    public static void traced_step(this Optimizer optimizer) => OptimizerSteps.Step(optimizer);

    /// <summary>Computes the loss and its gradients, then takes the step.</summary>
    public static Tensor traced_step(this Optimizer optimizer, Func<Tensor> closure)
    {
        Tensor loss = Throw.IfNull(closure)();
        OptimizerSteps.Step(optimizer);
        return loss;
    }

    /// <summary>The rates of learning change when the graph runs, once each time.</summary>
    public static void traced_step(this lr_scheduler.LRScheduler scheduler) => Ops.HostCall(_ => scheduler.step(), []);
}
