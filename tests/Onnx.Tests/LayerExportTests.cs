using Google.Protobuf;

namespace TensorGraph.Tests;

/// <summary>Each layer gives the same in ONNX Runtime, for an open batch.</summary>
public sealed class LayerExportTests
{
    private static readonly Dictionary<string, (Func<Module> Create, long[] Shape)> Layers = new()
    {
        ["dense"] = (() => new Dense(4, 3, Ops.Gelu), [4]),
        ["conv 1d"] = (() => new Conv1D(2, 3, 3, stride: 2, padding: 1), [2, 9]),
        ["conv 2d, dilated"] = (() => new Conv2D(4, 6, 3, padding: 1, dilation: 2, groups: 2), [4, 9, 8]),
        ["conv 3d"] = (() => new Conv3D(1, 2, 2), [1, 4, 5, 6]),
        ["depthwise"] = (() => new DepthwiseConv2D(3, 3, multiplier: 2), [3, 7, 7]),
        ["transposed 1d"] = (() => new ConvTranspose1D(3, 2, 3, stride: 2), [3, 5]),
        ["transposed 2d"] = (() => new ConvTranspose2D(3, 2, 3, stride: 2, padding: 1), [3, 5, 4]),
        ["max pool"] = (() => new MaxPool2D(3, stride: 2, padding: 1), [2, 7, 8]),
        ["average pool"] = (() => new AveragePool2D(2), [2, 7, 8]),
        ["global average pool"] = (() => new GlobalAveragePool(), [3, 4, 5]),
        ["global max pool"] = (() => new GlobalMaxPool(), [3, 4, 5]),
        ["batch norm"] = (() => new BatchNorm(3), [3, 4, 5]),
        ["layer norm"] = (() => new LayerNorm(6), [5, 6]),
        ["group norm"] = (() => new GroupNorm(2, 6), [6, 4, 4]),
        ["rms norm"] = (() => new RMSNorm(6), [5, 6]),
        ["dropout"] = (() => new Dropout(0.5), [6]),
        ["lstm"] = (() => new Lstm(4, 5, returnSequences: true, layers: 2), [7, 4]),
        ["gru"] = (() => new Gru(4, 5), [7, 4]),
        ["simple rnn"] = (() => new SimpleRnn(4, 5), [7, 4]),
        ["bidirectional"] = (() => new Bidirectional(new Lstm(4, 5, returnSequences: true), new Lstm(4, 5, returnSequences: true)), [7, 4]),
        ["attention"] = (() => new MultiHeadAttention(8, 2), [5, 8]),
        ["encoder"] = (() => new TransformerEncoderBlock(8, 2, 16), [5, 8]),
        ["positions"] = (() => new SinusoidalPositions(), [5, 8]),
        ["flatten"] = (() => new Flatten(), [2, 3]),
        ["reshape"] = (() => new Reshape(3, 2), [6]),
        ["residual"] = (() => new Residual(new Dense(6, 6, Ops.Silu)), [6]),
    };

    public static TheoryData<string> Names() => [.. Layers.Keys];

    [RuntimeTheory]
    [MemberData(nameof(Names))]
    public void Layer_agrees(string name)
    {
        var (create, shape) = Layers[name];
        var function = new Network(create()).For($"f32[batch, {string.Join(", ", shape)}]");
        var exported = OnnxModel.Of(function);
        byte[] model = exported.ToByteArray();
        var imported = ModelFile.Import(exported);
        foreach (long batch in new long[] { 1, 4 })
        {
            Tensor x = new RandomGenerator(2).Normal(new Shape([batch, .. shape]));
            Literal[] expected = [function.Call(x)[0].ToLiteral()];
            Agreement.Same(expected, OnnxRuntime.Run(model, x.ToLiteral()), $"{name}, batch {batch}");
            Agreement.Same(ImportedModel.Run(imported, x.ToLiteral()), expected, $"{name}, batch {batch}, read back", 1e-6);
        }
    }
}
