using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchSharpTraining;

/// <summary>Dense layers, as a program on TorchSharp has them.</summary>
public sealed partial class Mlp : Module<torch.Tensor, torch.Tensor>
{
    private readonly Linear fc1 = Linear(64, 128);
    private readonly Linear fc2 = Linear(128, 64);
    private readonly Linear fc3 = Linear(64, 10);

    public Mlp()
        : base(nameof(Mlp)) => RegisterComponents();

    public override torch.Tensor forward(torch.Tensor x)
    {
        x = functional.relu(fc1.forward(x));
        x = functional.relu(fc2.forward(x));
        return fc3.forward(x);
    }
}
