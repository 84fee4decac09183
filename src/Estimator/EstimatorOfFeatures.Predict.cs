using System.Runtime.CompilerServices;

namespace TensorGraph;

/// <content>Prediction.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    private const string PredictStep = "predict";

    /// <summary>
    /// The predictions of batches, computed as they are asked for: no batch is read and no error thrown before the first one is. All are of the
    /// variables that there are then, also where the estimator trains or reads another checkpoint between two of them. Errors: TG1002 null,
    /// TG1006 a checkpoint that is missing or damaged, TG1017 keys that the model does not give, or predictions that are not one for each example;
    /// those of the model function, the data and the hooks.
    /// </summary>
    /// <param name="inputFn">Gives the features of batches.</param>
    /// <param name="predictKeys">
    /// Names of the tensors that are wanted; all when null. Those that there are not are left out, unless there is none.
    /// </param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="checkpointPath">A file; the latest one when null.</param>
    /// <param name="yieldSingleExamples">False gives one prediction for each batch.</param>
    public IEnumerable<Prediction> Predict(
        Func<IEnumerable<TFeatures>> inputFn, IReadOnlyList<string>? predictKeys = null, IReadOnlyList<EstimatorHook>? hooks = null,
        string? checkpointPath = null, bool yieldSingleExamples = true)
    {
        foreach (var batch in Batches(inputFn, predictKeys, hooks, checkpointPath))
        {
            if (yieldSingleExamples)
            {
                foreach (var example in Split(batch))
                    yield return example;
            }
            else
            {
                yield return batch;
            }
        }
    }

    /// <summary>The same for batches with labels, which are left out.</summary>
    /// <param name="inputFn">Gives the batches.</param>
    /// <param name="predictKeys">Names of the tensors that are wanted; all when null.</param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="checkpointPath">A file; the latest one when null.</param>
    /// <param name="yieldSingleExamples">False gives one prediction for each batch.</param>
    public IEnumerable<Prediction> Predict(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, IReadOnlyList<string>? predictKeys = null,
        IReadOnlyList<EstimatorHook>? hooks = null, string? checkpointPath = null, bool yieldSingleExamples = true) =>
        Predict(
            () => Input(Throw.IfNull(inputFn), PredictStep).Select(batch => batch.Features), predictKeys, hooks, checkpointPath, yieldSingleExamples);

    /// <summary>The same without blocking a thread: each prediction comes when its numbers are there. Errors: as <c>Predict</c>.</summary>
    /// <param name="inputFn">Gives the features of batches.</param>
    /// <param name="predictKeys">Names of the tensors that are wanted; all when null.</param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="checkpointPath">A file; the latest one when null.</param>
    /// <param name="yieldSingleExamples">False gives one prediction for each batch.</param>
    /// <param name="cancellation">Ends it between two predictions.</param>
    public async IAsyncEnumerable<Prediction> PredictAsync(
        Func<IEnumerable<TFeatures>> inputFn, IReadOnlyList<string>? predictKeys = null, IReadOnlyList<EstimatorHook>? hooks = null,
        string? checkpointPath = null, bool yieldSingleExamples = true, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var batch in Batches(inputFn, predictKeys, hooks, checkpointPath))
        {
            foreach (var tensor in batch.Tensors.Values)
                await tensor.ReadyAsync(cancellation).ConfigureAwait(false);
            foreach (var part in yieldSingleExamples ? Split(batch) : [batch])
            {
                cancellation.ThrowIfCancellationRequested();
                yield return part;
            }
        }
    }

    /// <summary>The same for batches with labels, which are left out.</summary>
    /// <param name="inputFn">Gives the batches.</param>
    /// <param name="predictKeys">Names of the tensors that are wanted; all when null.</param>
    /// <param name="hooks">Called around each batch.</param>
    /// <param name="checkpointPath">A file; the latest one when null.</param>
    /// <param name="yieldSingleExamples">False gives one prediction for each batch.</param>
    /// <param name="cancellation">Ends it between two predictions.</param>
    public IAsyncEnumerable<Prediction> PredictAsync(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, IReadOnlyList<string>? predictKeys = null,
        IReadOnlyList<EstimatorHook>? hooks = null, string? checkpointPath = null, bool yieldSingleExamples = true,
        CancellationToken cancellation = default) => PredictAsync(
            () => Input(Throw.IfNull(inputFn), PredictStep).Select(batch => batch.Features), predictKeys, hooks, checkpointPath, yieldSingleExamples,
            cancellation);

    private IEnumerable<Prediction> Batches(
        Func<IEnumerable<TFeatures>> inputFn, IReadOnlyList<string>? keys, IReadOnlyList<EstimatorHook>? hooks, string? checkpointPath)
    {
        Throw.IfNull(inputFn);
        var runner = new HookRunner(new(this, EstimatorMode.Predict));
        runner.Add(hooks ?? []);
        Snapshot model;
        using (Enter())
        using (KeepFor(checkpointPath))
        {
            Load(checkpointPath);
            model = new(this);
        }

        var own = State.Own(withMetrics: false);
        bool isCreated = false, isDone = false;
        try
        {
            Within(runner.Begin);
            using var data = Aside(() => Input(inputFn, PredictStep).GetEnumerator());
            while (Aside(data.MoveNext))
            {
                var batch = Predict(data.Current, runner, model, own, keys, ref isCreated);
                yield return batch;
                if (runner.Context.IsStopRequested)
                    break;
            }

            if (!isCreated)
                Within(runner.Create);
            Within(runner.End);
            isDone = true;
        }
        finally
        {
            // Also where the consumer leaves early.
            if (!isDone)
                Within(runner.Abort);
        }

        void Within(Action calls)
        {
            using var scope = EnterRun(model, own);
            calls();
        }
    }

    // The passes of a training over the same data are not to depend on predictions in its hooks.
    private static T Aside<T>(Func<T> read)
    {
        using var aside = ShuffleOrder.IsInTraining ? ShuffleOrder.Aside() : null;
        return read();
    }

    /// <summary>Settings, variables and random numbers of a stream, for as long as the consumer does not run.</summary>
    private RunScope EnterRun(Snapshot model, OwnStates own) => new(Enter(), Return(model), own.Enter(), Pin());

    private sealed class RunScope(params IDisposable?[] parts) : IDisposable
    {
        public void Dispose()
        {
            foreach (var part in parts.Reverse())
                part?.Dispose();
        }
    }

    // The scope of the settings must not be open while the consumer runs.
    private Prediction Predict(
        TFeatures features, HookRunner runner, Snapshot model, OwnStates own, IReadOnlyList<string>? keys, ref bool isCreated)
    {
        // The consumer may have trained, or read another checkpoint.
        using var scope = EnterRun(model, own);
        var leaves = LeavesOf(features, default, hasLabels: false);
        var graph = GraphFor(EstimatorMode.Predict, features, default, hasLabels: false, leaves);
        bool isFirst = !isCreated, hasHooks = false;
        if (isFirst)
        {
            if (Prepare(graph, EstimatorMode.Predict, leaves) is { } layout)
            {
                runner.Add(layout.Hooks);
                hasHooks = true;
            }

            runner.Create();
            isCreated = true;
        }

        var output = graph.Run(runner.Before(leaves));
        if (isFirst && !hasHooks)
            runner.Add(output.Layout.Hooks);
        runner.After(output);
        return Chosen(Prediction.Of(output.Of(ModelLayout.Predictions), output.Layout.IsSingle), keys);
    }

    private static Prediction Chosen(Prediction all, IReadOnlyList<string>? keys)
    {
        if (keys is null)
            return all;
        if (all.IsSingle)
            Misuse.Raise(PredictStep, "there are predict keys, and the predictions are one tensor without a name", "Leave predictKeys out.");
        var wanted = all.Tensors.Where(entry => keys.Contains(entry.Key)).ToArray();
        if (wanted.Length == 0)
        {
            Misuse.Raise(PredictStep, $"Expected to run at least one output from {string.Join(", ", all.Tensors.Keys)}, provided {string.Join(", ", keys)}",
                "Name one of the predictions.");
        }

        return Prediction.Of(wanted);
    }

    private static IEnumerable<Prediction> Split(Prediction batch)
    {
        long? count = null;
        foreach (var (name, tensor) in batch.Tensors)
        {
            long own = tensor.Rank == 0 ? -1 : tensor.Shape[0].Value;
            if (own < 0 || own != (count ??= own))
            {
                Misuse.Raise(PredictStep, $"Batch length of predictions should be same: '{name}' is {tensor.Type}"
                    + (own < 0 ? "" : $", another one has {count} entries"), "Give predictions with one entry for each example, or use yieldSingleExamples: false.");
            }
        }

        for (int i = 0; i < count; i++)
            yield return Prediction.Of(batch.Tensors.Select(entry => new KeyValuePair<string, Tensor>(entry.Key, entry.Value[i])), batch.IsSingle);
    }
}
