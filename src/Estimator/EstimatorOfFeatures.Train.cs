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
        runner.Add(HooksOf(hooks, savingListeners, last));
        using var bar = new ProgressBar(IsChief ? Config.Output : TextWriter.Null);
        bar.Start(TrainStep);
        (IsTraining, Bar) = (true, bar);
        try
        {
            Run(runner, Input(inputFn, TrainStep), bar, beginsNextPass: steps is not null);
        }
        finally
        {
            (IsTraining, Bar, Place) = (false, null, null);
            CloseEvents();
        }

        // Who goes on finds the last checkpoint.
        Config.TrainDistribute?.All(true);
        return this;
    }

    private void Run(HookRunner runner, IEnumerable<(TFeatures, TLabels)> data, ProgressBar bar, bool beginsNextPass)
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
                    SummaryNames = [ModelLayout.Loss, .. layout.Names.Where(name => name.StartsWith(ModelLayout.Summaries, StringComparison.Ordinal))
                        .Select(name => name[ModelLayout.Summaries.Length..]).Where(name => name != ModelLayout.Loss)];
                    runner.Add(OfProcess(layout.Hooks));
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

    private List<EstimatorHook> HooksOf(IReadOnlyList<EstimatorHook> given, IReadOnlyList<CheckpointListener> listeners, long? last)
    {
        var hooks = new List<EstimatorHook>();
        if (!IsChief)
        {
            hooks.AddRange(OfProcess(given));
            Guard();
            return hooks;
        }

        var saver = given.OfType<CheckpointSaverHook>().FirstOrDefault();
        if (saver is null && Config.SavesCheckpoints)
        {
            saver = new(Config.SaveCheckpointsSteps, Config.SaveCheckpointsSeconds);
            hooks.Add(saver);
        }

        if (saver is null && listeners.Count > 0)
            Misuse.Raise(TrainStep, "there are saving listeners, and no checkpoint is saved", "Give SaveCheckpointsSteps, or a CheckpointSaverHook.");
        if (saver is not null)
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
