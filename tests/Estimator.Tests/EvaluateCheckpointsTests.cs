namespace TensorGraph.Tests;

/// <summary>Evaluations beside a training that another estimator does.</summary>
public sealed class EvaluateCheckpointsTests : TemporaryFolder
{
    private static ServingInputReceiver Receiver => ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x");

    [Fact]
    public async Task Each_new_checkpoint_is_evaluated_and_exported_up_to_the_last_step()
    {
        var trained = new Line().Estimator(At("m"));
        var steps = new List<long>();
        // The next checkpoint comes while this one is evaluated.
        var trains = new Then(context =>
        {
            steps.Add(context.GlobalStep);
            trained.Train(Line.Endless, steps: 10);
        });
        trained.Train(Line.Endless, steps: 10);
        var time = new JumpingTime();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = time });
        var result = await estimator.EvaluateCheckpointsAsync(
            new(() => Line.Batches(), hooks: [trains], exporters: [new LatestExporter("latest", Receiver), new FinalExporter("final", Receiver)],
                startDelaySeconds: 30, throttleSeconds: 60), maxSteps: 30);
        Assert.Equal([10L, 20, 30], steps);
        Assert.Equal(30, result.Evaluation.GlobalStep);
        Assert.Equal([30d, 60, 60], time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal(2, result.Exports.Count);
        Assert.Single(Directory.GetDirectories(At("m", "export", "final")));

        // Each export is of the checkpoint that was evaluated, though there was a newer one.
        string[] exports = [.. Directory.GetDirectories(At("m", "export", "latest")).Order(StringComparer.Ordinal)];
        foreach (var (i, step) in new[] { 10, 20, 30 }.Index())
        {
            var saved = WeightFile.Load(At("m", Path.GetFileName(Directory.GetFiles(At("m")).Single(file => Checkpoint.StepOf(file) == step))));
            Assert.Equal(Floats.Of(saved["model/dense.kernel"]), Floats.Of(SavedModel.Load(exports[i]).Variables["dense.kernel"].Value));
        }
    }

    [Fact]
    public async Task Steps_between_evaluations_are_skipped_and_the_last_one_never()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 10);
        var steps = new List<long>();
        var trains = new Then(context =>
        {
            steps.Add(context.GlobalStep);
            if (context.GlobalStep < 50)
                trained.Train(Line.Endless, steps: 20, hooks: [new CheckpointSaverHook(steps: 20)]);
        });
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        await estimator.EvaluateCheckpointsAsync(new(() => Line.Batches(), hooks: [trains], throttleSteps: 15), maxSteps: 50);
        Assert.Equal([10L, 30, 50], steps);
    }

    [Fact]
    public async Task It_waits_as_long_as_it_may()
    {
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        await Task.WhenAll(Expect(DiagnosticIds.BadData, TimeSpan.FromSeconds(5)), Expect(DiagnosticIds.EstimatorMisused, null, maxSteps: 0));
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        var result = await estimator.EvaluateCheckpointsAsync(new(() => Line.Batches(), throttleSteps: 1000), timeout: TimeSpan.FromSeconds(5));
        Assert.Equal(10, result.Evaluation.GlobalStep);
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => estimator.EvaluateCheckpointsAsync(new(() => Line.Batches()), cancellation: cancellation.Token));

        async Task Expect(string id, TimeSpan? timeout, long? maxSteps = null) => Assert.Equal(
            id, (await Assert.ThrowsAsync<GraphException>(() => estimator.EvaluateCheckpointsAsync(new(() => Line.Batches()), maxSteps, timeout))).Id);
    }

    [Fact]
    public async Task A_training_that_ends_early_has_its_last_checkpoint_evaluated_and_exported()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 10);
        var steps = new List<long>();
        var trains = new Then(context =>
        {
            steps.Add(context.GlobalStep);
            if (context.GlobalStep == 10)
                trained.Train(Line.Endless, steps: 10);
        });
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        var spec = new EvalSpec<Tensor, Tensor>(
            () => Line.Batches(), hooks: [trains], exporters: [new FinalExporter("final", Receiver)], throttleSteps: 100);
        var result = await estimator.EvaluateCheckpointsAsync(spec, maxSteps: 500, timeout: TimeSpan.FromSeconds(5));
        Assert.Equal([10L, 20], steps);
        Assert.Equal(20, result.Evaluation.GlobalStep);
        Assert.Equal(Directory.GetDirectories(At("m", "export", "final")), result.Exports);

        // Also where the last one was evaluated before it was known to be the last.
        var another = new EvalSpec<Tensor, Tensor>(() => Line.Batches(), hooks: [trains], exporters: [new FinalExporter("another", Receiver)], throttleSteps: 100);
        result = await estimator.EvaluateCheckpointsAsync(another, timeout: TimeSpan.FromSeconds(5));
        Assert.Equal([10L, 20, 20], steps);
        Assert.Equal(Directory.GetDirectories(At("m", "export", "another")), result.Exports);
        Assert.Single(result.Exports);

        // The same export is not made twice.
        result = await estimator.EvaluateCheckpointsAsync(spec, timeout: TimeSpan.FromSeconds(5));
        Assert.Empty(result.Exports);
        Assert.Single(Directory.GetDirectories(At("m", "export", "final")));
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_left_out_until_it_is_written_again()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 20);
        string latest = trained.LatestCheckpoint!;
        byte[] whole = File.ReadAllBytes(latest);
        File.WriteAllText(latest, "no checkpoint");
        var log = new StringWriter();
        var steps = new List<long>();
        var mends = new Then(context =>
        {
            steps.Add(context.GlobalStep);
            File.WriteAllBytes(latest, whole);
            File.SetLastWriteTimeUtc(latest, DateTime.UtcNow.AddSeconds(10));
        });
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime(), Output = log });
        Assert.Equal(20, (await estimator.EvaluateCheckpointsAsync(new(() => Line.Batches(), hooks: [mends]), maxSteps: 20)).Evaluation.GlobalStep);
        Assert.Equal([10L, 20], steps);
        Assert.Contains("a checkpoint is left out", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_whose_name_is_of_another_step_is_left_out()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        string latest = Checkpoint.Latest(At("m"))!;
        File.Copy(latest, latest.Replace("10.", "30.", StringComparison.Ordinal));
        var log = new StringWriter();
        int evaluations = 0;
        var counts = new Then(_ => Assert.InRange(++evaluations, 1, 2));
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime(), Output = log });
        var result = await estimator.EvaluateCheckpointsAsync(new(() => Line.Batches(), hooks: [counts]), maxSteps: 30, timeout: TimeSpan.FromSeconds(5));
        Assert.Equal((10, 1), (result.Evaluation.GlobalStep, evaluations));
        Assert.Contains("it does not hold step 30, as its name says, but step 10", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_last_checkpoint_costs_no_export()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 10);
        var damages = new Then(_ =>
        {
            trained.Train(Line.Endless, maxSteps: 20);
            File.WriteAllText(trained.LatestCheckpoint!, "no checkpoint");
        });
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        var result = await estimator.EvaluateCheckpointsAsync(
            new(() => Line.Batches(), hooks: [damages], exporters: [new FinalExporter("final", Receiver)], throttleSteps: 100),
            timeout: TimeSpan.FromSeconds(5));
        Assert.Equal(10, result.Evaluation.GlobalStep);
        Assert.Single(Directory.GetDirectories(At("m", "export", "final")));
    }

    [Fact]
    public async Task What_an_exporter_reads_is_not_what_the_next_one_sees()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 20);
        string older = Directory.GetFiles(At("m"), "*.safetensors").Single(file => Checkpoint.StepOf(file) == 10);
        Tensor evaluated = trained.VariableValue("dense.kernel");
        var seen = new List<Tensor>();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        await estimator.EvaluateCheckpointsAsync(
            new(() => Line.Batches(), exporters:
            [
                new Custom(_ => $"{estimator.Evaluate(() => Line.Batches(), checkpointPath: older)}", "first"),
                new Custom(each => $"{each.VariableValue("dense.kernel")}", "second"),
                new Custom(each =>
                {
                    seen.Add(each.VariableValue("dense.kernel"));
                    return null;
                }, "third"),
            ]), maxSteps: 20);
        Assert.Equal(Floats.Of(evaluated), Floats.Of(Assert.Single(seen)));
    }

    [Fact]
    public async Task Errors_of_the_data_and_of_exporters_are_told_though_the_checkpoint_is_gone()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        var loses = new Then(_ => File.Delete(Checkpoint.Latest(At("m"))!));
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        var fault = await Assert.ThrowsAsync<GraphException>(() => estimator.EvaluateCheckpointsAsync(
            new(() => Line.Batches(), hooks: [loses], exporters: [new Custom(_ => throw new GraphException(DiagnosticIds.BadData, "mine", "", Ir.SourceSpan.Capture()))]),
            timeout: TimeSpan.FromSeconds(5)));
        Assert.Contains("mine", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_and_exporters_see_the_variables_that_were_evaluated()
    {
        var trained = new Line().Estimator(At("m"));
        trained.Train(Line.Endless, steps: 10);
        Tensor evaluated = trained.VariableValue("dense.kernel");
        var seen = new List<Tensor>();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = new JumpingTime() });
        var sees = new Then(_ => seen.Add(estimator.VariableValue("dense.kernel")));
        var trains = new Then(_ => trained.Train(Line.Endless, maxSteps: 20));
        var exporter = new Custom(each =>
        {
            seen.Add(each.VariableValue("dense.kernel"));
            return each.ExportSavedModel(At("export"), Receiver);
        });
        var evaluation = new EvalSpec<Tensor, Tensor>(() => Line.Batches(), hooks: [trains, sees], exporters: [exporter]);
        var result = await estimator.EvaluateCheckpointsAsync(evaluation, maxSteps: 10);
        Assert.Equal(10, result.Evaluation.GlobalStep);
        seen.Add(SavedModel.Load(Assert.Single(result.Exports)).Variables["dense.kernel"].Value);
        Assert.Equal(3, seen.Count);
        Assert.All(seen, value => Assert.Equal(Floats.Of(evaluated), Floats.Of(value)));
        Assert.NotEqual(Floats.Of(evaluated), Floats.Of(estimator.VariableValue("dense.kernel")));
    }

    [Fact]
    public async Task The_caller_is_not_held_up_and_a_cancellation_ends_an_evaluation()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        using var cancellation = new CancellationTokenSource();
        using var begins = new SemaphoreSlim(0);
        var waits = new Then(_ => { }) { OnBegin = () => begins.Release() };
        var estimator = new Line().Estimator(At("m"));
        var evaluation = estimator.EvaluateCheckpointsAsync(new(Line.Endless, hooks: [waits]), cancellation: cancellation.Token);
        await begins.WaitAsync();
        Assert.False(evaluation.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => evaluation);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public async Task Delays_of_any_length_are_waited_for(double delay)
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        using var cancellation = new CancellationTokenSource();
        var estimator = new Line().Estimator(At("m"));
        var starts = estimator.EvaluateCheckpointsAsync(new(() => Line.Batches(), startDelaySeconds: delay), cancellation: cancellation.Token);
        var throttled = new Line().Estimator(At("m")).EvaluateCheckpointsAsync(new(() => Line.Batches(), throttleSeconds: delay), cancellation: cancellation.Token);
        await Task.Delay(50);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => starts);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => throttled);
    }

    [Fact]
    public void One_process_evaluates()
    {
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => new Line()
            .Estimator(At("m"), Line.Quiet with { EvalDistribute = group }).EvaluateCheckpointsAsync(new(() => Line.Batches())).GetAwaiter().GetResult()));
        Assert.All(faults.InnerExceptions, fault => Assert.Equal(DiagnosticIds.EstimatorMisused, Assert.IsType<GraphException>(fault).Id));
    }

    private sealed class Custom(Func<Estimator, string?> export, string name = "custom") : Exporter(name)
    {
        public override string? Export(Estimator estimator, string exportPath, EvaluationResult result, bool isFinal) => export(estimator);
    }

    private sealed class Then(Action<HookContext> action) : EstimatorHook
    {
        public Action? OnBegin { get; init; }

        public override void Begin(HookContext context) => OnBegin?.Invoke();

        public override void End(HookContext context) => action(context);
    }

    /// <summary>A clock whose waits are over at once.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public List<TimeSpan> Waits { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow()
        {
            lock (_gate)
                return _now;
        }

        public override long GetTimestamp() => GetUtcNow().UtcTicks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                Waits.Add(dueTime);
                _now += dueTime;
            }

            ThreadPool.QueueUserWorkItem(_ => callback(state));
            return new Over();
        }

        private sealed class Over : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
