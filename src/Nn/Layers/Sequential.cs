using System.ComponentModel;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>Layers one after the other. Shape, DType, Errors: those of the layers. Source: tf.keras.Sequential.</summary>
public sealed class Sequential : Layer
{
    /// <summary>A chain of layers. Errors: TG1002 when a layer is null.</summary>
    public Sequential(params IReadOnlyList<Layer> layers)
    {
        Layers = [.. Check.NotNull(layers)];
        foreach (var layer in Layers)
            Track(layer);
    }

    /// <summary>The layers in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <inheritdoc/>
    public override Tensor Call(Tensor x, bool training = false)
    {
        using var scope = Ops.NameScope(Name);
        return Layers.Aggregate(x, (value, layer) => layer.Call(value, training));
    }

    /// <inheritdoc/>
    [TracedTwin(nameof(Call)), EditorBrowsable(EditorBrowsableState.Never)]
    public override Tensor __Call_Traced(Tensor x, bool training = false)
    {
        using var scope = Ops.NameScope(Name);
        return Layers.Aggregate(x, (value, layer) => layer.__Call_Traced(value, training));
    }
}
