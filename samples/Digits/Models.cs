using TensorGraph;

namespace Digits;

/// <summary>The models that can be chosen. Each takes one image a row and gives scores of ten labels.</summary>
public static class Models
{
    public static IReadOnlyList<string> Names { get; } = ["mlp", "cnn"];

    public static Classifier Create(string name, int pixels, int seed)
    {
        var random = new RandomGenerator(seed);
        return new(name == "cnn" ? Cnn(pixels, random) : Mlp(pixels, random), new Adam(learningRate: 0.002));
    }

    /// <summary>pixels-128-64-10.</summary>
    public static Module Mlp(int pixels, RandomGenerator random) => new Sequential(
        new Dense(pixels, 128, Ops.Relu, initializer: Initializers.HeUniform, random: random),
        new Dense(128, 64, Ops.Relu, initializer: Initializers.HeUniform, random: random),
        new Dense(64, 10, random: random));

    /// <summary>Two convolutions with pooling, then one dense layer.</summary>
    public static Module Cnn(int pixels, RandomGenerator random)
    {
        int side = (int)Math.Sqrt(pixels);
        return new Sequential(
            new Reshape(1, side, side),
            new Conv2D(1, 8, window: 3, padding: 1, activation: Ops.Relu, initializer: Initializers.HeUniform, random: random),
            new MaxPool2D(2),
            new Conv2D(8, 16, window: 3, padding: 1, activation: Ops.Relu, initializer: Initializers.HeUniform, random: random),
            new MaxPool2D(2),
            new Flatten(),
            new Dense(16 * (side / 4) * (side / 4), 10, random: random));
    }
}
