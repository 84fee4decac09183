namespace TensorGraph.Ir;

/// <summary>Losses in terms of other ops.</summary>
public static partial class OpDefs
{
    /// <summary>
    /// Inputs logits (…, classes), labels (…; i32 or i64). −log softmax(logits)[label], one for each label. A label out of range is an error at run
    /// time (TG2004).
    /// </summary>
    [Op("sparse_softmax_cross_entropy", "?", Inputs = 2, Traits = Traits.Checked, Source = "tf.nn.sparse_softmax_cross_entropy_with_logits")]
    public static readonly OpDef SparseSoftmaxCrossEntropy = new()
    {
        Decompose = (b, n) =>
        {
            int last = n.Inputs[0].Shape.Rank - 1;
            var logs = b.Emit(LogSoftmax, Attrs.Of("axis", last), [n.Inputs[0]])[0];
            var attrs = Attrs.Of(("axis", last), ("batch", last), (PositionsAre, "sparse_softmax_cross_entropy: label"));
            return [b.Neg(b.Emit(Gather, attrs, [logs, n.Inputs[1]])[0])];
        },
        // (softmax − one-hot) · g, without a scattered sum.
        Vjp = c =>
        {
            Shape logits = c.X().Shape;
            int last = logits.Rank - 1;
            var hit = c.Builder.Emit(Equal, c.Builder.ExpandDims(c.X(1), last), c.Builder.Iota([logits[last]], 0, c.X(1).DType));
            var softmax = c.Builder.Emit(Softmax, Attrs.Of("axis", last), [c.X()])[0];
            return [c.Builder.Mul(c.Builder.Sub(softmax, c.Builder.Cast(hit, softmax.DType)), c.Builder.ExpandDims(c.G, last)), null];
        },
    };

    /// <summary>Inputs logits and targets (…, classes). −Σ targets · log softmax(logits) over the last axis.</summary>
    [Op("softmax_cross_entropy", "?", Inputs = 2, DTypes = DTypeSet.Float, Source = "tf.nn.softmax_cross_entropy_with_logits")]
    public static readonly OpDef SoftmaxCrossEntropy = new()
    {
        Decompose = (b, n) =>
        {
            int last = n.Inputs[0].Shape.Rank - 1;
            var logs = b.Emit(LogSoftmax, Attrs.Of("axis", last), [n.Inputs[0]])[0];
            return [b.Neg(b.Sum(b.Mul(n.Inputs[1], logs), [last]))];
        },
    };

    /// <summary>Mean of (a − b)² over all elements.</summary>
    [Op("mean_squared_error", "..., ... -> ", DTypes = DTypeSet.Float, Source = "torch.nn.functional.mse_loss")]
    public static readonly OpDef MeanSquaredError = new()
    {
        Decompose = (b, n) =>
        {
            var square = b.Emit(SquaredDifference, n.Inputs[0], n.Inputs[1]);
            return [b.Emit(ReduceMean, Attrs.Of(("axes", Enumerable.Range(0, square.Shape.Rank)), ("keep", false)), [square])[0]];
        },
    };
}

