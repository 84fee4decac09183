using System.Globalization;

namespace TensorGraph;

/// <content>Evaluation.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    private const string EvaluateStep = "evaluate";

    /// <summary>
    /// Loss and metrics over batches. They are also written as curves into <see cref="Estimator.EvalDir"/>. Without a checkpoint the variables are
    /// evaluated as they are. Errors: TG1002 null, TG1006 a checkpoint that is missing or damaged, or no batch; TG1017 steps that are not above 0, a
    /// name that is none of a folder, or a metric that the model function does not update; those of the model function, the data and the hooks.
    /// </summary>
    /// <param name="inputFn">Gives the batches.</param>
    /// <param name="steps">The most batches; null for all.</param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="checkpointPath">A file; the latest one when null.</param>
    /// <param name="name">Keeps the curves of evaluations on different data apart.</param>
    public EvaluationResult Evaluate(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, long? steps = null, IReadOnlyList<EstimatorHook>? hooks = null,
        string? checkpointPath = null, string? name = null)
    {
        Throw.IfNull(inputFn);
        Misuse.Positive(EvaluateStep, nameof(steps), steps);
        EvalDir(name);
        return Together(Config.EvalDistribute, () => EvaluateAlike(inputFn, steps, hooks ?? [], checkpointPath, name));
    }

    private EvaluationResult EvaluateAlike(
        Func<IEnumerable<(TFeatures, TLabels)>> inputFn, long? steps, IReadOnlyList<EstimatorHook> hooks, string? checkpointPath, string? name)
    {
        using var settings = Enter();
        using var kept = KeepFor(checkpointPath);
        string? path = LoadTogether(checkpointPath);
        long step = GlobalStep;
        // Metrics of a training, or of an evaluation that called this one from a hook, are not those of this one.
        bool isWithin = IsTraining || IsPinned;
        // Hooks may ask for variables.
        using var pinned = Pin();
        if (path is null && GlobalStep == 0 && !IsTraining)
            Log("evaluate: there is no checkpoint: the variables are evaluated as they are");
        using var states = State.Own(withMetrics: isWithin).Enter();
        var runner = new HookRunner(new(this, EstimatorMode.Evaluate));
        runner.Add(hooks);
        // The passes of a training over the same data are not to depend on evaluations.
        using var aside = ShuffleOrder.IsInTraining ? ShuffleOrder.Aside() : null;
        var metrics = EvaluateOver(runner, Input(inputFn, EvaluateStep), steps);
        var result = Result(name, metrics, path, step);
        if (IsChief && Config.EvalDistribute?.IsChief != false)
            WriteEvents(name, events => Write(result, events));
        Evaluations++;
        Log($"evaluate{(name is null ? "" : $" {name}")}: {result}");
        return result;
    }

    /// <summary>The same checkpoint in all processes that evaluate: one that trains may write the next one meanwhile.</summary>
    private string? LoadTogether(string? path)
    {
        const int Attempts = 10;
        string? loaded = Load(path);
        if (Config.EvalDistribute is not { Count: > 1 } group)
            return loaded;
        for (int attempt = 1; ; attempt++)
        {
            long ofChief = group.OfChief(GlobalStep);
            if (GlobalStep != ofChief && path is null && !IsTraining)
                loaded = LoadAfter(step => step == ofChief) ?? loaded;
            if (group.All(GlobalStep == ofChief))
                return loaded;
            if (attempt == Attempts || path is not null || IsTraining)
            {
                Misuse.Raise(EvaluateStep, string.Create(CultureInfo.InvariantCulture,
                    $"the processes have checkpoints of different steps: process {group.Rank} of step {GlobalStep}, the chief of step {ofChief}"),
                    "Give all processes the same folder, and keep more checkpoints where another process trains.");
            }

            loaded = Load(null);
        }
    }

    private IReadOnlyDictionary<string, Metric> EvaluateOver(HookRunner runner, IEnumerable<(TFeatures, TLabels)> data, long? steps)
    {
        State.ResetMetrics();
        ModelLayout? found = null;
        bool isCreated = false, isDone = false;
        try
        {
            runner.Begin();
            foreach (var (features, labels) in data)
            {
                var leaves = LeavesOf(features, labels, labels is not null);
                var graph = GraphFor(EstimatorMode.Evaluate, features, labels, labels is not null, leaves);
                if (!isCreated)
                {
                    if (Prepare(graph, EstimatorMode.Evaluate, leaves) is { } layout)
                        Take(layout);
                    runner.Create();
                    isCreated = true;
                }

                var tensors = runner.Before(leaves);
                var output = graph.Run(tensors);
                if (found is null)
                    Take(output.Layout);
                if (!output.Layout.HasLossWeight)
                    CheckExamples(leaves);
                runner.After(output);
                if (runner.Context.IsStopRequested || runner.Context.Runs >= steps)
                    break;
            }

            if (!(Config.EvalDistribute?.All(found is not null) ?? found is not null))
                throw Misuse.Data(EvaluateStep, "the input function gives no batch", "Check the data; a sequence can be read once only.");
            Config.EvalDistribute?.Merge(State.MetricStates);
            runner.End();
            isDone = true;
        }
        finally
        {
            if (!isDone)
                runner.Abort();
        }

        return found!.Metrics;

        void Take(ModelLayout layout)
        {
            found = layout;
            runner.Add(layout.Hooks);
        }
    }

    // The loss of a batch counts by its examples: without a weight they must be plain to see.
    private static void CheckExamples(IReadOnlyList<(string Name, Tensor Value)> leaves)
    {
        var sized = leaves.Where(leaf => leaf.Value.Rank > 0).ToArray();
        if (sized.FirstOrDefault(leaf => leaf.Value.Shape[0] != sized[0].Value.Shape[0]) is { Name: { } other } odd)
        {
            Misuse.Raise(EvaluateStep, $"'{sized[0].Name}' has {sized[0].Value.Shape[0]} entries and '{other}' {odd.Value.Shape[0]}: the number of examples is not known",
                "Give the spec a LossWeight, such as the number of examples.");
        }
    }

    private EvaluationResult Result(string? name, IReadOnlyDictionary<string, Metric> metrics, string? path, long step)
    {
        var numbers = new OrderedDictionary<string, double>(StringComparer.Ordinal) { [ModelLayout.Loss] = _meanLoss.Value.ToDouble() };
        var tables = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (metricName, metric) in metrics)
        {
            Tensor value = metric.Value;
            if (value.Rank == 0)
                numbers[metricName] = value.ToDouble();
            else
                tables[metricName] = value;
        }

        numbers[ModelLayout.GlobalStep] = step;
        return new(name, numbers, tables, step, path);
    }

    private static void Write(EvaluationResult result, TensorBoardWriter events)
    {
        foreach (var (name, value) in result.Numbers.Where(entry => entry.Key != ModelLayout.GlobalStep))
            events.AddScalar(name, value, result.GlobalStep);
    }
}
