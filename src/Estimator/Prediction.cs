namespace TensorGraph;

/// <summary>
/// Tensors by name, or one tensor without a name: the predictions of a model function, and what <c>Predict</c> gives for an example or a batch.
/// A tensor and a dictionary of tensors convert to it.
/// </summary>
public sealed class Prediction
{
    private const string NoName = "predictions";

    private readonly OrderedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private Prediction(IEnumerable<KeyValuePair<string, Tensor>> tensors, bool isSingle)
    {
        foreach (var (name, tensor) in tensors)
            _tensors[Throw.IfNull(name)] = Throw.IfNull(tensor, name);
        IsSingle = isSingle;
    }

    /// <summary>True for one tensor without a name.</summary>
    public bool IsSingle { get; }

    /// <summary>The tensors by name, in order; a single one is called <c>predictions</c>.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>The tensor, where there is only one. Errors: TG1017 when there are several.</summary>
    public Tensor Value
    {
        get
        {
            if (_tensors.Count != 1)
                Misuse.Raise("prediction", $"it has {_tensors.Count} tensors: {string.Join(", ", _tensors.Keys)}", "Ask for one of them by name.");
            return _tensors.GetAt(0).Value;
        }
    }

    /// <summary>A tensor. Errors: TG1002 null, TG1017 a name that there is not.</summary>
    public Tensor this[string name]
    {
        get
        {
            if (!_tensors.TryGetValue(Throw.IfNull(name), out var tensor))
                Misuse.Raise("prediction", $"there is no '{name}'", $"There are {string.Join(", ", _tensors.Keys)}.");
            return tensor;
        }
    }

    /// <summary>One tensor. Errors: TG1002 null.</summary>
    public static implicit operator Prediction(Tensor tensor) => new([new(NoName, Throw.IfNull(tensor))], isSingle: true);

    /// <summary>Tensors by name. Errors: TG1002 null.</summary>
    public static implicit operator Prediction(Dictionary<string, Tensor> tensors) => Of(Throw.IfNull(tensors));

    /// <summary>Tensors by name. Errors: TG1002 null.</summary>
    /// <param name="tensors">The tensors.</param>
    public static Prediction Of(IEnumerable<KeyValuePair<string, Tensor>> tensors) => new(Throw.IfNull(tensors), isSingle: false);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _tensors.Select(entry => IsSingle ? $"{entry.Value}" : $"{entry.Key}: {entry.Value}"));

    internal static Prediction Of(IEnumerable<KeyValuePair<string, Tensor>> tensors, bool isSingle) => new(tensors, isSingle);
}
