namespace TensorGraph;

/// <summary>
/// The inputs of an exported model, and how the features of the model function come of them. Source: tf.estimator.export.ServingInputReceiver.
/// </summary>
public sealed class ServingInputReceiver
{
    private ServingInputReceiver(IReadOnlyDictionary<string, TensorSpec> inputs, Func<IReadOnlyDictionary<string, Tensor>, object> features)
    {
        if (Throw.IfNull(inputs).Count == 0)
            Misuse.Raise("serving_input", "it has no input", "Give a spec for each input.");
        foreach (var (name, spec) in inputs)
        {
            Throw.IfNull(spec, name);
            if (name.Length == 0)
                Misuse.Raise("serving_input", "the name of an input is ''", "Name it.");
        }

        (Inputs, Features) = (new OrderedDictionary<string, TensorSpec>(inputs, StringComparer.Ordinal), features);
    }

    /// <summary>Inputs by name, in order.</summary>
    public IReadOnlyDictionary<string, TensorSpec> Inputs { get; }

    /// <summary>Other inputs for the same outputs of predictions, by name: their signatures are called <c>NAME:SIGNATURE</c>.</summary>
    public IReadOnlyDictionary<string, ServingInputReceiver> Alternatives { get; private init; } = new Dictionary<string, ServingInputReceiver>();

    internal Func<IReadOnlyDictionary<string, Tensor>, object> Features { get; }

    /// <summary>Makes the labels of the inputs; null without labels.</summary>
    internal Func<IReadOnlyDictionary<string, Tensor>, object>? Labels { get; private init; }

    /// <summary>The same without the inputs for labels, for predictions.</summary>
    internal ServingInputReceiver WithoutLabels => Unlabelled ?? this;

    private ServingInputReceiver? Unlabelled { get; init; }

    /// <summary>One tensor, which is the features. Errors: TG1002 null.</summary>
    /// <param name="spec">Its type: <c>TensorSpec.Parse("f32[batch, 4]")</c>.</param>
    /// <param name="name">Name of the input.</param>
    public static ServingInputReceiver Raw(TensorSpec spec, string name = "input") =>
        new(new Dictionary<string, TensorSpec> { [Throw.IfNull(name)] = Throw.IfNull(spec) }, tensors => tensors[name]);

    /// <summary>One tensor for each feature, for features that are a dictionary. Errors: TG1002 null, TG1017 none.</summary>
    /// <param name="specs">Types by name.</param>
    public static ServingInputReceiver Raw(IReadOnlyDictionary<string, TensorSpec> specs) =>
        new(specs, tensors => new Dictionary<string, Tensor>(tensors));

    /// <summary>
    /// Inputs in another form than the features: a function of tensors takes them apart, which becomes part of the saved graph. Errors: TG1002 null,
    /// TG1017 none.
    /// </summary>
    /// <typeparam name="TFeatures">Features of the model function.</typeparam>
    /// <param name="specs">Types by name.</param>
    /// <param name="features">Makes the features: <c>inputs => new Features(inputs["tokens"], inputs["lengths"])</c>.</param>
    public static ServingInputReceiver Parsing<TFeatures>(
        IReadOnlyDictionary<string, TensorSpec> specs, Func<IReadOnlyDictionary<string, Tensor>, TFeatures> features)
        where TFeatures : notnull
    {
        Throw.IfNull(features);
        return new(specs, tensors => features(tensors));
    }

    /// <summary>
    /// The same with labels, for the signatures of a training or an evaluation; those of a prediction leave them out. Errors: TG1002 null, TG1017 an
    /// input of a name that there is already, or labels that there are already. Source:
    /// tf.estimator.experimental.build_raw_supervised_input_receiver_fn.
    /// </summary>
    /// <param name="labels">Inputs for the labels: <c>ServingInputReceiver.Raw(TensorSpec.Parse("i32[batch]"), "labels")</c>.</param>
    public ServingInputReceiver WithLabels(ServingInputReceiver labels)
    {
        if (Labels is not null || Throw.IfNull(labels).Labels is not null)
            Misuse.Raise("serving_input", "it has labels already", "Give all labels at once: ServingInputReceiver.Raw takes a dictionary.");
        if (labels.Alternatives.Count > 0)
            Misuse.Raise("serving_input", "the labels have alternatives", "Give them to the receiver of the features: they are for predictions.");
        var inputs = new OrderedDictionary<string, TensorSpec>(Inputs, StringComparer.Ordinal);
        foreach (var (name, spec) in labels.Inputs)
        {
            if (!inputs.TryAdd(name, spec))
                Misuse.Raise("serving_input", $"features and labels have an input '{name}'", "Give each its own name.");
        }

        return new(inputs, tensors => Features(Part(tensors, Inputs)))
        {
            Labels = tensors => labels.Features(Part(tensors, labels.Inputs)), Unlabelled = this, Alternatives = Alternatives,
        };

        static Dictionary<string, Tensor> Part(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, TensorSpec> own) =>
            own.Keys.ToDictionary(name => name, name => tensors[name]);
    }

    /// <summary>The same with other inputs for predictions beside it. Errors: TG1002 null, TG1017 an empty name.</summary>
    /// <param name="alternatives">Receivers by name.</param>
    public ServingInputReceiver WithAlternatives(IReadOnlyDictionary<string, ServingInputReceiver> alternatives)
    {
        foreach (var (name, receiver) in Throw.IfNull(alternatives))
        {
            Throw.IfNull(receiver, name);
            if (name.Length == 0)
                Misuse.Raise("serving_input", "the name of an alternative is ''", "Name it: its signatures are called NAME:SIGNATURE.");
        }

        return new(Inputs, Features)
        {
            Alternatives = new OrderedDictionary<string, ServingInputReceiver>(alternatives, StringComparer.Ordinal),
            Labels = Labels, Unlabelled = Unlabelled,
        };
    }
}
