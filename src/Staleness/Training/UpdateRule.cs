namespace TensorGraph.Staleness;

/// <summary>An answer of a server to staleness. Clipping and warm-up are settings of the optimiser.</summary>
public sealed record UpdateRule
{
    /// <summary>No rule: each gradient counts the same.</summary>
    public static UpdateRule None { get; } = new();

    /// <summary>
    /// True divides the learning rate by the staleness where that is above 1. Source: Gupta, Zhang and Wang 2015, α(τ) = α₀ / τ; that τ = 0 leaves it
    /// as it is comes from later code.
    /// </summary>
    public bool DividesRate { get; init; }

    /// <summary>Compensates for the delay, or null.</summary>
    public DelayCompensation? Compensation { get; init; }

    /// <summary>
    /// Momentum that a server should use so that, with the momentum that asynchrony itself brings, 1 − 1 / (τ + 1), the whole is that wanted:
    /// 1 − (1 − wanted)·(τ + 1), at least 0. Source: after Mitliagkas et al. 2016, read second-hand; a first-order approximation. Errors: TG2004 a
    /// setting out of range.
    /// </summary>
    /// <param name="wanted">Momentum of sequential training.</param>
    /// <param name="meanStaleness">Mean τ.</param>
    public static double CorrectedMomentum(double wanted, double meanStaleness)
    {
        Check.Range(wanted is >= 0 and < 1, wanted, "in [0, 1)", "momentum");
        return Math.Max(0, 1 - ((1 - wanted) * (Check.NotNegative(meanStaleness, "momentum") + 1)));
    }

    /// <summary>Factor of the learning rate for a gradient.</summary>
    /// <param name="staleness">Its staleness.</param>
    public double RateFactor(long staleness) => DividesRate && staleness > 1 ? 1.0 / staleness : 1;
}

/// <summary>
/// Delay-compensated ASGD: g + λ·g⊙g⊙(w − w_read), where w_read are the weights that g was computed on; g⊙g estimates the Hessian. With a memory,
/// s ← memory·s + (1 − memory)·g⊙g for each worker, and λ / √(s + ε) takes the place of λ. Source: Zheng et al. 2017, and the authors' code, which
/// keeps s for each worker.
/// </summary>
public sealed record DelayCompensation
{
    /// <summary>λ, or λ₀ with a memory. Errors: TG2004 a negative number.</summary>
    /// <param name="lambda">Strength: 0.04 is usual for a constant one, 2 for an adaptive one.</param>
    /// <param name="memory">How slowly the mean of squares forgets, in [0, 1), such as 0.95; null for a constant λ.</param>
    /// <param name="epsilon">Keeps the division finite.</param>
    public DelayCompensation(double lambda, double? memory = null, double epsilon = 1e-7)
    {
        Lambda = Check.NotNegative(lambda, "delay_compensation");
        Memory = Check.Range(memory is null or (>= 0 and < 1), memory, "in [0, 1)", "delay_compensation");
        Epsilon = Check.Positive(epsilon, "delay_compensation");
    }

    /// <summary>Strength.</summary>
    public double Lambda { get; }

    /// <summary>How slowly the mean of squares forgets; null for a constant λ.</summary>
    public double? Memory { get; }

    /// <summary>Keeps the division finite.</summary>
    public double Epsilon { get; }

    /// <summary>The mean of squares of a worker after one more gradient of it.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="squares">s before.</param>
    internal Tensor NewSquares(Tensor gradient, Tensor squares)
    {
        double memory = Memory ?? 0;
        return (memory * squares) + ((1 - memory) * (gradient * gradient));
    }

    /// <summary>The compensated gradient.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="now">w.</param>
    /// <param name="read">The weights that g was computed on.</param>
    /// <param name="squares">s of the worker, this gradient included, or null without a memory.</param>
    internal Tensor Apply(Tensor gradient, Tensor now, Tensor read, Tensor? squares)
    {
        if (Lambda == 0)
            return gradient;
        Tensor change = now - read, correction = Lambda * (gradient * gradient * change);
        if (squares is not null)
            correction /= Ops.Sqrt(squares + Epsilon);
        // The square of a large gradient is infinite, and has no bearing where the weights are the same.
        return gradient + Ops.Where(Ops.Equal(change, 0f), Ops.ZerosLike(correction), correction);
    }
}
