using TensorGraph;

namespace Study;

/// <summary>A small network, run as it is written, as a graph function, and as its graph alone.</summary>
public sealed partial class Network
{
    private readonly Module[] _layers =
        [new Dense(512, 256, Ops.Relu), new Dense(256, 128, Ops.Relu), new Dense(128, 2)];

    [GraphFunction]
    public Tensor Forward(Tensor x)
    {
        foreach (var layer in _layers)
            x = layer.Call(x);
        return x;
    }
}
