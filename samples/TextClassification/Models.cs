using TensorGraph;

namespace TextClassification;

/// <summary>Sizes of the models.</summary>
public sealed record Sizes
{
    /// <summary>Numbers of an embedding, and of a transformer's entry.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Filters of each width, and units of each direction.</summary>
    public int Units { get; init; } = 64;

    /// <summary>Encoder blocks.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Heads of attention.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Share that is dropped while training.</summary>
    public double Dropout { get; init; } = 0.5;
}

/// <summary>The models that can be chosen. Each takes the numbers of tokens, one text a row, and gives scores of the classes.</summary>
public static class Models
{
    public static IReadOnlyList<string> Names { get; } = ["fasttext", "textcnn", "rcnn", "bert"];

    /// <summary>The usual encoder of a model.</summary>
    public static string EncoderOf(string model) => model switch { "fasttext" => "ngrams", "bert" => "wordpiece", _ => "words" };

    public static Module Create(string name, int tokens, int length, int classes, Sizes sizes, RandomGenerator random) => name switch
    {
        "textcnn" => new TextCnn(tokens, classes, sizes, random),
        "rcnn" => new Rcnn(tokens, classes, sizes, random),
        "bert" => new Bert(tokens, length, classes, sizes, random),
        _ => FastText(tokens, classes, sizes, random),
    };

    /// <summary>The mean of the embeddings, then one dense layer. Source: Joulin et al. 2016.</summary>
    public static Module FastText(int tokens, int classes, Sizes sizes, RandomGenerator random) => new Sequential(
        new EmbeddingBag(tokens, sizes.Width, padding: 0, initializer: Initializers.Normal(0.1), random: random),
        new Dropout(sizes.Dropout, random),
        new Dense(sizes.Width, classes, random: random));
}

/// <summary>Convolutions of widths 3, 4 and 5 over the words, the largest value of each filter, one dense layer. Source: Kim 2014.</summary>
public sealed class TextCnn : Module
{
    private readonly Embedding _embedding;
    private readonly Conv1D[] _convolutions;
    private readonly Dropout _dropout;
    private readonly Dense _scores;

    public TextCnn(int tokens, int classes, Sizes sizes, RandomGenerator random)
    {
        int[] widths = [3, 4, 5];
        _embedding = new(tokens, sizes.Width, padding: 0, initializer: Initializers.Normal(0.1), random: random);
        _convolutions = [.. widths.Select(width =>
            new Conv1D(sizes.Width, sizes.Units, width, padding: width / 2, activation: Ops.Relu, random: random))];
        _dropout = new(sizes.Dropout, random);
        _scores = new(widths.Length * sizes.Units, classes, random: random);
    }

    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor words = Ops.Transpose(_dropout.Call(_embedding.Call(x), training), 0, 2, 1);
        Tensor features = Ops.Concat([.. _convolutions.Select(convolution => Ops.ReduceMax(convolution.Call(words), [2]))], axis: 1);
        return _scores.Call(_dropout.Call(features, training));
    }
}

/// <summary>
/// One LSTM layer in both directions beside the embeddings, the largest value of each feature, one dense layer. Source: Lai et al. 2015.
/// </summary>
public sealed class Rcnn : Module
{
    private readonly Embedding _embedding;
    private readonly Bidirectional _context;
    private readonly Dense _features;
    private readonly Dropout _dropout;
    private readonly Dense _scores;

    public Rcnn(int tokens, int classes, Sizes sizes, RandomGenerator random)
    {
        _embedding = new(tokens, sizes.Width, padding: 0, initializer: Initializers.Normal(0.1), random: random);
        _context = new(Direction(), Direction());
        _features = new(sizes.Width + (2 * sizes.Units), 2 * sizes.Units, Ops.Tanh, random: random);
        _dropout = new(sizes.Dropout, random);
        _scores = new(2 * sizes.Units, classes, random: random);

        Lstm Direction() => new(sizes.Width, sizes.Units, returnSequences: true, random: random);
    }

    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor isWord = x != 0, lengths = Ops.Sum(isWord.Cast(DType.I32), [1]);
        Tensor words = _dropout.Call(_embedding.Call(x), training);
        Tensor features = _features.Call(Ops.Concat([words, _context.Run(words, lengths)], axis: 2));
        Tensor largest = Ops.ReduceMax(Ops.Where(Ops.ExpandDims(isWord, -1), features, -1.0), [1]);
        return _scores.Call(_dropout.Call(largest, training));
    }
}

/// <summary>
/// Embeddings of tokens, positions and segments, transformer encoder blocks, and a head on the first token. Source: Devlin et al. 2018.
/// </summary>
public sealed class Bert : Module
{
    private readonly Embedding _tokens;
    private readonly PositionEmbedding _positions;
    private readonly Embedding _segments;
    private readonly LayerNorm _norm;
    private readonly Dropout _dropout;
    private readonly TransformerEncoderBlock[] _blocks;
    private readonly Dense _pooler;
    private readonly Dense _scores;

    public Bert(int tokens, int length, int classes, Sizes sizes, RandomGenerator random)
    {
        const int Segments = 2;
        var initializer = Initializers.Normal(0.02);
        _tokens = new(tokens, sizes.Width, padding: 0, initializer: initializer, random: random);
        _positions = new(length, sizes.Width, random: random);
        _segments = new(Segments, sizes.Width, initializer: initializer, random: random);
        _norm = new(sizes.Width);
        _dropout = new(sizes.Dropout, random);
        _blocks = [.. Enumerable.Range(0, sizes.Layers).Select(_ => new TransformerEncoderBlock(
            sizes.Width, sizes.Heads, 4 * sizes.Width, sizes.Dropout, Ops.Gelu, random: random))];
        _pooler = new(sizes.Width, sizes.Width, Ops.Tanh, random: random);
        _scores = new(sizes.Width, classes, random: random);
    }

    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor isToken = x != 0;
        // A text alone is all of the first segment.
        Tensor y = _norm.Call(_positions.Call(_tokens.Call(x)) + _segments.Call(Ops.ZerosLike(x)));
        y = _dropout.Call(y, training);
        foreach (var block in _blocks)
            y = block.Encode(y, isToken, training: training);
        return _scores.Call(_dropout.Call(_pooler.Call(y[.., 0]), training));
    }
}
