using TorchSharp;

namespace TensorGraph.Tests;

public sealed class LoadTests
{
    [TorchFact]
    public void LibTorch_is_loaded()
    {
        using var x = torch.ones(2, 3);
        Assert.Equal(6, x.sum().item<float>());
    }
}
