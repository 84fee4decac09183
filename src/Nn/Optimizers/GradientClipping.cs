namespace TensorGraph;

/// <summary>Bounds gradients: set <see cref="Optimizer.Clipping"/>, or call <see cref="Apply"/>.</summary>
public sealed class GradientClipping
{
    private readonly Func<IReadOnlyList<Tensor>, IEnumerable<Tensor>> _clip;

    private GradientClipping(Func<IReadOnlyList<Tensor>, IEnumerable<Tensor>> clip) => _clip = clip;

    /// <summary>Holds each number in ±<paramref name="limit"/>. Errors: TG2004 unless it is above 0. Source: torch.nn.utils.clip_grad_value_.</summary>
    /// <param name="limit">Largest number.</param>
    public static GradientClipping ByValue(double limit)
    {
        CheckLimit(limit, "clip_by_value");
        return new(gradients => gradients.Select(gradient => Ops.Clip(gradient, -limit, limit)));
    }

    /// <summary>Shortens each gradient to a norm of at most <paramref name="limit"/>. Errors: TG2004 unless it is above 0. Source:
    /// tf.clip_by_norm.</summary>
    /// <param name="limit">Largest norm.</param>
    public static GradientClipping ByNorm(double limit)
    {
        CheckLimit(limit, "clip_by_norm");
        return new(gradients => gradients.Select(gradient => gradient * Factor(GlobalNorm([gradient]), limit).Cast(gradient.DType)));
    }

    /// <summary>Shortens all gradients together, so that the norm of all their numbers is at most <paramref name="limit"/>. Errors: TG2004 unless it
    /// is above 0. Source: torch.nn.utils.clip_grad_norm_, tf.clip_by_global_norm.</summary>
    /// <param name="limit">Largest norm.</param>
    public static GradientClipping ByGlobalNorm(double limit)
    {
        CheckLimit(limit, "clip_by_global_norm");
        return new(gradients =>
        {
            Tensor factor = Factor(GlobalNorm(gradients), limit);
            return gradients.Select(gradient => gradient * factor.Cast(gradient.DType));
        });
    }

    /// <summary>The norm of all numbers of some tensors, one f64. Errors: TG1002 null, TG2002 dtypes.</summary>
    /// <param name="tensors">Tensors of floats.</param>
    public static Tensor GlobalNorm(IReadOnlyList<Tensor> tensors)
    {
        Tensor sum = 0.0;
        foreach (var tensor in Check.NotNull(tensors))
        {
            Check.Float("global_norm", Check.NotNull(tensor));
            Tensor exact = tensor.Cast(DType.F64);
            sum = sum + Ops.Sum(exact * exact);
        }

        return Ops.Sqrt(sum);
    }

    /// <summary>The bounded gradients, in order. Errors: TG1002 null, TG2002 dtypes.</summary>
    /// <param name="gradients">Gradients of one step.</param>
    public IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> gradients)
    {
        foreach (var gradient in Check.NotNull(gradients))
            Check.Float("clip", Check.NotNull(gradient));
        return [.. _clip(gradients)];
    }

    private static Tensor Factor(Tensor norm, double limit) => limit / Ops.Max(norm, limit);

    private static void CheckLimit(double limit, string op) => Check.Range(limit > 0 && double.IsFinite(limit), op, nameof(limit), limit, "above 0");
}
