using TorchSharp;
using static TorchSharp.torch.nn;

namespace TorchSharpTraining;

/// <summary>Trains a module of TorchSharp. Without the attributes it is a program on TorchSharp alone.</summary>
public sealed partial class Trainer(Module<torch.Tensor, torch.Tensor> model, torch.optim.Optimizer optimizer)
{
    [TensorGraph.GraphFunction]
    public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
    {
        optimizer.zero_grad();
        var loss = functional.cross_entropy(model.forward(x), y);
        loss.backward();
        optimizer.step();
        return loss;
    }

    [TensorGraph.GraphFunction]
    public torch.Tensor Accuracy(torch.Tensor x, torch.Tensor y) => model.forward(x).argmax(1).eq(y).to_type(torch.float32).mean();
}
