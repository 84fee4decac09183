using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>
/// A function of a tensor together with the variables it learns. A model is a layer made of layers: derive from this class, keep the parts in
/// fields, and pass each one through <see cref="Track(Variable)"/> or <see cref="Track{TLayer}(TLayer)"/> so that <see cref="Variables"/> finds it.
/// Source: tf.keras.layers.Layer, torch.nn.Module.
/// </summary>
[DebuggerDisplay("{Name,nq}: {Variables.Count} variables")]
public abstract partial class Layer
{
    private readonly List<Variable> _own = [];
    private readonly List<Layer> _layers = [];
    private string? _name;

    /// <summary>
    /// What graphs and errors call the layer: the name of its class, <c>dense</c>, unless one is given. The second layer of a class in a model is
    /// <c>dense_1</c>.
    /// </summary>
    public string Name
    {
        get => _name ?? Words().Replace(GetType().Name.Split('`')[0], "_").ToLowerInvariant();
        set => _name = Check.NotNull(value);
    }

    /// <summary>All variables, each once: its own in order of tracking, then those of its layers.</summary>
    public IReadOnlyList<Variable> Variables => [.. _own.Concat(_layers.SelectMany(layer => layer.Variables)).Distinct()];

    /// <summary>The variables that an optimiser changes.</summary>
    public IReadOnlyList<Variable> TrainableVariables => [.. Variables.Where(variable => variable.IsTrainable)];

    /// <summary>Computes the output. Shape, DType, Errors: see the layer.</summary>
    /// <param name="x">Input; its first axis counts the examples.</param>
    /// <param name="training">True while training, for layers that then act differently.</param>
    public abstract Tensor Call(Tensor x, bool training = false);

    /// <summary>
    /// What a traced call runs. The generator overrides it in a layer whose <see cref="Call"/> holds control flow on tensors, so that such a
    /// layer works inside any other.
    /// </summary>
    [TracedTwin(nameof(Call)), EditorBrowsable(EditorBrowsableState.Never)]
    public virtual Tensor __Call_Traced(Tensor x, bool training = false) => Call(x, training);

    /// <summary>Makes a variable one of <see cref="Variables"/>. Errors: TG1002 null.</summary>
    protected Variable Track(Variable variable)
    {
        _own.Add(Check.NotNull(variable));
        return variable;
    }

    /// <summary>Makes the variables of another layer part of <see cref="Variables"/>. Errors: TG1002 null.</summary>
    protected TLayer Track<TLayer>(TLayer layer)
        where TLayer : Layer
    {
        Check.NotNull(layer);
        int same = _layers.Count(other => other.GetType() == layer.GetType());
        layer._name ??= same == 0 ? layer.Name : string.Create(CultureInfo.InvariantCulture, $"{layer.Name}_{same}");
        _layers.Add(layer);
        return layer;
    }

    // MaxPool2D is max_pool2d.
    [GeneratedRegex("(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")]
    private static partial Regex Words();
}
