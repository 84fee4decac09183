using System.Globalization;

namespace TensorGraph;

/// <content>Training.</content>
public sealed partial class Estimator<TFeatures, TLabels>
{
    private const string TrainStep = "train";

    /// <summary>
    /// Trains from the latest checkpoint on, and from its place in the data where that is a <see cref="Dataset{T}"/> of the same steps. The end of
    /// the data is a normal end. Errors: TG1002 null, TG1017 both numbers of steps, or one that is not above 0; TG1006 checkpoints that are all
    /// damaged; <see cref="NanLossException"/>; those of the model function, the data and the hooks, as they are.
    /// </summary>
    /// <param name="inputFn">Gives the batches; called once, unless <paramref name="maxSteps"/> is reached already.</param>
    /// <param name="steps">
    /// Steps to do in this call; null for all of the data. Where the last call ended with the last batch, they are of the next pass.
    /// </param>
    /// <param name="maxSteps">Number of the last step in all calls.</param>
    /// <param name="hooks">Called around each step.</param>
    /// <param name="savingListeners">Called around each checkpoint.</param>
    /// <returns>This estimator.</returns>
    public Estimator<TFeatures, TLabels> Train(
        Func<IEnumerable<(TFeatures Features, TLabels Labels)>> inputFn, long? steps = null, long? maxSteps = null,
        IReadOnlyList<EstimatorHook>? hooks = null, IReadOnlyList<CheckpointListener>? savingListeners = null)
    {
        Throw.IfNull(inputFn);
        if (steps is not null && maxSteps is not null)
            Misuse.Raise(TrainStep, "steps and maxSteps are given", "Give one of them.");
        Misuse.Positive(TrainStep, nameof(steps), steps);
        Misuse.Positive(TrainStep, nameof(maxSteps), maxSteps);
        if (IsTraining)
            Misuse.Raise(TrainStep, "the estimator trains already", "Train from outside of hooks, one call after the other.");
        if (IsPinned)
            Misuse.Raise(TrainStep, "the estimator evaluates, predicts or exports", "Train from outside of hooks and exporters, one call after the other.");
        return Together(Config.TrainDistribute, () => TrainAlike(inputFn, steps, maxSteps, hooks ?? [], savingListeners ?? []));
    }

    private Estimator<TFeatures, TLabels> TrainAlike(
        Func<IEnumerable<(TFeatures, TLabels)>> inputFn, long? steps, long? maxSteps, IReadOnlyList<EstimatorHook> hooks,
        IReadOnlyList<CheckpointListener> savingListeners)
    {
        using var settings = Enter();
        // The chief may still be writing what all go on from.
        Config.TrainDistribute?.All(true);
        Load(null);
        if (Config.TrainDistribute is { } group)
        {
            group.StartTogether(GlobalStep, State);
            CountVersion();
        }

        long? last = steps is { } more ? StopAtStepHook.After(GlobalStep, more) : maxSteps;
        if (last <= GlobalStep)
        {
            Log(string.Create(CultureInfo.InvariantCulture, $"train: step {GlobalStep} is reached already"));
            return this;
        }

        var runner = new HookRunner(new(this, EstimatorMode.Train));
        var saver = OwnSaver(hooks);
        runner.Add(HooksOf(hooks, saver, savingListeners, last));
        // Also within a hook of an evaluation of another estimator.
        using var passes = ShuffleOrder.InTraining();
        using var bar = new ProgressBar(IsChief ? Config.Output : TextWriter.Null);
        bar.Start(TrainStep);
        (IsTraining, Bar) = (true, bar);
        try
        {
            Run(runner, Input(inputFn, TrainStep), bar, steps is not null, saver, savingListeners);
        }
        finally
        {
            (IsTraining, Bar, Place) = (false, null, null);
            foreach (var each in runner.Of<CheckpointSaverHook>())
                each.OfCall = [];
            CloseEvents();
        }

        // Who goes on finds the last checkpoint.
        Config.TrainDistribute?.All(true);
        return this;
    }

    private void Run(
        HookRunner runner, IEnumerable<(TFeatures, TLabels)> data, ProgressBar bar, bool beginsNextPass, CheckpointSaverHook? saver,
        IReadOnlyList<CheckpointListener> listeners)
    {
        bool isWhole = true, isDone = false;
        using var batches = new BatchReader<(TFeatures, TLabels)>(data, Position, Config.TrainDistribute, Log);
        Place = () => batches.Place;
        try
        {
            bool isThere = batches.MoveFirst(beginsNextPass);
            if (!isThere && !batches.IsResumed)
                TensorGraphOptions.Current.Warnings.WriteLine("Training with estimator made no steps. Perhaps input is empty or misspecified.");
            bool hasSpecHooks = false, isCreated = false;
            runner.Begin();
            SummaryNames = [ModelLayout.Loss];
            for (; batches.GoesOn(isThere, runner.Context.IsStopRequested); isThere = !runner.Context.IsStopRequested && batches.MoveNext())
            {
                var (features, labels) = batches.Current;
                var leaves = LeavesOf(features, labels, labels is not null);
                var graph = GraphFor(EstimatorMode.Train, features, labels, labels is not null, leaves);
                if (!isCreated)
                {
                    if (Prepare(graph, EstimatorMode.Train, leaves) is { } layout)
                        AddSpec(layout);
                    runner.Create();
                    isCreated = true;
                }

                var tensors = runner.Before(leaves);
                isWhole = false;
                var output = graph.Run(tensors);
                if (Config.TrainDistribute is { } group)
                    output = output.With(ModelLayout.Loss, group.Mean(output[ModelLayout.Loss]));
                // A step that is queued fails here at the latest; a loss that is no number leaves no variables to go on with.
                bool isNumber = !double.IsNaN(output[ModelLayout.Loss].ToDouble());
                CountStep();
                batches.Trained();
                isWhole = isNumber;
                if (!hasSpecHooks)
                    AddSpec(output.Layout);
                runner.After(output);
                bar.Show(GlobalStep, output[ModelLayout.Loss]);

                void AddSpec(ModelLayout layout)
                {
                    hasSpecHooks = true;
                    string[] own = [.. layout.Names.Where(name => name.StartsWith(ModelLayout.Summaries, StringComparison.Ordinal))];
                    SummaryNames = own.Contains(ModelLayout.Summaries + ModelLayout.Loss) ? own : [ModelLayout.Loss, .. own];
                    AddHooks(runner, [.. OfProcess(layout.Hooks)], saver, listeners);
                }
            }

            if (!isCreated)
                runner.Create();
            Position = batches.Place;
            runner.End();
            isDone = true;
        }
        finally
        {
            if (!isWhole)
                Discard();
            if (!isDone)
            {
                runner.Abort();
                // Data that fails again fails here.
                Position = batches.Place;
            }
        }
    }

    // Only the chief writes.
    private IEnumerable<EstimatorHook> OfProcess(IEnumerable<EstimatorHook> hooks) =>
        IsChief ? hooks : hooks.Where(hook => hook is not CheckpointSaverHook and not StepCounterHook and not SummarySaverHook);

    // The one that the configuration asks for; none where there is one among the hooks.
    private CheckpointSaverHook? OwnSaver(IReadOnlyList<EstimatorHook> given) =>
        IsChief && Config.SavesCheckpoints && !given.OfType<CheckpointSaverHook>().Any()
            ? new(Config.SaveCheckpointsSteps, Config.SaveCheckpointsSeconds) : null;

    // A saver of the spec takes the place of that of the configuration.
    private void AddHooks(
        HookRunner runner, List<EstimatorHook> hooks, CheckpointSaverHook? own, IReadOnlyList<CheckpointListener> listeners)
    {
        var saver = hooks.OfType<CheckpointSaverHook>().FirstOrDefault();
        if (saver is null)
        {
            if (IsChief && listeners.Count > 0 && !runner.Of<CheckpointSaverHook>().Any())
                Misuse.Raise(TrainStep, "there are saving listeners, and no checkpoint is saved", "Give SaveCheckpointsSteps, or a CheckpointSaverHook.");
        }
        else if (own is not null)
        {
            hooks.Remove(saver);
            runner.Replace(own, saver, () => saver.GoOnFrom(own));
        }
        else
        {
            // One among the hooks of the call has the listeners already.
            saver.OfCall = runner.Of<CheckpointSaverHook>().Any() ? [] : [.. listeners.Select(listener => Throw.IfNull(listener))];
        }

        runner.Add(hooks);
    }

    private List<EstimatorHook> HooksOf(
        IReadOnlyList<EstimatorHook> given, CheckpointSaverHook? own, IReadOnlyList<CheckpointListener> listeners, long? last)
    {
        var hooks = new List<EstimatorHook>();
        if (!IsChief)
        {
            hooks.AddRange(OfProcess(given));
            Guard();
            return hooks;
        }

        if (own is not null)
            hooks.Add(own);
        if ((own ?? given.OfType<CheckpointSaverHook>().FirstOrDefault()) is { } saver)
            saver.OfCall = [.. listeners.Select(listener => Throw.IfNull(listener))];
        if (Config.LogStepCountSteps is { } log)
            hooks.Add(new StepCounterHook(log));
        if (Config.SaveSummarySteps is { } summary)
            hooks.Add(new SummarySaverHook(summary));
        hooks.AddRange(given);
        Guard();
        return hooks;

        void Guard()
        {
            if (last is { } step)
                hooks.Add(new StopAtStepHook(lastStep: step));
            if (!given.OfType<NanGuardHook>().Any())
                hooks.Add(new NanGuardHook());
        }
    }

    private static IEnumerable<T> Input<T>(Func<IEnumerable<T>> inputFn, string where)
    {
        var data = inputFn();
        if (data is null)
            Misuse.Raise(where, "the input function gives null", "It must give a Dataset or another sequence of batches.");
        return data;
    }
}
