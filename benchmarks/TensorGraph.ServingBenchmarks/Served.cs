namespace TensorGraph.Benchmarks;

/// <summary>The functions that are served: one that costs next to nothing, and one that reads 3.7 MB of weights for each batch.</summary>
internal static partial class Served
{
    public const int Pixels = 784;

    private static readonly Sequential s_network = new(
        new Dense(Pixels, 768, Ops.Relu, random: new RandomGenerator(1)), new Dense(768, 384, Ops.Relu, random: new RandomGenerator(2)),
        new Dense(384, 10, random: new RandomGenerator(3)));

    [GraphFunction]
    public static Tensor HalfPlusTwo(Tensor x) => (x * 0.5f) + 2;

    [GraphFunction]
    public static Tensor Network(Tensor x) => s_network.Call(x);

    public static void Save(string folder)
    {
        SavedModel.Save(Path.Combine(folder, "half", "1"), [new("serving_default", GraphFunction.Of(HalfPlusTwo).GetConcreteFunction(TensorSpec.Parse("f32[n, 1]")))]);
        SavedModel.Save(
            Path.Combine(folder, "network", "1"), [new("serving_default", GraphFunction.Of(Network).GetConcreteFunction(TensorSpec.Parse($"f32[n, {Pixels}]")))]);
    }
}
