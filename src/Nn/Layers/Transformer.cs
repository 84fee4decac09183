namespace TensorGraph;

/// <summary>The common part of encoder and decoder blocks: attention to itself and two dense layers, each with a path around it and a norm.</summary>
public abstract class TransformerBlock : Module
{
    private readonly Func<Tensor, Tensor> _activation;

    private protected TransformerBlock(
        int size, int heads, int hidden, double dropout, Func<Tensor, Tensor>? activation, bool isNormFirst, RandomGenerator? random, DType dtype)
    {
        (_activation, IsNormFirst) = (activation ?? Ops.Relu, isNormFirst);
        Attention = new MultiHeadAttention(size, heads, dropout: dropout, random: random, dtype: dtype);
        AttentionNorm = new LayerNorm(size, dtype: dtype);
        Hidden = new Dense(size, hidden, random: random, dtype: dtype);
        Output = new Dense(hidden, size, random: random, dtype: dtype);
        OutputNorm = new LayerNorm(size, dtype: dtype);
        Dropout = new Dropout(dropout, random);
    }

    /// <summary>Attention of the sequence to itself.</summary>
    public MultiHeadAttention Attention { get; }

    /// <summary>Norm of the attention.</summary>
    public LayerNorm AttentionNorm { get; }

    /// <summary>First dense layer.</summary>
    public Dense Hidden { get; }

    /// <summary>Second dense layer.</summary>
    public Dense Output { get; }

    /// <summary>Norm of the dense layers.</summary>
    public LayerNorm OutputNorm { get; }

    /// <summary>Drops what the parts give, and what is between the dense layers.</summary>
    public Dropout Dropout { get; }

    /// <summary>True when norms come before the parts, as in most models since GPT-2.</summary>
    public bool IsNormFirst { get; }

    /// <summary>x + part(norm(x)), or norm(x + part(x)).</summary>
    private protected Tensor Around(Tensor x, LayerNorm norm, bool training, Func<Tensor, Tensor> part) => IsNormFirst
        ? x + Dropout.Call(part(norm.Call(x)), training)
        : norm.Call(x + Dropout.Call(part(x), training));

    /// <summary>The two dense layers.</summary>
    private protected Tensor FeedForward(Tensor x, bool training) => Output.Call(Dropout.Call(_activation(Hidden.Call(x)), training));
}

/// <summary>
/// Attention to itself, then two dense layers. Shape: (n, length, size), the same. DType: that of the layer. Errors: TG2001 features, TG2002 dtype,
/// TG2003 rank. Source: Vaswani et al. 2017, torch.nn.TransformerEncoderLayer with batch_first.
/// </summary>
public sealed class TransformerEncoderBlock : TransformerBlock
{
    private readonly bool _isCausal;

    /// <summary>Makes the block and its variables. Errors: TG2004 a setting out of range.</summary>
    /// <param name="size">Features of an entry.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="hidden">Features between the dense layers.</param>
    /// <param name="dropout">Share that is dropped while training.</param>
    /// <param name="activation">Between the dense layers; <c>Ops.Relu</c> when null.</param>
    /// <param name="isNormFirst">True puts norms before the parts.</param>
    /// <param name="isCausal">True lets no entry see later ones when <see cref="Module.Call"/> is used: a block of a language model.</param>
    /// <param name="random">Numbers for the kernels and dropout; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public TransformerEncoderBlock(
        int size, int heads, int hidden, double dropout = 0.1, Func<Tensor, Tensor>? activation = null, bool isNormFirst = false,
        bool isCausal = false, RandomGenerator? random = null, DType dtype = DType.F32)
        : base(size, heads, hidden, dropout, activation, isNormFirst, random, dtype) => _isCausal = isCausal;

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training) => Go(x, null, _isCausal, training);

    /// <summary>The block with a mask.</summary>
    /// <param name="x">(n, length, size).</param>
    /// <param name="mask">True where an entry may be seen, as in <see cref="MultiHeadAttention.Attend"/>.</param>
    /// <param name="isCausal">True lets no entry see later ones.</param>
    /// <param name="training">True while training.</param>
    public Tensor Encode(Tensor x, Tensor? mask, bool isCausal = false, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        return training.Choose(training => Go(x, mask, isCausal, training));
    }

    private Tensor Go(Tensor x, Tensor? mask, bool isCausal, bool training)
    {
        x = Around(Check.NotNull(x), AttentionNorm, training, y => Attention.Attend(y, y, y, mask, isCausal, training));
        return Around(x, OutputNorm, training, y => FeedForward(y, training));
    }
}

/// <summary>
/// Causal attention to itself, attention to a memory, then two dense layers. Shape: (n, length, size), (n, memory, size) → that of the first. DType:
/// that of the layer. Errors: TG2001 features, TG2002 dtype, TG2003 rank. Source: Vaswani et al. 2017, torch.nn.TransformerDecoderLayer.
/// </summary>
public sealed class TransformerDecoderBlock : TransformerBlock
{
    /// <summary>Makes the block and its variables. Errors: TG2004 a setting out of range.</summary>
    /// <param name="size">Features of an entry.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="hidden">Features between the dense layers.</param>
    /// <param name="dropout">Share that is dropped while training.</param>
    /// <param name="activation">Between the dense layers; <c>Ops.Relu</c> when null.</param>
    /// <param name="isNormFirst">True puts norms before the parts.</param>
    /// <param name="random">Numbers for the kernels and dropout; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public TransformerDecoderBlock(
        int size, int heads, int hidden, double dropout = 0.1, Func<Tensor, Tensor>? activation = null, bool isNormFirst = false,
        RandomGenerator? random = null, DType dtype = DType.F32)
        : base(size, heads, hidden, dropout, activation, isNormFirst, random, dtype)
    {
        MemoryAttention = new MultiHeadAttention(size, heads, dropout: dropout, random: random, dtype: dtype);
        MemoryNorm = new LayerNorm(size, dtype: dtype);
    }

    /// <summary>Attention of the sequence to the memory.</summary>
    public MultiHeadAttention MemoryAttention { get; }

    /// <summary>Norm of the attention to the memory.</summary>
    public LayerNorm MemoryNorm { get; }

    /// <summary>The block.</summary>
    /// <param name="x">(n, length, size).</param>
    /// <param name="memory">What an encoder gave, (n, memory, size).</param>
    /// <param name="mask">True where an entry of x may be seen, besides causality.</param>
    /// <param name="memoryMask">True where an entry of the memory may be seen.</param>
    /// <param name="training">True while training.</param>
    public Tensor Decode(Tensor x, Tensor memory, Tensor? mask = null, Tensor? memoryMask = null, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        Check.NotNull(x);
        Check.NotNull(memory);
        return training.Choose(training =>
        {
            Tensor y = Around(x, AttentionNorm, training, y => Attention.Attend(y, y, y, mask, isCausal: true, training));
            y = Around(y, MemoryNorm, training, y => MemoryAttention.Attend(y, memory, memory, memoryMask, training: training));
            return Around(y, OutputNorm, training, y => FeedForward(y, training));
        });
    }
}
