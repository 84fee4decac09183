using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace TorchSharpTraining;

/// <summary>Classes by the last state of a module over sequences.</summary>
public sealed partial class LastOf : Module<torch.Tensor, torch.Tensor>
{
    private readonly Module inner;
    private readonly Linear output;

    public LastOf(Module inner, long width)
        : base(nameof(LastOf))
    {
        this.inner = inner;
        output = Linear(width, 10);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        torch.Tensor last = inner is LSTM lstm ? lstm.call(x).Item1[.., ^1] : ((TransformerEncoderLayer)inner).call(x, null, null)[^1];
        return output.call(last);
    }
}
