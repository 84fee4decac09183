namespace TensorGraph.Staleness;

/// <summary>How a server treats what is not trained, such as the moving averages of batch norm.</summary>
public enum StatePlace
{
    /// <summary>It travels with the weights: a worker pulls it, and an update replaces it by the mean of what came with its gradients.</summary>
    Server,

    /// <summary>Each worker keeps its own, anew after a failure; an evaluation takes the mean of the workers that are there.</summary>
    Worker,
}

/// <summary>How a task is trained.</summary>
public sealed record TrainingSetup
{
    /// <summary>Makes the optimiser of a server, shard or worker.</summary>
    public Func<Optimizer> CreateOptimizer { get; init; } = () => new Sgd(0.1);

    /// <summary>The answer to staleness.</summary>
    public UpdateRule Rule { get; init; } = UpdateRule.None;

    /// <summary>Start of the random numbers of weights and batches.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The place of state that is not trained.</summary>
    public StatePlace StatePlace { get; init; } = StatePlace.Server;

    /// <summary>
    /// Processed batches between two evaluations; 0 for one at the end only. An update of several gradients is evaluated after all of them.
    /// </summary>
    public int EvaluateEvery { get; init; }

    /// <summary>
    /// Refuses what a mode would pass over in silence. Errors: TG1002 null, TG2004 a rule where workers push weights, or a negative
    /// <see cref="EvaluateEvery"/>.
    /// </summary>
    /// <param name="mode">The mode.</param>
    public void Validate(TrainingMode mode)
    {
        Throw.IfNull(CreateOptimizer);
        Throw.IfNull(Rule);
        Check.AtLeast(0, EvaluateEvery, "training");
        if (Throw.IfNull(mode).Kind == ModeKind.ParameterExchange && Rule != UpdateRule.None)
        {
            Throw.Range("training", $"mode '{mode}' can't use the rule {Rule}",
                "Workers push weights there, which have no gradient to change. Take another mode, or UpdateRule.None.");
        }
    }
}

/// <summary>An applied gradient.</summary>
/// <param name="Batches">Processed batches, this one included.</param>
/// <param name="Seconds">When it was applied.</param>
/// <param name="Loss">Loss of its batch on the weights that its worker had.</param>
/// <param name="Staleness">Its staleness.</param>
/// <param name="Worker">Its worker.</param>
public readonly record struct TrainingPoint(long Batches, double Seconds, double Loss, long Staleness, int Worker);

/// <summary>An evaluation of the server's weights.</summary>
/// <param name="Batches">Processed batches before it.</param>
/// <param name="Seconds">When it was.</param>
/// <param name="Loss">Loss of the test examples.</param>
/// <param name="Accuracy">Share of the test examples whose most likely label is right; NaN where the targets are no labels.</param>
public readonly record struct EvaluationPoint(long Batches, double Seconds, double Loss, double Accuracy);

/// <summary>Outcome of a run.</summary>
/// <param name="Points">The applied gradients in order.</param>
/// <param name="Evaluations">The evaluations in order, the last one at the end.</param>
/// <param name="IsDiverged">True when a loss, of a batch or of the test examples, was no longer a finite number; the run ended there.</param>
/// <param name="Weights">The weights at the end; without a server the mean of the workers that are there.</param>
public sealed record TrainingOutcome(
    IReadOnlyList<TrainingPoint> Points, IReadOnlyList<EvaluationPoint> Evaluations, bool IsDiverged, ModelSnapshot Weights)
{
    /// <summary>Loss of the test examples at the end; infinite after a divergence.</summary>
    public double FinalLoss => IsDiverged ? double.PositiveInfinity : Evaluations[^1].Loss;

    /// <summary>Accuracy on the test examples at the end; NaN where the targets are no labels.</summary>
    public double FinalAccuracy => Evaluations[^1].Accuracy;

    /// <summary>Seconds of the virtual clock until the test loss was first at most <paramref name="loss"/>; null when it never was.</summary>
    /// <param name="loss">The loss.</param>
    public double? SecondsTo(double loss) => Evaluations.Where(point => point.Loss <= loss).Select(point => (double?)point.Seconds).FirstOrDefault();
}
