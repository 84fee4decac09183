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

    private sealed class Then(Action<HookContext> action) : EstimatorHook
    {
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
