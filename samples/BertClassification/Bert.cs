using TensorGraph;

namespace BertClassification;

/// <summary>Sizes of the encoder.</summary>
internal sealed record Sizes(int Tokens, int Length, int Width, int Layers, int Heads, double Dropout);

/// <summary>
/// Embeddings of tokens and positions, then transformer encoder blocks: a vector for each token. Token 0 fills up short texts. Source: Devlin et al.
/// 2018.
/// </summary>
internal sealed class Bert : Module
{
    private readonly Embedding _tokens;
    private readonly PositionEmbedding _positions;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly TransformerEncoderBlock[] _blocks;

    public Bert(Sizes sizes, RandomGenerator random)
    {
        _tokens = new(sizes.Tokens, sizes.Width, padding: 0, initializer: Initializers.Normal(0.02), random: random);
        _positions = new(sizes.Length, sizes.Width, random: random);
        _norm = new(sizes.Width);
        _dropout = new(sizes.Dropout, random);
        _blocks = [.. Enumerable.Range(0, sizes.Layers).Select(_ =>
            new TransformerEncoderBlock(sizes.Width, sizes.Heads, 4 * sizes.Width, sizes.Dropout, Ops.Gelu, random: random))];
    }

    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor isToken = x != 0;
        Tensor y = _dropout.Call(_norm.Call(_positions.Call(_tokens.Call(x))), training);
        foreach (var block in _blocks)
            y = block.Encode(y, isToken, training: training);
        return y;
    }
}
