namespace TensorGraph.Staleness;

/// <summary>Data, model and loss: what is learnt, whatever the mode.</summary>
public sealed record TrainingTask
{
    /// <summary>Makes the model; the same generator state gives the same start.</summary>
    public required Func<RandomGenerator, Module> CreateModel { get; init; }

    /// <summary>Of outputs and targets: one number.</summary>
    public Func<Tensor, Tensor, Tensor> Loss { get; init; } = TensorGraph.Loss.SparseSoftmaxCrossEntropy;

    /// <summary>Training inputs; the first axis counts the examples.</summary>
    public required Tensor Inputs { get; init; }

    /// <summary>Training targets.</summary>
    public required Tensor Targets { get; init; }

    /// <summary>Inputs for evaluation.</summary>
    public required Tensor TestInputs { get; init; }

    /// <summary>Targets for evaluation.</summary>
    public required Tensor TestTargets { get; init; }

    /// <summary>Examples of a mini-batch.</summary>
    public int BatchSize { get; init; } = 100;

    internal int Examples => (int)Inputs.Shape[0].Value;

    internal void Validate()
    {
        Throw.IfNull(CreateModel);
        Throw.IfNull(Loss);
        HaveOneLength(Throw.IfNull(Inputs), Throw.IfNull(Targets), "training");
        HaveOneLength(Throw.IfNull(TestInputs), Throw.IfNull(TestTargets), "test");

        static void HaveOneLength(Tensor inputs, Tensor targets, string part)
        {
            if (inputs.Rank == 0 || targets.Rank == 0 || inputs.Shape[0] != targets.Shape[0])
                Throw.Shape("task", $"{part} inputs have the shape {inputs.Shape} and targets {targets.Shape}", "Give one target for each input, along the first axis.");
        }
    }
}

/// <summary>
/// Mini-batches by their numbers: passes over the examples in random orders, each in another one, without the examples that do not fill a batch.
/// Batch k is the same whoever asks for it, and whenever.
/// </summary>
public sealed class BatchOrder
{
    private readonly TrainingTask _task;
    private readonly long _seed;
    private readonly Dictionary<int, int[]> _orders = [];

    /// <summary>
    /// Makes the order of a seed. Errors: TG1002 null, TG2001 inputs and targets of different counts, TG2004 a batch size that the examples do not
    /// fill.
    /// </summary>
    /// <param name="task">Has the examples.</param>
    /// <param name="seed">Start of the random numbers.</param>
    public BatchOrder(TrainingTask task, long seed)
    {
        (_task, _seed) = (Throw.IfNull(task), seed);
        task.Validate();
        Check.Range(task.BatchSize >= 1 && task.BatchSize <= task.Examples, task.BatchSize, $"from 1 to the {task.Examples} examples", "batches");
    }

    /// <summary>Batches of a pass.</summary>
    public int BatchesPerEpoch => _task.Examples / _task.BatchSize;

    /// <summary>A batch. Errors: TG2004 a negative number, or one above 2³¹ − 1 passes.</summary>
    /// <param name="number">Its number from 0.</param>
    public (Tensor Inputs, Tensor Targets) this[long number]
    {
        get
        {
            Check.Range(number >= 0 && number / BatchesPerEpoch <= int.MaxValue, number, $"at least 0, and within {int.MaxValue} passes", "batches");
            int epoch = (int)(number / BatchesPerEpoch), place = (int)(number % BatchesPerEpoch);
            if (!_orders.TryGetValue(epoch, out int[]? order))
                _orders[epoch] = order = new SeededStream(_seed, "batches", epoch).NextOrder(_task.Examples);
            Tensor rows = order[(place * _task.BatchSize)..((place + 1) * _task.BatchSize)];
            return (Ops.Gather(_task.Inputs, rows), Ops.Gather(_task.Targets, rows));
        }
    }
}
