using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchSharpTraining;

/// <summary>Convolutions with batch normalisation, as a program on TorchSharp has them.</summary>
public sealed partial class Cnn : Module<torch.Tensor, torch.Tensor>
{
    private readonly Sequential features = Sequential(
        Conv2d(1, 16, 3, padding: 1), BatchNorm2d(16), ReLU(inplace: true), MaxPool2d(2), Conv2d(16, 32, 3, padding: 1), ReLU(inplace: true),
            MaxPool2d(2));

    private readonly Linear classifier = Linear(32 * 2 * 2, 10);

    public Cnn()
        : base(nameof(Cnn)) => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor x)
    {
        x = features.forward(x.view(-1, 1, 8, 8));
        return classifier.forward(x.flatten(1));
    }
}
