namespace TensorGraph.Tests;

/// <summary>Several processes, here threads, train one model: the losses of one process with the whole batch.</summary>
public sealed class DistributionTests : TemporaryFolder
{
    private const int Global = 8;

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Losses_and_weights_are_those_of_one_process_with_the_global_batch(int count)
    {
        var alone = Train(null, At("alone"), 12);
        var together = ThreadGroup.Run(count, group => Train(group, At("together"), 12));
        for (int rank = 0; rank < count; rank++)
        {
            Assert.Equal(12, together[rank].Step);
            Near(alone.Losses, together[rank].Losses);
            Near(alone.Kernel, together[rank].Kernel);
            Assert.Equal(together[0].Kernel, together[rank].Kernel);
        }

        // Only the chief writes.
        Assert.Equal([0, 10, 12], Directory.GetFiles(At("together"), "step-*").Order(StringComparer.Ordinal).Select(Checkpoint.StepOf));
        Assert.Single(Directory.GetFiles(At("together"), "*tfevents*"));
    }

    [Fact]
    public void Models_that_differ_are_refused_with_the_first_variable_that_does()
    {
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group =>
        {
            var dense = new Dense(1, group.Rank + 1);
            var sgd = new Sgd(0.1);
            return new Estimator<Tensor, Tensor>(
                (x, y, mode) => new(mode, Ops.Mean(dense.Call(x)), TrainOp.Minimize(sgd, Ops.Mean(dense.Call(x)))), At("m"), Line.Quiet with { TrainDistribute = group })
                .Train(Line.Endless, steps: 1).GlobalStep;
        }));
        Assert.All(faults.InnerExceptions, fault => Assert.Equal(DiagnosticIds.EstimatorMisused, Assert.IsType<GraphException>(fault).Id));
        Assert.Contains(faults.InnerExceptions, fault =>
            fault.Message.Contains("process 1 has variable 'model/dense.kernel: f32[1, 2]', the chief 'model/dense.kernel: f32[1, 1]'", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_the_chief_of_an_evaluation_writes_lines()
    {
        var logs = ThreadGroup.Run(2, group =>
        {
            var log = new StringWriter();
            new Line().Estimator(At("m"), Line.Quiet with { EvalDistribute = group, Output = log }).Evaluate(() => Line.Batches());
            return log.ToString();
        });
        Assert.Contains("evaluate", logs[0], StringComparison.Ordinal);
        Assert.Empty(logs[1]);
    }

    [Fact]
    public void A_resumed_job_goes_on_as_one_that_was_not_stopped()
    {
        var straight = ThreadGroup.Run(2, group => Train(group, At("straight"), 14));
        ThreadGroup.Run(2, group => Train(group, At("resumed"), 9));
        var resumed = ThreadGroup.Run(2, group => Train(group, At("resumed"), 14));
        Assert.Equal(straight[0].Kernel, resumed[0].Kernel);
        Assert.Equal(straight[1].Losses[9..], resumed[1].Losses);
    }

    [Fact]
    public void All_stop_when_one_stops_or_has_no_more_data()
    {
        long[] stopped = ThreadGroup.Run(3, group => Train(group, At("a"), 50, group.Rank == 2 ? new StopAtStepHook(steps: 4) : null).Step);
        Assert.Equal([4, 4, 4], stopped);
        long[] ended = ThreadGroup.Run(2, group => new Line().Estimator(At("b"), Line.Quiet with { TrainDistribute = group })
            .Train(() => Line.Batches().Take(group.Rank == 0 ? 5 : 3)).GlobalStep);
        Assert.Equal([3, 3], ended);
    }

    [Fact]
    public void A_process_that_fails_ends_the_others_with_its_reason()
    {
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group =>
            Train(group, At("m"), 20, group.Rank == 1 ? new Recorder([]) { OnRun = context => throw new InvalidOperationException($"broken at {context.GlobalStep}") } : null)));
        Assert.Contains(faults.InnerExceptions, fault => fault is InvalidOperationException);
        Assert.Contains(faults.InnerExceptions, fault => fault is GraphException { Id: DiagnosticIds.WorkerLost } && fault.Message.Contains("broken at 1", StringComparison.Ordinal));
        // What was saved is there to go on from.
        Assert.Equal([20, 20], ThreadGroup.Run(2, group => Train(group, At("m"), 20).Step));
    }

    [Fact]
    public void Folders_that_differ_are_refused()
    {
        new Line().Estimator(At("0")).Train(Line.Endless, steps: 3);
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => Train(group, At($"{group.Rank}"), 5)));
        Assert.Contains(faults.InnerExceptions, fault => fault.Message.Contains("is at step 0, the chief at step 3", StringComparison.Ordinal));
    }

    [Fact]
    public void Metrics_of_shards_are_those_of_all_of_the_data()
    {
        var kernel = new Line().Dense.Variables[0].Value;
        EvaluationResult Evaluated(WorkerGroup? group, int size)
        {
            var line = new Line();
            line.Dense.Variables[0].Assign(kernel);
            var data = Dataset.FromTensorSlices((Line.X, (Line.X * 2) + 1));
            return line.Estimator(At($"{size}"), Line.Quiet with { EvalDistribute = group })
                .Evaluate(() => (group is null ? data : data.Shard(group.Count, group.Rank)).Batch(size));
        }

        var alone = Evaluated(null, 20);
        foreach (int size in new[] { 1, 4, 7 })
        {
            foreach (var part in ThreadGroup.Run(3, group => Evaluated(group, size)))
            {
                Assert.Equal(alone.Loss, part.Loss, 1e-6);
                Assert.Equal(alone["error"], part["error"], 1e-6);
            }
        }
    }

    [Fact]
    public void Data_that_ends_in_one_process_first_starts_anew_in_all()
    {
        // Three and two examples.
        static Dataset<(Tensor, Tensor)> Uneven(WorkerGroup group) => Dataset.FromTensorSlices((Line.X[..5], Line.X[..5])).Shard(2, group.Rank).Batch(1);
        for (int job = 1; job <= 2; job++)
        {
            long[] steps = ThreadGroup.Run(2, group =>
            {
                var estimator = new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group });
                return estimator.Train(() => Uneven(group)).Train(() => Uneven(group)).GlobalStep;
            });
            Assert.Equal([4 * job, 4 * job], steps);
        }
    }

    [Fact]
    public void Where_one_process_cannot_go_on_in_the_data_all_begin_it_again()
    {
        // What the chief reads, of each job: the order is that of a first pass.
        List<List<double>> read = [];
        Dataset<(Tensor, Tensor)> Shuffled(WorkerGroup group) => Dataset.FromTensorSlices((Line.X[..5], Line.X[..5])).Shard(2, group.Rank)
            .Shuffle(10, seed: 1).Batch(1).Map(batch =>
            {
                if (group.IsChief)
                    read[^1].Add(batch.Item1.ToDouble());
                return batch;
            }).Repeat();
        long[] Job(long last)
        {
            read.Add([]);
            return ThreadGroup.Run(2, group => new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group })
                .Train(() => Shuffled(group), maxSteps: last).GlobalStep);
        }

        Assert.Equal([2, 2], Job(2));
        Assert.Equal([5, 5], Job(5));
        Assert.Equal(read[0][..2], read[1][..2]);
    }

    [Fact]
    public void A_loss_that_is_no_number_in_one_process_is_none_in_all()
    {
        using var scope = (TensorGraphOptions.Current with { Warnings = TextWriter.Null }).Use();
        long[] steps = ThreadGroup.Run(2, group =>
        {
            var estimator = new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group });
            Tensor y = Ops.Full([4, 1], group.Rank == 1 ? double.NaN : 1);
            estimator.Train(() => [(Line.X[..4], y)], hooks: [new NanGuardHook(fails: false)]);
            return estimator.Evaluate(() => Line.Batches()).GlobalStep;
        });
        Assert.Equal([0, 0], steps);
    }

    [Fact]
    public void Only_the_chief_writes_when_another_checkpoint_is_evaluated()
    {
        ThreadGroup.Run(2, group =>
        {
            var estimator = new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group });
            estimator.Train(() => Shard(group), maxSteps: 10);
            if (!group.IsChief)
            {
                string newest = estimator.LatestCheckpoint!;
                File.SetLastWriteTimeUtc(newest, DateTime.UnixEpoch);
                string oldest = Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).First();
                Assert.Equal(0, estimator.Evaluate(() => Line.Batches(), checkpointPath: oldest).GlobalStep);
                Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(newest));
            }

            return 0;
        });
    }

    [Fact]
    public void All_go_on_from_the_file_that_the_chief_writes_before_another_checkpoint_is_evaluated()
    {
        new Line().Estimator(At("other")).Train(Line.Endless, steps: 20);
        using var read = new ManualResetEventSlim();
        long[] steps = ThreadGroup.Run(2, group =>
        {
            var estimator = new Line().Estimator(
                At("m"), new() { Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null, TrainDistribute = group });
            estimator.Train(() => Shard(group), steps: 3);
            if (group.IsChief)
            {
                // The other process is first.
                read.Wait();
                Thread.Sleep(100);
            }

            estimator.Evaluate(() => Line.Batches(), checkpointPath: Checkpoint.Latest(At("other")));
            read.Set();
            return estimator.Train(() => Shard(group), steps: 2).GlobalStep;
        });
        Assert.Equal([5, 5], steps);
    }

    [Fact]
    public void Hooks_of_a_spec_that_save_belong_to_the_chief()
    {
        ThreadGroup.Run(2, group =>
        {
            var line = new Line { Change = spec => new(spec.Mode, spec.Loss, spec.TrainOp, spec.EvalMetrics, trainingHooks: [new CheckpointSaverHook(steps: 1)]) };
            var estimator = line.Estimator(At($"{group.Rank}"), new()
            {
                Output = TextWriter.Null, SaveCheckpointsSteps = null, SaveCheckpointsSeconds = null, SaveSummarySteps = null, TrainDistribute = group,
            });
            estimator.Train(() => Shard(group), maxSteps: 2);
            Assert.Equal(group.IsChief, Directory.Exists(At($"{group.Rank}")));
            return 0;
        });
    }

    [Fact]
    public void An_evaluation_that_fails_in_one_process_ends_the_others()
    {
        var faults = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => new Line().Estimator(At($"{group.Rank}"), Line.Quiet with { EvalDistribute = group })
            .Evaluate(() => group.Rank == 1 ? throw new IOException("gone") : Line.Batches())));
        Assert.Contains(faults.InnerExceptions, fault => fault is IOException);
        Assert.Contains(faults.InnerExceptions, fault => fault is GraphException { Id: DiagnosticIds.WorkerLost });
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.F64)]
    public void A_loss_of_any_width_has_a_mean(DType dtype)
    {
        double[] losses = ThreadGroup.Run(2, group =>
        {
            List<double> seen = [];
            var estimator = new Estimator<Tensor, Tensor>((x, _, mode) => new(mode, Ops.Mean(x).Cast(dtype), TrainOp.Of(() => { })), At("m"),
                Line.Quiet with { TrainDistribute = group });
            estimator.Train(() => [(Ops.Full([2], group.Rank + 1), Line.X)], steps: 1, hooks: [new Recorder([]) { OnRun = context => seen.Add(context.Loss!.Value) }]);
            return seen[0];
        });
        Assert.Equal([1.5, 1.5], losses);
    }

    [Fact]
    public void Training_and_evaluation_in_turn_give_all_processes_a_result()
    {
        var results = ThreadGroup.Run(2, group => new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group })
            .TrainAndEvaluate(new(() => Shard(group), maxSteps: 25), new(() => Line.Batches(), throttleSeconds: 0, startDelaySeconds: 0)).Evaluation.Loss);
        Assert.Equal(results[0], results[1], 1e-6);
    }

    private static Dataset<(Tensor, Tensor)> Shard(WorkerGroup? group)
    {
        // Whole batches only: the last one of 20 examples would be uneven.
        var data = Dataset.FromTensorSlices((Line.X[..16], (Line.X[..16] * 2) + 1));
        return group is null ? data.Batch(Global).Repeat() : data.Shard(group.Count, group.Rank).Batch(Global / group.Count).Repeat();
    }

    private static (float[] Kernel, double[] Losses, long Step) Train(WorkerGroup? group, string folder, long steps, EstimatorHook? hook = null)
    {
        var line = new Line();
        line.Dense.Variables[0].Assign(new float[,] { { group?.Rank ?? 0 } });
        List<double> losses = [];
        var estimator = line.Estimator(folder, Line.Quiet with { TrainDistribute = group });
        estimator.Train(() => Shard(group), maxSteps: steps, hooks: [new Recorder([]) { OnRun = context => losses.Add(context.Loss!.Value) }, .. hook is null ? Array.Empty<EstimatorHook>() : [hook]]);
        return (Floats.Of(line.Dense.Variables[0]), [.. losses], estimator.GlobalStep);
    }

    private static void Near<T>(IEnumerable<T> expected, IEnumerable<T> actual)
        where T : IConvertible
    {
        foreach (var (a, b) in expected.Zip(actual))
            Assert.Equal(a.ToDouble(null), b.ToDouble(null), 1e-5);
    }
}
