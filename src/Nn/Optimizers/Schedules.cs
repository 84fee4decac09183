namespace TensorGraph;

/// <summary>
/// Factors of the learning rate by the number of steps done, as functions of a tensor: <c>new Adam(1e-3) { Schedule = Schedules.Cosine(10_000) }</c>.
/// Shape: scalar → scalar. DType: f64.
/// </summary>
public static class Schedules
{
    /// <summary>
    /// factor^(step / steps), smoothly. Errors: TG2004 a setting out of range. Source: tf.keras.optimizers.schedules.ExponentialDecay.
    /// </summary>
    /// <param name="factor">What <paramref name="steps"/> steps multiply the rate by.</param>
    /// <param name="steps">Number of steps.</param>
    public static Func<Tensor, Tensor> Exponential(double factor, int steps = 1)
    {
        Check.Range(factor > 0 && double.IsFinite(factor), "exponential", nameof(factor), factor, "above 0");
        double every = Check.AtLeast(1, steps, "exponential");
        return step => Ops.Pow(factor, step / every);
    }

    /// <summary>factor^⌊step / steps⌋. Errors: TG2004 a setting out of range. Source: torch.optim.lr_scheduler.StepLR.</summary>
    /// <param name="steps">Steps with one rate.</param>
    /// <param name="factor">What the rate is multiplied by then.</param>
    public static Func<Tensor, Tensor> Stairs(int steps, double factor = 0.1)
    {
        Check.Range(factor > 0 && double.IsFinite(factor), "stairs", nameof(factor), factor, "above 0");
        double every = Check.AtLeast(1, steps, "stairs");
        return step => Ops.Pow(factor, Ops.Floor(step / every));
    }

    /// <summary>1 until the first boundary, then the factor of the last boundary that was reached. Errors: TG1002 null, TG2004 boundaries that do not
    /// rise. Source: tf.keras.optimizers.schedules.PiecewiseConstantDecay.</summary>
    /// <param name="parts">Number of the first step, and factor from there on.</param>
    public static Func<Tensor, Tensor> Piecewise(params (int From, double Factor)[] parts)
    {
        foreach (var (part, next) in Check.NotNull(parts).Zip(parts.Skip(1)))
            Check.Range(next.From > part.From, "piecewise", "from", next.From, $"above {part.From}");
        return step =>
        {
            Tensor factor = 1.0;
            foreach (var part in parts)
                factor = Ops.Where(step >= part.From, part.Factor, factor);
            return factor;
        };
    }

    /// <summary>From 1 down to <paramref name="end"/> over some steps, then constant: (1 − p)^power in between. Errors: TG2004 a setting out of range.
    /// Source: tf.keras.optimizers.schedules.PolynomialDecay.</summary>
    /// <param name="steps">Steps until the end.</param>
    /// <param name="end">Factor at the end.</param>
    /// <param name="power">1 for a line.</param>
    public static Func<Tensor, Tensor> Polynomial(int steps, double end = 0, double power = 1)
    {
        double all = Check.AtLeast(1, steps, "polynomial");
        Check.Range(double.IsFinite(end), "polynomial", nameof(end), end, "a number");
        Check.Range(power > 0 && double.IsFinite(power), "polynomial", nameof(power), power, "above 0");
        return step => end + ((1 - end) * Ops.Pow(1 - Ops.Min(step / all, 1), power));
    }

    /// <summary>From 1 down to <paramref name="end"/> along half a cosine, then constant. Errors: TG2004 a setting out of range. Source: Loshchilov and
    /// Hutter 2017, torch.optim.lr_scheduler.CosineAnnealingLR.</summary>
    /// <param name="steps">Steps until the end.</param>
    /// <param name="end">Factor at the end.</param>
    public static Func<Tensor, Tensor> Cosine(int steps, double end = 0)
    {
        double all = Check.AtLeast(1, steps, "cosine");
        Check.Range(double.IsFinite(end), "cosine", nameof(end), end, "a number");
        return step => end + ((1 - end) * 0.5 * (1 + Ops.Cos(Ops.Min(step / all, 1) * Math.PI)));
    }

    /// <summary>1 / √(step / warmup) after a line from 0 to 1. Errors: TG2004 below 1. Source: Vaswani et al. 2017.</summary>
    /// <param name="warmup">Steps of the line.</param>
    public static Func<Tensor, Tensor> InverseSquareRoot(int warmup)
    {
        double steps = Check.AtLeast(1, warmup, "inverse_square_root");
        return step => Ops.Min((step + 1) / steps, Ops.Sqrt(steps / (step + 1)));
    }

    /// <summary>A line from 0 to 1 over some steps, then another schedule, which starts there at step 0. Errors: TG1002 null, TG2004 below 1. Source:
    /// Goyal et al. 2017.</summary>
    /// <param name="steps">Steps of the line.</param>
    /// <param name="then">What comes after; 1 when null.</param>
    public static Func<Tensor, Tensor> Warmup(int steps, Func<Tensor, Tensor>? then = null)
    {
        double all = Check.AtLeast(1, steps, "warmup");
        return step => Ops.Where(step < all, (step + 1) / all, then is null ? 1.0 : then(Ops.Max(step - all, 0)));
    }
}
