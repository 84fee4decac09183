namespace TensorGraph;

/// <summary>
/// While training, sets elements to 0 by chance and divides the others by 1 − rate; otherwise gives its input. Shape: any. DType: floats.
/// Errors: TG2002 dtype. Gradient: 0 where the output is 0 by chance. Source: Srivastava et al. 2014, torch.nn.Dropout.
/// </summary>
public sealed class Dropout : Module
{
    private readonly double _rate;
    private readonly RandomGenerator _random;

    /// <summary>Makes the layer. Errors: TG2004 unless the rate is in [0, 1).</summary>
    /// <param name="rate">Share of the elements that are dropped.</param>
    /// <param name="random">Where chance comes from; <see cref="RandomGenerator.Default"/> when null.</param>
    public Dropout(double rate = 0.5, RandomGenerator? random = null)
    {
        Check.Range(rate is >= 0 and < 1, "dropout", nameof(rate), rate, "in [0, 1)");
        (_rate, _random) = (rate, random ?? RandomGenerator.Default);
    }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Check.Float("dropout", Check.NotNull(x));
        return !training || _rate == 0 ? x : Ops.Where(_random.Uniform(x.Shape) >= _rate, x / (1 - _rate), 0.0);
    }
}
