namespace TensorGraph;

/// <summary>
/// Attention with several heads: softmax(Q·Kᵀ/√d)·V for each head, on projections of the inputs, and a projection of the heads side by side. Shape:
/// (n, queries, size), (n, keys, …) → (n, queries, size). DType: that of the layer. Errors: TG2001 features, TG2002 dtype, TG2003 rank.
/// Source: Vaswani et al. 2017, torch.nn.MultiheadAttention with batch_first.
/// </summary>
/// <example>
/// <code>
/// var attention = new MultiHeadAttention(16, 4);
/// Console.WriteLine(attention.Call(Ops.Ones(2, 5, 16)).Shape); // [2, 5, 16]
/// </code>
/// </example>
public sealed class MultiHeadAttention : Module
{
    // Far below any score; of f16 −∞ would be the next number.
    private const double Masked = -1e9, MaskedInF16 = -6e4;

    private readonly int _heads;
    private readonly bool _isCausal;

    /// <summary>Makes the layer and its variables. Errors: TG2004 a setting out of range, or a size that does not divide into the heads.</summary>
    /// <param name="size">Features of queries and outputs.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="keySize">Features of the keys; <paramref name="size"/> when null.</param>
    /// <param name="valueSize">Features of the values; <paramref name="size"/> when null.</param>
    /// <param name="dropout">Share of the attention weights that are dropped while training.</param>
    /// <param name="isCausal">True when <see cref="Module.Call"/> lets no query see later keys.</param>
    /// <param name="bias">False leaves the biases out.</param>
    /// <param name="random">Numbers for the kernels and dropout; <see cref="RandomGenerator.Default"/> when null.</param>
    /// <param name="dtype">Element type of the variables.</param>
    public MultiHeadAttention(
        int size, int heads, int? keySize = null, int? valueSize = null, double dropout = 0, bool isCausal = false, bool bias = true,
        RandomGenerator? random = null, DType dtype = DType.F32)
    {
        Check.AtLeast(1, heads, "multi_head_attention");
        Check.AtLeast(1, size, "multi_head_attention");
        if (size % heads != 0)
            Throw.Range("multi_head_attention", $"size {size} does not divide into {heads} heads", "Use a multiple of the number of heads.");
        (_heads, _isCausal) = (heads, isCausal);
        Query = new Dense(size, size, bias: bias, random: random, dtype: dtype);
        Key = new Dense(keySize ?? size, size, bias: bias, random: random, dtype: dtype);
        Value = new Dense(valueSize ?? size, size, bias: bias, random: random, dtype: dtype);
        Output = new Dense(size, size, bias: bias, random: random, dtype: dtype);
        Dropout = new Dropout(dropout, random);
    }

    /// <summary>Projects the queries.</summary>
    public Dense Query { get; }

    /// <summary>Projects the keys.</summary>
    public Dense Key { get; }

    /// <summary>Projects the values.</summary>
    public Dense Value { get; }

    /// <summary>Projects the heads.</summary>
    public Dense Output { get; }

    /// <summary>Drops attention weights.</summary>
    public Dropout Dropout { get; }

    /// <summary>Attention of a sequence to itself.</summary>
    protected override Tensor Forward(Tensor x, bool training) => Go(x, x, x, null, _isCausal, training);

    /// <summary>Attention of queries to keys. A query that may see no key attends to all alike.</summary>
    /// <param name="queries">(n, queries, size).</param>
    /// <param name="keys">(n, keys, key size).</param>
    /// <param name="values">(n, keys, value size); the keys when null.</param>
    /// <param name="mask">True where a query may see a key: (n, keys), (n, queries, keys) or (n, heads, queries, keys); sizes may be 1.</param>
    /// <param name="isCausal">True lets query i see the keys 0 to i only.</param>
    /// <param name="training">True while training.</param>
    public Tensor Attend(
        Tensor queries, Tensor keys, Tensor? values = null, Tensor? mask = null, bool isCausal = false, TrainingFlag training = default)
    {
        using var scope = OpenScope();
        return training.Choose(training => Go(queries, keys, values ?? keys, mask, isCausal, training));
    }

    private Tensor Go(Tensor queries, Tensor keys, Tensor values, Tensor? mask, bool isCausal, bool training)
    {
        Tensor q = Heads(Query, queries), k = Heads(Key, keys), v = Heads(Value, values);
        double head = q.Shape[3].Value;
        Tensor scores = Ops.MatMul(q, Ops.Transpose(k, 0, 1, 3, 2)) / Math.Sqrt(head);
        Tensor? allowed = mask is null ? null : Widened(mask);
        if (isCausal)
        {
            Tensor past = Ops.ExpandDims(Ops.Iota(scores.Shape[2]), -1) >= Ops.Iota(scores.Shape[3]);
            allowed = allowed is null ? past : allowed & past;
        }

        if (allowed is not null)
            scores = Ops.Where(allowed, scores, scores.DType == DType.F16 ? MaskedInF16 : Masked);
        Tensor y = Ops.Transpose(Ops.MatMul(Dropout.Call(Ops.Softmax(scores), training), v), 0, 2, 1, 3);
        return Output.Call(Ops.Reshape(y, y.Shape[0], y.Shape[1], y.Shape[2] * y.Shape[3]));
    }

    // (n, length, features) → (n, heads, length, features of a head).
    private Tensor Heads(Dense projection, Tensor x)
    {
        Check.Rank("multi_head_attention", x, 3, "(examples, length, features)");
        Tensor y = projection.Call(x);
        Tensor split = Ops.Reshape(y, y.Shape[0], y.Shape[1], _heads, projection.Kernel.Shape[1].Value / _heads);
        return Ops.Transpose(split, 0, 2, 1, 3);
    }

    private static Tensor Widened(Tensor mask)
    {
        if (mask.DType != DType.Bool)
            Throw.DType("multi_head_attention", $"the mask is {mask.Type}", "Pass bool: true where a query may see a key.");
        if (mask.Rank is < 2 or > 4)
            Throw.Rank("multi_head_attention", $"the mask is {mask.Type}", "Pass (n, keys), (n, queries, keys) or (n, heads, queries, keys).");
        Dim[] sizes = [.. mask.Shape];
        return mask.Rank switch
        {
            2 => Ops.Reshape(mask, sizes[0], 1, 1, sizes[1]),
            3 => Ops.Reshape(mask, sizes[0], 1, sizes[1], sizes[2]),
            _ => mask,
        };
    }
}
