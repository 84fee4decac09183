namespace TensorGraph.Tests;

public sealed class HookTests : TemporaryFolder
{
    [Fact]
    public void Names_of_watched_tensors_and_summaries_do_not_hide_each_other()
    {
        var both = new Line
        {
            Change = spec => spec with
            {
                Watched = new Dictionary<string, Tensor> { ["guess"] = Line.X },
                Summaries = new Dictionary<string, Tensor> { ["guess"] = 7f, ["loss"] = 8f },
            },
        };
        both.Estimator(At("m"), Line.Quiet with { SaveSummarySteps = 1, LogStepCountSteps = null }).Train(Line.Endless, steps: 1);
        var point = new EventFolder(At("m")).Read()[1];
        Assert.Equal((7, 8), (point["guess"], point["loss"]));
        var watched = new Line { Change = spec => spec with { Watched = new Dictionary<string, Tensor> { ["loss"] = Line.X } } };
        Expect.Error(DiagnosticIds.EstimatorMisused, () => watched.Estimator(At("n")).Train(Line.Endless, steps: 1), "watched tensor is called 'loss'");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saver_of_the_spec_takes_the_place_of_that_of_the_configuration(bool imperatively)
    {
        using var scope = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
        foreach (int? configured in new int?[] { 1, null })
        {
            List<string> calls = [];
            var line = new Line { Change = spec => new(spec.Mode, spec.Loss, spec.TrainOp, spec.EvalMetrics, trainingHooks: [new CheckpointSaverHook(steps: 4)]) };
            var estimator = line.Estimator(At($"{configured}"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = configured, SaveCheckpointsSeconds = null, KeepCheckpointMax = null });
            estimator.Train(Line.Endless, steps: 9, savingListeners: [new Listener(calls, "")]);
            // Where nothing is traced, the first step shows the spec; the saver of the configuration has done its part by then.
            IEnumerable<long?> steps = !imperatively ? [0, 4, 8, 9] : configured is null ? [1, 5, 9] : [0, 4, 8, 9];
            Assert.Equal(steps, Directory.GetFiles(At($"{configured}"), "step-*").Order(StringComparer.Ordinal).Select(Checkpoint.StepOf));
            Assert.Single(calls, call => call.Contains("begin", StringComparison.Ordinal));
            Assert.Contains(calls, call => call.Contains('9', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Listeners_of_a_call_are_of_that_call_only()
    {
        List<string> calls = [];
        var saver = new CheckpointSaverHook(steps: 2);
        var line = new Line { Change = spec => new(spec.Mode, spec.Loss, spec.TrainOp, spec.EvalMetrics, trainingHooks: [saver]) };
        var estimator = line.Estimator(At("m"));
        estimator.Train(Line.Endless, steps: 2, savingListeners: [new Listener(calls, "first ")]);
        Assert.NotEmpty(calls);
        calls.Clear();
        estimator.Train(Line.Endless, steps: 2, savingListeners: [new Listener(calls, "second ")]);
        Assert.DoesNotContain(calls, call => call.StartsWith("first", StringComparison.Ordinal));
        Assert.Contains("second after 4", calls);

        // Nor are they kept by a training that fails.
        Assert.Throws<TimeoutException>(() => estimator.Train(Line.Endless, steps: 2, savingListeners: [new Listener(calls, "third ")], hooks: [new Recorder([]) { OnRun = _ => throw new TimeoutException() }]));
        calls.Clear();
        estimator.Train(Line.Endless, steps: 2);
        Assert.Empty(calls);
    }

    [Fact]
    public void A_hook_that_gives_null_for_names_is_told()
    {
        var estimator = new Line().Estimator(At("m"));
        Expect.Error(DiagnosticIds.NullArgument, () => estimator.Train(Line.Endless, steps: 1, hooks: [new NamesNothing()]), nameof(NamesNothing));
    }

    [Fact]
    public void Hooks_are_called_phase_by_phase_in_the_order_of_the_list()
    {
        List<string> calls = [];
        var line = new Line { Change = spec => new(spec.Mode, spec.Loss, spec.TrainOp, trainingHooks: [new Recorder(calls, "spec ")]) };
        line.Estimator(At("m")).Train(Line.Endless, steps: 2, hooks: [new Recorder(calls, "a "), new Recorder(calls, "b ")]);
        string[] names = ["a ", "b ", "spec "];
        IEnumerable<string> Phase(string phase) => names.Select(name => name + phase);
        Assert.Equal(
            [.. Phase("begin"), .. Phase("create"), .. Phase("before"), .. Phase("after"), .. Phase("before"), .. Phase("after"), .. Phase("end")], calls);
    }

    [Fact]
    public void The_step_in_which_a_stop_is_asked_for_is_completed()
    {
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"));
        estimator.Train(Line.Endless, hooks: [new Recorder([]) { OnRun = context => context.RequestStop() }, new Recorder(calls)]);
        Assert.Equal(1, estimator.GlobalStep);
        Assert.Equal(["begin", "create", "before", "after", "end"], calls);
    }

    [Fact]
    public void An_exception_of_a_hook_reaches_the_caller_and_no_end_is_called()
    {
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"));
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(Line.Endless, hooks: [new Recorder(calls) { OnRun = _ => throw new InvalidTimeZoneException() }]));
        Assert.Equal(["begin", "create", "before", "after", "abort"], calls);
        // The step is whole: the next call goes on after it.
        Assert.Equal(1, estimator.GlobalStep);
        Assert.Equal(2, estimator.Train(Line.Endless, steps: 1).GlobalStep);
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(Line.Endless, hooks: [new Throwing("begin")]));
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(Line.Endless, hooks: [new Throwing("before")]));
        Assert.Throws<InvalidTimeZoneException>(() => estimator.Train(Line.Endless, steps: 1, hooks: [new Throwing("end")]));
        Assert.Equal(3, estimator.GlobalStep);
    }

    [Fact]
    public void Timers_fire_at_once_and_then_once_per_interval()
    {
        var time = new ManualTime();
        var steps = new StepTimer(3, null);
        Assert.Equal([1L, 4, 7], Enumerable.Range(1, 9).Select(step => (long)step).Where(step => Fires(steps, step)));
        var seconds = new StepTimer(null, 10);
        List<long> fired = [];
        for (long step = 1; step < 8; step++, time.Advance(4))
        {
            if (Fires(seconds, step))
                fired.Add(step);
        }

        Assert.Equal([1L, 4, 7], fired);

        bool Fires(StepTimer timer, long step)
        {
            bool isDue = timer.IsDue(step, time);
            if (isDue)
                timer.Restart(step, time);
            return isDue;
        }
    }

    [Fact]
    public void Lines_are_written_every_so_many_steps_of_the_run()
    {
        var output = new StringWriter();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Output = output, LogStepCountSteps = null });
        estimator.Train(Line.Endless, steps: 4);
        estimator.Train(Line.Endless, steps: 4, hooks: [new LoggingHook(["global_step", "loss"], steps: 2)]);
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("global_step = 5, loss = ", lines[0], StringComparison.Ordinal);
        Assert.Contains("global_step = 7, loss = ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_counter_tells_steps_per_second_of_the_clock()
    {
        var (output, time) = (new StringWriter(), new ManualTime());
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Output = output, Time = time, LogStepCountSteps = 2 });
        estimator.Train(Line.Endless, steps: 3, hooks: [new Recorder([]) { OnRun = _ => time.Advance(0.5) }]);
        Assert.Contains("2.0 steps/s", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_saver_of_the_user_takes_the_place_of_that_of_the_estimator()
    {
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { KeepCheckpointMax = null });
        estimator.Train(Line.Endless, steps: 9, hooks: [new CheckpointSaverHook(steps: 4, listeners: [new Listener(calls, "own ")])], savingListeners: [new Listener(calls, "")]);
        Assert.Equal([0, 4, 8, 9], Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).Select(Checkpoint.StepOf));
        Assert.Equal(["own begin", "begin", "own before 0", "before 0", "own after 0", "after 0"], calls.Take(6));
        Assert.Equal(["own end", "end"], calls.TakeLast(2));
        calls.Clear();
        estimator.Train(Line.Endless, hooks: [new CheckpointSaverHook(seconds: 1e6)], savingListeners: [new Listener(calls, "") { StopsAt = 9 }]);
        Assert.Equal(10, estimator.GlobalStep);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new CheckpointSaverHook(), "neither steps nor seconds");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => _ = new CheckpointSaverHook(1, 1), "steps and seconds");
    }

    [Fact]
    public void Feeding_replaces_parts_of_a_batch()
    {
        List<double> seen = [];
        var estimator = new Line().Estimator(At("m"));
        var hooks = new EstimatorHook[] { new FeedHook(() => new Dictionary<string, Tensor> { ["features"] = Ops.Zeros(4, 1) }), new Watcher(values => seen.Add(values["guess"].Sum().ToDouble()), "guess") };
        estimator.Evaluate(() => Line.Batches(), hooks: hooks);
        Assert.All(seen, value => Assert.Equal(0, value));
        Assert.Equal(5, seen.Count);
    }

    [Fact]
    public void A_profile_is_recorded()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 2, hooks: [new ProfilerHook(At("profile"))]);
        Assert.True(File.Exists(At("profile", "run-1", "recording.json")));
        Assert.Null(GraphRecorder.Current);
    }

    [Fact]
    public void Evaluation_in_memory_needs_no_checkpoint()
    {
        List<string> calls = [];
        var estimator = new Line().Estimator(At("m"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null });
        estimator.Train(Line.Endless, steps: 5, hooks: [new InMemoryEvaluatorHook<Tensor, Tensor>(estimator, () => Line.Batches(), everySteps: 2)]);
        Assert.Equal([0, 2, 4, 5], new EventFolder(At("m", "eval")).Read().Keys);
    }

    [Fact]
    public void Within_a_training_other_checkpoints_and_trainings_are_refused()
    {
        var estimator = new Line().Estimator(At("m"));
        estimator.Train(Line.Endless, steps: 1);
        string path = estimator.LatestCheckpoint!;
        Refused(() => estimator.Train(Line.Endless, steps: 1), "the estimator trains already");
        Refused(() => estimator.Evaluate(() => Line.Batches(), checkpointPath: At("no")), "while the estimator trains");
        Assert.True(File.Exists(path));

        void Refused(Action action, string fact) =>
            Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.Train(Line.Endless, steps: 1, hooks: [new Recorder([]) { OnRun = _ => action() }]), fact);
    }

    private sealed class Watcher(Action<IReadOnlyDictionary<string, Tensor>> see, string name) : EstimatorHook
    {
        public override IReadOnlyList<string> BeforeRun(HookContext context) => [name];

        public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values) => see(values);
    }

    private sealed class Throwing(string phase) : EstimatorHook
    {
        public override void Begin(HookContext context) => At("begin");

        public override IReadOnlyList<string> BeforeRun(HookContext context)
        {
            At("before");
            return [];
        }

        public override void End(HookContext context) => At("end");

        private void At(string now)
        {
            if (now == phase)
                throw new InvalidTimeZoneException();
        }
    }

    private sealed class Listener(List<string> calls, string name) : CheckpointListener
    {
        public long? StopsAt { get; init; }

        public override void Begin(HookContext context) => calls.Add(name + "begin");

        public override void BeforeSave(HookContext context) => calls.Add($"{name}before {context.GlobalStep}");

        public override void AfterSave(HookContext context, string path)
        {
            calls.Add($"{name}after {context.GlobalStep}");
            if (context.GlobalStep >= StopsAt)
                context.RequestStop();
        }

        public override void End(HookContext context) => calls.Add(name + "end");
    }

    private sealed class NamesNothing : EstimatorHook
    {
        public override IReadOnlyList<string> BeforeRun(HookContext context) => null!;
    }
}
