namespace TensorGraph;

/// <summary>Modules one after the other. Shape, DType, Errors: those of the modules. Source: tf.keras.Sequential, torch.nn.Sequential.</summary>
/// <example>
/// <code>
/// var model = new Sequential(new Dense(4, 8, Ops.Relu), new Dropout(0.2), new Dense(8, 2));
/// Console.WriteLine(model.Call(Ops.Ones(3, 4)).Shape); // [3, 2]
/// </code>
/// </example>
public sealed class Sequential : Module
{
    /// <summary>A chain of modules. Errors: TG1002 when one is null.</summary>
    public Sequential(params IReadOnlyList<Module> layers)
    {
        Layers = [.. Check.NotNull(layers).Select(layer => Check.NotNull(layer))];
    }

    /// <summary>The modules in order.</summary>
    public IReadOnlyList<Module> Layers { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        foreach (var layer in Layers)
            x = layer.Call(x, training);
        return x;
    }
}
