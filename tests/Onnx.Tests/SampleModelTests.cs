using Google.Protobuf;

namespace TensorGraph.Tests;

/// <summary>The models of the samples give the same in ONNX Runtime, for open batches and lengths.</summary>
public sealed class SampleModelTests
{
    private const int Tokens = 50, Length = 12, Classes = 5;

    private static readonly TextClassification.Sizes Small = new() { Width = 16, Units = 12 };

    private static readonly Dictionary<string, (Func<RandomGenerator, Module> Create, string Spec, Func<long, Tensor> Input)> Models = new()
    {
        ["digits mlp"] = (random => Digits.Models.Mlp(64, random), "f32[batch, 64]", batch => Normal(batch, 64)),
        ["digits cnn"] = (random => Digits.Models.Cnn(64, random), "f32[batch, 64]", batch => Normal(batch, 64)),
        ["fashion lenet"] = (random => Fashion.LeNet.Create(28, random), "f32[batch, 1, 28, 28]", batch => Normal(batch, 1, 28, 28)),
        ["fasttext"] = (random => Text("fasttext", random), "i32[batch, length]", batch => Words(batch, Length)),
        ["textcnn"] = (random => Text("textcnn", random), "i32[batch, length]", batch => Words(batch, Length)),
        ["rcnn"] = (random => Text("rcnn", random), "i32[batch, length]", batch => Words(batch, Length - 2)),
        ["bert"] = (random => Text("bert", random), "i32[batch, length]", batch => Words(batch, Length)),
        ["char rnn"] = (random => new CharRnn.Model(Tokens, 24, random), "i32[batch, length]", batch => Words(batch, Length)),
    };

    public static TheoryData<string> Names() => [.. Models.Keys];

    private static Module Text(string name, RandomGenerator random) => TextClassification.Models.Create(name, Tokens, Length, Classes, Small, random);

    private static Tensor Normal(params long[] shape) => new RandomGenerator(5).Normal(new Shape(shape));

    // Some rows end with padding.
    private static Tensor Words(long batch, long length)
    {
        var random = new Random(7);
        int[,] words = new int[batch, length];
        for (int i = 0; i < batch; i++)
        {
            for (int j = 0; j < length - (i % 4); j++)
                words[i, j] = random.Next(1, Tokens);
        }

        return words;
    }

    [RuntimeTheory]
    [MemberData(nameof(Names))]
    public void Model_agrees(string name)
    {
        var (create, spec, input) = Models[name];
        var function = new Network(create(new RandomGenerator(1))).For(spec);
        var exported = OnnxModel.Of(function);
        byte[] model = exported.ToByteArray();
        var imported = ModelFile.Import(exported);
        foreach (long batch in new long[] { 1, 3, 8 })
        {
            var x = input(batch);
            Literal[] expected = [function.Call(x)[0].ToLiteral()];
            Agreement.Same(expected, OnnxRuntime.Run(model, x.ToLiteral()), $"{name}, batch {batch}");
            Agreement.Same(ImportedModel.Run(imported, x.ToLiteral()), expected, $"{name}, batch {batch}, read back", 1e-6);
        }
    }
}
