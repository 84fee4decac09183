namespace TensorGraph;

/// <summary>Applies a function such as <c>Ops.Relu</c>. Shape, DType, Errors: those of the function. Source: tf.keras.layers.Activation.</summary>
/// <param name="function">A function of one tensor.</param>
public sealed class Activation(Func<Tensor, Tensor> function) : Module
{
    private readonly Func<Tensor, Tensor> _function = Check.NotNull(function);

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        return _function(x);
    }
}
