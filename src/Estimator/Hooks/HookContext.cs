namespace TensorGraph;

/// <summary>A training, evaluation or prediction as hooks see it.</summary>
public sealed class HookContext
{
    private readonly Dictionary<string, Tensor> _feeds = new(StringComparer.Ordinal);
    private Tensor? _loss;
    private double? _lossNumber;

    internal HookContext(Estimator estimator, EstimatorMode mode) => (Estimator, Mode) = (estimator, mode);

    /// <summary>The estimator that runs.</summary>
    public Estimator Estimator { get; }

    /// <summary>The purpose of the run.</summary>
    public EstimatorMode Mode { get; }

    /// <summary>Training steps done in all, those before this run included.</summary>
    public long GlobalStep => Estimator.GlobalStep;

    /// <summary>Steps done in this run.</summary>
    public long Runs { get; internal set; }

    /// <summary>The clock of the estimator's configuration.</summary>
    public TimeProvider Time => Estimator.Config.Time;

    /// <summary>True once the run is to end after the current step.</summary>
    public bool IsStopRequested { get; private set; }

    /// <summary>Loss of the last step; null before the first one, and in predictions. To read it is to wait for the step.</summary>
    public double? Loss => _lossNumber ??= _loss?.ToDouble();

    /// <summary>Ends the run after the current step.</summary>
    public void RequestStop() => IsStopRequested = true;

    /// <summary>Replaces a tensor of the next batch. Errors: TG1002 null; TG1017 when the step begins, if there is no such tensor.</summary>
    /// <param name="name"><c>features</c> or <c>labels</c>, or a part of them: <c>features.tokens</c>, <c>features.0</c>.</param>
    /// <param name="tensor">The tensor.</param>
    public void Feed(string name, Tensor tensor) => _feeds[Throw.IfNull(name)] = Throw.IfNull(tensor);

    internal void SetLoss(Tensor? loss) => (_loss, _lossNumber) = (loss, null);

    internal Tensor[] Fed(IReadOnlyList<(string Name, Tensor Value)> leaves)
    {
        foreach (string name in _feeds.Keys)
        {
            if (!leaves.Any(leaf => leaf.Name == name))
                Misuse.Raise("feed", $"the batch has no '{name}'", $"It has {string.Join(", ", leaves.Select(leaf => leaf.Name))}.");
        }

        Tensor[] tensors = [.. leaves.Select(leaf => _feeds.GetValueOrDefault(leaf.Name, leaf.Value))];
        _feeds.Clear();
        return tensors;
    }
}
