using TextClassification;

namespace TensorGraph.Benchmarks;

/// <summary>The models that are served, with random weights: speed does not depend on what they have learnt.</summary>
internal static partial class Served
{
    public const int Pixels = 784, Tokens = 30_000, Classes = 10;

    /// <summary>Tokens of a text.</summary>
    public static readonly int[] Lengths = [50, 100];

    private static readonly Sizes s_small = new() { Width = 128, Units = 128 };
    private static readonly Sizes s_base = new() { Width = 768, Heads = 12, Layers = 12 };

    private static readonly Sequential s_network = new(
        new Dense(Pixels, 768, Ops.Relu, random: new RandomGenerator(1)), new Dense(768, 384, Ops.Relu, random: new RandomGenerator(2)),
        new Dense(384, 10, random: new RandomGenerator(3)));

    /// <summary>The text models by name.</summary>
    public static IReadOnlyDictionary<string, (string Model, Sizes Sizes)> Texts { get; } = new OrderedDictionary<string, (string, Sizes)>
    {
        ["FastText"] = ("fasttext", s_small),
        ["TextCNN"] = ("textcnn", s_small),
        ["RCNN"] = ("rcnn", s_small),
        ["BERT"] = ("bert", s_base),
    };

    [GraphFunction]
    public static Tensor HalfPlusTwo(Tensor x) => (x * 0.5f) + 2;

    [GraphFunction]
    public static Tensor Network(Tensor x) => s_network.Call(x);

    /// <summary>Saves a model as version 1 below a folder of its name.</summary>
    public static void Save(string folder, string name)
    {
        string version = Path.Combine(folder, name, "1");
        if (Texts.TryGetValue(name, out var text))
            SaveText(version, Models.Create(text.Model, Tokens, Lengths.Max(), Classes, text.Sizes, new RandomGenerator(1)));
        else
            SavedModel.Save(version, [new("serving_default", name == "half" ? GraphFunction.Of(HalfPlusTwo).GetConcreteFunction(TensorSpec.Parse("f32[n, 1]"))
                : GraphFunction.Of(Network).GetConcreteFunction(TensorSpec.Parse($"f32[n, {Pixels}]")))]);
    }

    /// <summary>Name of the signature for texts of a length.</summary>
    public static string Signature(int length) => $"length_{length}";

    // A signature for each length; they share the weights.
    private static void SaveText(string version, Module model)
    {
        var scorer = new Scorer(model);
        SavedModel.Save(
            version,
            [.. Lengths.Select(length => new SignatureDefinition(
                Signature(length), GraphFunction.Of(scorer.Predict).GetConcreteFunction(TensorSpec.Parse($"i32[n, {length}]"))))],
            model.NamedVariables);
    }

    private sealed partial class Scorer(Module model)
    {
        [GraphFunction]
        public Tensor Predict(Tensor texts) => Ops.Softmax(model.Call(texts));
    }
}
