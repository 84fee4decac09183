namespace TensorGraph;

/// <summary>
/// Trains, evaluates, predicts and exports a model that one function describes. Checkpoints in a folder make each call go on where the last one
/// ended, also in another process. Graphs are traced once for each mode and kept from call to call. Source: tf.estimator.Estimator.
/// </summary>
/// <typeparam name="TFeatures">A tensor, or a tuple, positional record, array or dictionary of tensors.</typeparam>
/// <typeparam name="TLabels">The same for labels.</typeparam>
/// <example>
/// <code>
/// var line = new Dense(1, 1);
/// var sgd = new Sgd(0.5);
/// var estimator = new Estimator&lt;Tensor, Tensor&gt;((x, y, mode) =&gt;
/// {
///     Tensor guess = line.Call(x);
///     if (mode == EstimatorMode.Predict)
///         return new(mode, predictions: guess);
///     Tensor loss = Loss.MeanSquaredError(guess, y);
///     return new(mode, loss, TrainOp.Minimize(sgd, loss));
/// }, Directory.CreateTempSubdirectory().FullName, new() { Output = TextWriter.Null });
/// Tensor inputs = Ops.Linspace(0, 1, 8).Reshape(8, 1);
/// estimator.Train(() =&gt; Dataset.FromTensorSlices((inputs, inputs * 2 + 1)).Batch(4).Repeat(), steps: 200);
/// Console.WriteLine($"{estimator.Predict(() =&gt; [inputs]).Last().Value[0]:f1}"); // 3.0
/// </code>
/// </example>
public sealed partial class Estimator<TFeatures, TLabels> : Estimator
{
    private readonly ModelFunction<TFeatures, TLabels> _modelFn;
    private readonly Dictionary<string, ModelGraph> _graphs = new(StringComparer.Ordinal);
    private readonly MeanMetric _meanLoss = new("loss");
    private readonly string _name;

    /// <summary>
    /// Describes an estimator; nothing is traced or written yet. Errors: TG1002 null, TG1010 two variables of one path, TG1017 folders that differ.
    /// </summary>
    /// <param name="modelFn">The model.</param>
    /// <param name="modelDir">Folder of checkpoints and events; that of the configuration, or a temporary one with a warning, when null.</param>
    /// <param name="config">Settings.</param>
    /// <param name="parameters">
    /// Given to the model function, and searched for variables. It is read while a graph is traced, so use an object that does not change.
    /// </param>
    /// <param name="warmStartFrom">Values of the variables where there is no checkpoint yet.</param>
    public Estimator(
        ModelFunction<TFeatures, TLabels> modelFn, string? modelDir = null, RunConfig? config = null, object? parameters = null,
        WarmStartSettings? warmStartFrom = null)
        : this(modelFn, Throw.IfNull(modelFn), modelDir, config, parameters, warmStartFrom)
    {
    }

    /// <summary>The same with a model function that takes no parameters.</summary>
    /// <param name="modelFn">The model.</param>
    /// <param name="modelDir">Folder of checkpoints and events.</param>
    /// <param name="config">Settings.</param>
    /// <param name="warmStartFrom">Values of the variables where there is no checkpoint yet.</param>
    public Estimator(
        Func<TFeatures, TLabels, EstimatorMode, EstimatorSpec> modelFn, string? modelDir = null, RunConfig? config = null,
        WarmStartSettings? warmStartFrom = null)
        : this((features, labels, mode, _) => modelFn(features, labels, mode), Throw.IfNull(modelFn), modelDir, config, null, warmStartFrom)
    {
    }

    private Estimator(
        ModelFunction<TFeatures, TLabels> modelFn, Delegate given, string? modelDir, RunConfig? config, object? parameters,
        WarmStartSettings? warmStartFrom)
        : base(given, modelDir, config, parameters, warmStartFrom)
    {
        _modelFn = modelFn;
        _name = given.Method.Name.Contains('<', StringComparison.Ordinal) ? "model_fn" : given.Method.Name;
        State.Add(_meanLoss);
    }

    /// <summary>The graph functions of the modes that were used, to see what was traced.</summary>
    public IReadOnlyList<GraphFunction> Graphs => [.. _graphs.Values.Select(graph => graph.Function)];

    /// <summary>The graph of a mode for the structure of a batch.</summary>
    private ModelGraph GraphFor(
        EstimatorMode mode, TFeatures features, TLabels? labels, bool hasLabels, IReadOnlyList<(string Name, Tensor Value)> leaves)
    {
        string key = $"{mode}({string.Join(", ", leaves.Select(leaf => leaf.Name))})";
        if (!_graphs.TryGetValue(key, out var graph))
        {
            _graphs[key] = graph = new($"{_name}.{mode}", [.. leaves.Select(leaf => leaf.Name)], tensors =>
            {
                using var next = tensors.AsEnumerable().GetEnumerator();
                var given = Leaves.Restore(features, next);
                return Run(mode, given, hasLabels ? Leaves.Restore(labels!, next) : labels!, tensors);
            });
        }

        return graph;
    }

    private ModelOutput Run(EstimatorMode mode, TFeatures features, TLabels labels, IReadOnlyList<Tensor> tensors)
    {
        // A tape of several uses: a model may train parts of it by several losses.
        var tape = new GradientTape(persistent: true, watchVariables: mode == EstimatorMode.Train);
        using var scope = new ModelScope(tape, State.Trainable, Config.TrainDistribute).Enter();
        var spec = Spec(features, labels, mode);
        SpecParts.CheckWatched(spec);
        var named = new List<(string Name, Tensor Value)>();
        if (mode == EstimatorMode.Predict)
        {
            named.AddRange(spec.Predictions!.Tensors.Select(entry => (ModelLayout.Predictions + entry.Key, entry.Value)));
        }
        else
        {
            named.Add((ModelLayout.Loss, Ops.StopGradient(spec.Loss!)));
        }

        named.AddRange(spec.Watched.Select(entry => (ModelLayout.Watched + entry.Key, Ops.StopGradient(Throw.IfNull(entry.Value, entry.Key)))));
        if (mode == EstimatorMode.Train)
        {
            named.AddRange(spec.Summaries.Select(entry => (ModelLayout.Summaries + entry.Key, OneNumber(entry.Key, entry.Value))));
            spec.TrainOp!.Run();
        }
        else if (mode == EstimatorMode.Evaluate)
        {
            _meanLoss.Update(spec.Loss!, (spec.LossWeight is { } weight
                ? SpecParts.OneNumber("LossWeight", weight, "Give the sum of the weights of the examples.") : Examples(tensors)).Cast(DType.F64));
        }

        var hooks = mode switch
        {
            EstimatorMode.Train => spec.TrainingHooks,
            EstimatorMode.Evaluate => spec.EvaluationHooks,
            _ => spec.PredictionHooks,
        };
        return new(new([.. named.Select(entry => entry.Name)], spec.EvalMetrics, hooks, spec.Predictions?.IsSingle ?? false)
            { HasLossWeight = spec.LossWeight is not null }, [.. named.Select(entry => entry.Value)]);
    }

    private EstimatorSpec Spec(TFeatures features, TLabels labels, EstimatorMode mode)
    {
        var spec = _modelFn(features, labels, mode, Parameters);
        if (spec is null)
            Misuse.Raise("model_fn", "it gives null", "It must give an EstimatorSpec.");
        if (spec.Mode != mode)
            Misuse.Raise("model_fn", $"it was called for mode {mode} and gives a spec for {spec.Mode}", "Pass on the mode that it is given.");
        return spec;
    }

    /// <summary>Traces the graph of the first batch, and checks what it assigns; null when nothing is traced.</summary>
    private ModelLayout? Prepare(ModelGraph graph, EstimatorMode mode, IReadOnlyList<(string Name, Tensor Value)> leaves)
    {
        if (graph.Trace([.. leaves.Select(leaf => leaf.Value)]) is not { } traced)
            return null;
        State.CheckFound(traced.Graph);
        if (mode != EstimatorMode.Train)
            State.CheckUnchanged(traced.Graph, mode);
        if (mode == EstimatorMode.Evaluate)
            ModelState.CheckUpdated(traced.Graph, traced.Layout.Metrics);
        return traced.Layout;
    }

    // The features come first, and the first axis counts the examples.
    private static Tensor Examples(IReadOnlyList<Tensor> tensors) =>
        tensors.FirstOrDefault(tensor => tensor.Rank > 0) is { } first ? Ops.Size(first) : (Tensor)1.0;

    private static Tensor OneNumber(string name, Tensor value)
    {
        if (Throw.IfNull(value, name).Rank != 0)
            Misuse.Raise("estimator_spec", $"summary '{name}' is {value.Type}", "A summary is one number.");
        return Ops.StopGradient(value);
    }

    private static List<(string Name, Tensor Value)> LeavesOf(TFeatures features, TLabels? labels, bool hasLabels)
    {
        var leaves = Leaves.Flatten(features, "features");
        if (hasLabels)
            leaves.AddRange(Leaves.Flatten(labels, "labels"));
        return leaves;
    }
}
