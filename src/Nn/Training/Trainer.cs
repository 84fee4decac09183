namespace TensorGraph;

/// <summary>
/// Trains a model: <c>new Trainer(model, Loss.SparseSoftmaxCrossEntropy, new Adam()).Fit(data, epochs: 5)</c>. Each step is one call of a graph
/// function; <see cref="TrainStep"/> is that step, so a loop of your own does the same. Source: keras.Model.fit.
/// </summary>
/// <example>
/// <code>
/// Tensor x = Ops.Linspace(0, 1, 64).Reshape(64, 1), y = (x &gt; 0.5).Cast(DType.I32).Reshape(64);
/// var data = Dataset.FromTensorSlices((x, y)).Shuffle(64, seed: 1).Batch(16);
/// var model = new Sequential(new Dense(1, 16, Ops.Tanh), new Dense(16, 2));
/// var trainer = new Trainer(model, Loss.SparseSoftmaxCrossEntropy, new Adam(0.05), new Accuracy());
/// trainer.Fit(data, epochs: 40, progress: TextWriter.Null);
/// Console.WriteLine(trainer.Evaluate(data)["accuracy"] &gt; 0.9); // True
/// </code>
/// </example>
public sealed partial class Trainer
{
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly MeanMetric _meanLoss = new("loss");

    /// <summary>Puts together what a step needs. Errors: TG1002 null, TG2004 two metrics of one name.</summary>
    /// <param name="model">Called with the inputs of a batch.</param>
    /// <param name="loss">Of what the model gives and the targets: one number.</param>
    /// <param name="optimizer">Changes the trainable variables.</param>
    /// <param name="metrics">Shown beside the loss.</param>
    public Trainer(Module model, Func<Tensor, Tensor, Tensor> loss, Optimizer optimizer, params IReadOnlyList<PredictionMetric> metrics)
    {
        (Model, _loss, Optimizer) = (Check.NotNull(model), Check.NotNull(loss), Check.NotNull(optimizer));
        Metrics = [.. Check.NotNull(metrics).Select(metric => Check.NotNull(metric))];
        var names = Metrics.Select(metric => metric.Name).Append(_meanLoss.Name).CountBy(name => name);
        if (names.FirstOrDefault(entry => entry.Value > 1).Key is { } twice)
            Throw.Range("trainer", $"two numbers are called '{twice}'", "Give a metric another name: new Precision(0.7, name: \"strict_precision\").");
        // A graph that is traced later, as after Unfreeze, could not make them.
        optimizer.Build([.. model.Variables.Where(variable => variable.IsTrainable)]);
    }

    /// <summary>The model.</summary>
    public Module Model { get; }

    /// <summary>Changes the trainable variables.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Shown beside the loss.</summary>
    public IReadOnlyList<PredictionMetric> Metrics { get; }

    /// <summary>Steps done, counted on from call to call of <see cref="Fit"/>; set it after a restore.</summary>
    public long Step { get; set; }

    /// <summary>Place in the data after the last step, where the data is a <see cref="Dataset{T}"/>; else null.</summary>
    public DatasetPosition? Position { get; private set; }

    /// <summary>Set by a callback to end <see cref="Fit"/> after the epoch.</summary>
    public bool IsStopping { get; set; }

    /// <summary>
    /// Goes through the data some times. Errors: TG1002 null, TG2004 a negative number of epochs, or a place without a dataset; those of the model,
    /// the loss and the optimiser.
    /// </summary>
    /// <param name="data">Batches of inputs and targets, which can be enumerated again and again.</param>
    /// <param name="epochs">How many times.</param>
    /// <param name="validation">Batches that are evaluated after each epoch; null for none.</param>
    /// <param name="from">
    /// Place to go on from, where the data is a <see cref="Dataset{T}"/>; null for the start. The first epoch is the rest after it, or a whole one where
    /// nothing is left.
    /// </param>
    /// <param name="progress">Where a line for each epoch is written, and on a terminal a bar; null for the standard output,
    /// <see cref="TextWriter.Null"/> for none.</param>
    /// <param name="callbacks">Called in their order; see <see cref="Callback"/>.</param>
    /// <returns>The numbers of each epoch.</returns>
    public IReadOnlyList<EpochLog> Fit(
        IEnumerable<(Tensor Inputs, Tensor Targets)> data, int epochs = 1, IEnumerable<(Tensor Inputs, Tensor Targets)>? validation = null,
        DatasetPosition? from = null, TextWriter? progress = null, params IReadOnlyList<Callback> callbacks)
    {
        Check.NotNull(data);
        Check.AtLeast(0, epochs, "fit");
        if (from is not null && data is not Dataset<(Tensor, Tensor)>)
            Throw.Range("fit", $"there is a place to go on from, the data is a {data.GetType().Name}", "Pass the Dataset that it was saved from.");
        using var bar = new ProgressBar(progress);
        var history = new List<EpochLog>();
        IsStopping = false;
        foreach (var callback in Check.NotNull(callbacks))
            Check.NotNull(callback).OnStart(this);
        for (int epoch = 1; epoch <= epochs && !IsStopping; epoch++)
        {
            bar.Start($"epoch {epoch}/{epochs}");
            var numbers = Run(data, from, bar, callbacks);
            from = null;
            if (validation is not null)
            {
                // Of the same data, perhaps: the next epoch is to have the order that it has after a restart.
                using var aside = ShuffleOrder.Aside();
                foreach (var (name, value) in Evaluate(validation).Numbers)
                    numbers[$"val_{name}"] = value;
            }

            var log = new EpochLog(epoch, Step, numbers);
            history.Add(log);
            bar.End(log.ToString());
            foreach (var callback in callbacks)
                callback.OnEpoch(this, log);
        }

        foreach (var callback in callbacks)
            callback.OnEnd(this);
        return history;
    }

    /// <summary>Loss and metrics over all batches, without training. Errors: TG1002 null; those of the model and the loss.</summary>
    /// <param name="data">Batches of inputs and targets.</param>
    public EpochLog Evaluate(IEnumerable<(Tensor Inputs, Tensor Targets)> data)
    {
        ResetMetrics();
        foreach (var (inputs, targets) in Check.NotNull(data))
            EvaluateStep(inputs, targets);
        return new(0, Step, Numbers());
    }

    /// <summary>The output of the model for each batch, without training. Errors: TG1002 null; those of the model.</summary>
    /// <param name="inputs">Batches.</param>
    public IEnumerable<Tensor> Predict(IEnumerable<Tensor> inputs)
    {
        Check.NotNull(inputs);
        return inputs.Select(batch => PredictStep(batch));
    }

    private OrderedDictionary<string, double> Run(
        IEnumerable<(Tensor Inputs, Tensor Targets)> data, DatasetPosition? from, ProgressBar bar, IReadOnlyList<Callback> callbacks)
    {
        ResetMetrics();
        var batches = from is not null && data is Dataset<(Tensor, Tensor)> dataset ? dataset.Resume(from) : data.GetEnumerator();
        try
        {
            bool isThere = batches.MoveNext();
            if (!isThere && from is not null)
            {
                // The place is the end of an epoch: the next one follows.
                batches.Dispose();
                batches = data.GetEnumerator();
                isThere = batches.MoveNext();
            }

            for (; isThere; isThere = batches.MoveNext())
                TrainOn(batches, bar, callbacks);
            Position = PositionOf(batches);
        }
        finally
        {
            batches.Dispose();
        }

        return Numbers();
    }

    private void TrainOn(IEnumerator<(Tensor, Tensor)> batches, ProgressBar bar, IReadOnlyList<Callback> callbacks)
    {
        var (inputs, targets) = batches.Current;
        Tensor loss = TrainStep(inputs, targets);
        Step++;
        if (callbacks.Count > 0)
            Position = PositionOf(batches);
        foreach (var callback in callbacks)
            callback.OnStep(this, loss);
        bar.Show(Step, loss);
    }

    private static DatasetPosition? PositionOf(IEnumerator<(Tensor, Tensor)> batches) =>
        batches is DatasetEnumerator<(Tensor, Tensor)> ofDataset ? ofDataset.Position : null;

    private void ResetMetrics()
    {
        _meanLoss.Reset();
        foreach (var metric in Metrics)
            metric.Reset();
    }

    private OrderedDictionary<string, double> Numbers()
    {
        var numbers = new OrderedDictionary<string, double>(StringComparer.Ordinal) { [_meanLoss.Name] = _meanLoss.Value.ToDouble() };
        // Tables, such as a confusion matrix, are read from the metric itself.
        foreach (var metric in Metrics)
        {
            if (metric.Value is { Rank: 0 } value)
                numbers[metric.Name] = value.ToDouble();
        }

        return numbers;
    }
}
