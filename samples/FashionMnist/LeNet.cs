using TensorGraph;

namespace Fashion;

/// <summary>A network like LeNet with batch norm.</summary>
public static class LeNet
{
    /// <summary>Two convolutions, each with batch norm and pooling, then two dense layers. Source: LeCun et al. 1998.</summary>
    public static Module Create(int side, RandomGenerator random)
    {
        const int First = 16, Second = 32, Hidden = 128, Classes = 10;
        int rest = side / 2 / 2;
        return new Sequential(
            new Conv2D(1, First, window: 5, padding: 2, bias: false, initializer: Initializers.HeUniform, random: random),
            new BatchNorm(First),
            new Activation(Ops.Relu),
            new MaxPool2D(2),
            new Conv2D(First, Second, window: 3, padding: 1, bias: false, initializer: Initializers.HeUniform, random: random),
            new BatchNorm(Second),
            new Activation(Ops.Relu),
            new MaxPool2D(2),
            new Flatten(),
            new Dense(Second * rest * rest, Hidden, Ops.Relu, initializer: Initializers.HeUniform, random: random),
            new Dropout(0.25, random),
            new Dense(Hidden, Classes, random: random));
    }
}
