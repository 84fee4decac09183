using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Real gradients in the order of a schedule, compared with plain training and among modes.</summary>
public sealed class TrainingTests
{
    private static readonly Dictionary<string, Func<Optimizer>> s_optimizers = new()
    {
        ["sgd"] = () => new Sgd(0.2),
        ["momentum"] = () => new Sgd(0.05, momentum: 0.9, weightDecay: 1e-3),
        ["adam"] = () => new Adam(0.01),
        ["rmsprop"] = () => new RmsProp(0.005),
    };

    public static TheoryData<string> Optimizers => [.. s_optimizers.Keys];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void One_asynchronous_worker_is_sequential_training_bit_for_bit(string optimizer)
    {
        const int Batches = 40;
        foreach (var task in new[] { Tasks.Dense(), Tasks.Convolution() })
        {
            var model = task.CreateModel(new RandomGenerator(1));
            var trainer = new Trainer(model, task.Loss, s_optimizers[optimizer]());
            var batches = new BatchOrder(task, seed: 1);
            double[] losses = [.. Enumerable.Range(0, Batches).Select(i => trainer.TrainStep(batches[i].Inputs, batches[i].Targets).ToDouble())];

            var outcome = Tasks.Train(task, Tasks.Schedule("asynchronous", 1, Batches), s_optimizers[optimizer]);

            Assert.Equal(losses, outcome.Points.Select(point => point.Loss));
            Assert.Equal(ModelSnapshot.Of(model).Checksum(), outcome.Weights.Checksum());
        }
    }

    [Theory]
    [InlineData("sequential")]
    [InlineData("synchronous")]
    [InlineData("backup:0")]
    [InlineData("softsync:1")]
    [InlineData("limited:0")]
    [InlineData("delayed:0")]
    [InlineData("ssp:0")]
    [InlineData("local:1")]
    [InlineData("local:7")]
    [InlineData("ring")]
    [InlineData("gossip")]
    public void Each_mode_with_one_worker_is_the_asynchronous_one_bit_for_bit(string mode)
    {
        var task = Tasks.Convolution();
        Assert.Equal(
            Tasks.Checksum(task, Tasks.Schedule("asynchronous", 1), s_optimizers["momentum"]), Tasks.Checksum(task, Tasks.Schedule(mode, 1), s_optimizers["momentum"]));
    }

    public static IEnumerable<object[]> Rules =>
    [
        [new UpdateRule { DividesRate = true }], [new UpdateRule { Compensation = new(0.04) }], [new UpdateRule { Compensation = new(2, memory: 0.95) }],
        [new UpdateRule { DividesRate = true, Compensation = new(2, memory: 0) }],
    ];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Without_staleness_every_rule_is_plain_training_bit_for_bit(UpdateRule rule)
    {
        var schedule = Tasks.Schedule("asynchronous", 1);
        Assert.Equal(Tasks.Checksum(Tasks.Dense(), schedule), Tasks.Checksum(Tasks.Dense(), schedule, rule: rule));
    }

    [Fact]
    public void Compensation_with_lambda_0_is_asynchronous_training_bit_for_bit()
    {
        var schedule = Tasks.Schedule("asynchronous", 4);
        string plain = Tasks.Checksum(Tasks.Dense(), schedule);
        Assert.Equal(plain, Tasks.Checksum(Tasks.Dense(), schedule, rule: new() { Compensation = new(0) }));
        Assert.Equal(plain, Tasks.Checksum(Tasks.Dense(), schedule, rule: new() { Compensation = new(0, memory: 0.95) }));
        Assert.NotEqual(plain, Tasks.Checksum(Tasks.Dense(), schedule, rule: new() { Compensation = new(1) }));
        Assert.NotEqual(plain, Tasks.Checksum(Tasks.Dense(), schedule, rule: new() { Compensation = new(1, memory: 0.95) }));
    }

    [Fact]
    public void A_staleness_of_1_leaves_the_rate_as_it_is()
    {
        // Two equal workers in turn: 0, 1, 1, 1, …
        var schedule = Tasks.Schedule("asynchronous", 2, compute: "1");
        Assert.Equal(1, schedule.Staleness().Max());
        Assert.Equal(Tasks.Checksum(Tasks.Dense(), schedule), Tasks.Checksum(Tasks.Dense(), schedule, rule: new() { DividesRate = true }));
        var four = Tasks.Schedule("asynchronous", 4, compute: "1");
        Assert.NotEqual(Tasks.Checksum(Tasks.Dense(), four), Tasks.Checksum(Tasks.Dense(), four, rule: new() { DividesRate = true }));
    }

    [Theory]
    [InlineData("asynchronous")]
    [InlineData("delayed:2")]
    [InlineData("synchronous")]
    [InlineData("ssp:1")]
    [InlineData("gossip")]
    [InlineData("parameters:0.5")]
    public void A_schedule_that_was_saved_gives_the_same_bits(string mode)
    {
        var schedule = Tasks.Schedule(mode, 3);
        string path = Path.GetTempFileName();
        ScheduleFile.Save(schedule, path);
        Assert.Equal(schedule, ScheduleFile.Load(path));
        Assert.Equal(Tasks.Checksum(Tasks.Convolution(), schedule), Tasks.Checksum(Tasks.Convolution(), ScheduleFile.Load(path)));
        File.Delete(path);
    }

    [Fact]
    public void Synchronous_workers_are_one_worker_with_a_batch_as_large_as_theirs_together()
    {
        const int Workers = 3, Batch = 20, Steps = 15;
        var four = Tasks.Train(Tasks.Dense(Batch), Tasks.Schedule("synchronous", Workers, Steps * Workers));
        var one = Tasks.Train(Tasks.Dense(Batch * Workers), Tasks.Schedule("sequential", 1, Steps));
        // 15 steps of 60 of the 300 examples: both read each pass in the same order, as three small batches and as one.
        Assert.InRange(Tasks.Difference(four.Weights, one.Weights), 0, 1e-5);
    }

    [Theory]
    [InlineData("local:1", 1)]
    [InlineData("parameters:1", 0)]
    [InlineData("ssp:0", 3)]
    public void Other_exchanges_are_synchronous_training_where_they_should_be(string mode, int rateDivisor)
    {
        // Every worker reads the same weights: a mean of steps is a step of the mean, and three thirds of a step are one.
        const double Rate = 0.1;
        if (rateDivisor == 0)
        {
            // A server that takes over the weights of its only worker.
            Assert.InRange(Tasks.Difference(
                Tasks.Train(Tasks.Dense(), Tasks.Schedule("sequential", 1)).Weights, Tasks.Train(Tasks.Dense(), Tasks.Schedule(mode, 1)).Weights), 0, 1e-5);
            return;
        }

        var wanted = Tasks.Train(Tasks.Dense(), Tasks.Schedule("synchronous", 3, compute: "1"), () => new Sgd(Rate));
        var got = Tasks.Train(Tasks.Dense(), Tasks.Schedule(mode, 3, compute: "1"), () => new Sgd(Rate / rateDivisor));
        Assert.InRange(Tasks.Difference(wanted.Weights, got.Weights), 0, 1e-5);
    }

    [Fact]
    public void Shards_whose_messages_take_the_same_time_are_one_server()
    {
        var settings = Tasks.Settings("asynchronous", 3);
        Assert.Equal(
            Tasks.Checksum(Tasks.Convolution(), Simulator.Run(settings)), Tasks.Checksum(Tasks.Convolution(), Simulator.Run(settings with { Shards = 3 })));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Evaluations_wait_until_each_shard_has_the_gradients(int shards)
    {
        TrainingSetup setup = new() { EvaluateEvery = 20 };
        var settings = Tasks.Settings("asynchronous", 3);
        Assert.Equal(Train(settings).Evaluations, Train(settings with { Shards = shards }).Evaluations);
        // Messages of random length: shards end apart, and the last evaluation is of the weights at the end.
        var link = new LinkSettings { Latency = Duration.Parse("exponential:0.5") };
        var apart = settings with { Shards = shards, Workers = [.. settings.Workers.Select(worker => worker with { Link = link })] };
        var outcome = Train(apart);
        Assert.Equal(TrainingWorkload.Train(Tasks.Dense(), new(), Simulator.Run(apart)).FinalLoss, outcome.FinalLoss);
        Assert.Equal(outcome.Evaluations.Select(point => point.Batches).Distinct(), outcome.Evaluations.Select(point => point.Batches));

        TrainingOutcome Train(SimulationSettings run) => TrainingWorkload.Train(Tasks.Dense(), setup, Simulator.Run(run));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0.04, null)]
    [InlineData(2, 0.95)]
    public void Compensation_leaves_large_gradients_on_the_same_weights_alone(double lambda, double? memory)
    {
        ModelSnapshot start = new([new[] { 0f, 1f }], []);
        Tensor large = new[] { 1e20f, -1e20f };
        var server = new ParameterServer(start, new Sgd(1e-20), new() { Compensation = new(lambda, memory) });
        server.Apply([new(0, 0, [large], start.Weights, [])]);
        Assert.Equal([-1f, 2f], server.Pull().Weights[0].ToArray<float>());
    }

    [Theory]
    [InlineData(StatePlace.Server)]
    [InlineData(StatePlace.Worker)]
    public void State_of_batch_norm_is_followed_wherever_it_lives(StatePlace place)
    {
        var task = Tasks.Convolution();
        TrainingSetup setup = new() { StatePlace = place };
        var outcome = TrainingWorkload.Train(task, setup, Tasks.Schedule("asynchronous", 3));
        Assert.NotEqual(0, outcome.Weights.State[0].Abs().Max().ToDouble());
        Assert.Equal(
            TrainingWorkload.Train(task, setup, Tasks.Schedule("asynchronous", 1)).Weights.Checksum(), Tasks.Checksum(task, Tasks.Schedule("asynchronous", 1), () => new Sgd(0.1)));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.95)]
    public void Rules_make_finite_numbers_of_finite_ones(double memory)
    {
        ModelSnapshot start = new([new[] { 0f, 1f, -2f }], []);
        var server = new ParameterServer(start, new Sgd(0.1), new() { DividesRate = true, Compensation = new(2, memory) });
        Tensor zero = new[] { 0f, 0f, 0f }, far = new[] { 1e6f, -1e6f, 3f };
        server.Apply([new(0, 0, [zero], start.Weights, [])]);
        server.Apply([new(0, long.MaxValue, [zero], [far], [])]);
        server.Apply([new(1, 1_000_000, [far / 1e6f], [far], []), new(0, 3, [zero], [far], [])]);
        Assert.All(server.Pull().Weights[0].ToArray<float>(), number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void Compensation_is_the_formula_of_the_paper()
    {
        float[] w = [1, 2, -1], read = [0.5f, 2.5f, -1], g = [0.1f, -0.2f, 0.3f];
        const double Rate = 0.5, Lambda = 0.4, Memory = 0.9, Epsilon = 1e-7;
        foreach (double? memory in new double?[] { null, Memory })
        {
            var server = new ParameterServer(new([w], []), new Sgd(Rate), new() { Compensation = new(Lambda, memory) });
            server.Apply([new(0, 2, [g], [read], [])]);
            float[] got = server.Pull().Weights[0].ToArray<float>();
            for (int i = 0; i < w.Length; i++)
            {
                double lambda = memory is null ? Lambda : Lambda / Math.Sqrt(((1 - Memory) * g[i] * g[i]) + Epsilon);
                Assert.Equal(w[i] - (Rate * (g[i] + (lambda * g[i] * g[i] * (w[i] - read[i])))), got[i], 5);
            }
        }
    }

    [Fact]
    public void A_worker_that_is_in_a_group_twice_has_both_gradients_in_its_mean_of_squares()
    {
        const double Lambda = 2, Memory = 0.9, Epsilon = 1e-7;
        float[] read = [0.5f];
        var server = new ParameterServer(new([new[] { 1f }], []), new Sgd(1), new() { Compensation = new(Lambda, Memory) });
        server.Apply([new(0, 0, [new[] { 3f }], [read], []), new(0, 1, [new[] { 4f }], [read], [])]);
        double first = (1 - Memory) * 9, second = (Memory * first) + ((1 - Memory) * 16), third = (Memory * second) + (1 - Memory);
        double w = 1 - ((Compensated(3, first, 1) + Compensated(4, second, 1)) / 2);
        Assert.Equal(w, server.Pull().Weights[0].ToArray<float>()[0], 5);
        server.Apply([new(0, 1, [new[] { 1f }], [read], [])]);
        Assert.Equal(w - Compensated(1, third, w), server.Pull().Weights[0].ToArray<float>()[0], 4);

        double Compensated(double g, double squares, double now) => g + (Lambda / Math.Sqrt(squares + Epsilon) * g * g * (now - read[0]));
    }

    [Fact]
    public void A_group_takes_each_gradient_with_the_factor_of_its_staleness()
    {
        var server = new ParameterServer(new([new[] { 0f }], []), new Sgd(1), new() { DividesRate = true });
        server.Apply([new(0, 4, [new[] { 8f }], [], []), new(1, 1, [new[] { 6f }], [], [])]);
        // −(1/2)·(8/4 + 6/1).
        Assert.Equal(-4f, server.Pull().Weights[0].ToArray<float>()[0], 5);
    }

    [Fact]
    public void A_run_that_diverges_ends_there()
    {
        var outcome = Tasks.Train(Tasks.Dense(), Tasks.Schedule("asynchronous", 2, 500), () => new Sgd(3e38));
        Assert.True(outcome.IsDiverged);
        Assert.Equal(double.PositiveInfinity, outcome.FinalLoss);
        Assert.True(outcome.Points.Count < 400);
    }

    [Theory]
    [InlineData(2, new long[] { 3, 6, 9, 12 })]
    [InlineData(5, new long[] { 6, 12 })]
    [InlineData(12, new long[] { 12 })]
    [InlineData(0, new long[] { 12 })]
    public void An_evaluation_counts_all_gradients_of_an_update(int every, long[] batches)
    {
        var schedule = Tasks.Schedule("synchronous", 3, 12, compute: "1");
        var outcome = TrainingWorkload.Train(Tasks.Dense(), new() { EvaluateEvery = every }, schedule);
        Assert.Equal(batches, outcome.Evaluations.Select(point => point.Batches));
    }

    [Fact]
    public void A_run_whose_test_loss_is_no_number_has_diverged()
    {
        float[] numbers = Tasks.Dense().TestInputs.ToArray<float>();
        numbers[0] = float.NaN;
        var task = Tasks.Dense() with { TestInputs = Ops.Reshape((Tensor)numbers, [.. Tasks.Dense().TestInputs.Shape]) };
        var outcome = Tasks.Train(task, Tasks.Schedule("asynchronous", 2));
        Assert.True(outcome.IsDiverged);
        Assert.Equal(double.PositiveInfinity, outcome.FinalLoss);
        // It ends at the first evaluation.
        Assert.Equal(10, TrainingWorkload.Train(task, new() { EvaluateEvery = 10 }, Tasks.Schedule("asynchronous", 2)).Points.Count);
    }

    [Fact]
    public void Training_learns_and_reports_what_it_did()
    {
        var schedule = Tasks.Schedule("asynchronous", 3, 400);
        int points = 0;
        var outcome = TrainingWorkload.Train(
            Tasks.Dense(), new() { CreateOptimizer = () => new Sgd(0.3), EvaluateEvery = 100 }, schedule, _ => points++);
        Assert.Equal((400, 400, 4), (points, outcome.Points.Count, outcome.Evaluations.Count));
        Assert.Equal(schedule.Staleness(), outcome.Points.Select(point => point.Staleness));
        Assert.True(outcome.FinalLoss < outcome.Evaluations[0].Loss);
        Assert.True(outcome.SecondsTo(outcome.FinalLoss) <= schedule.Seconds);
        Assert.Null(outcome.SecondsTo(0));
    }

    [Theory]
    [InlineData(0.9, 0, 0.9)]
    [InlineData(0.9, 4, 0.5)]
    [InlineData(0.9, 20, 0)]
    public void Momentum_is_lowered_by_what_asynchrony_brings(double wanted, double staleness, double corrected) =>
        Assert.Equal(corrected, UpdateRule.CorrectedMomentum(wanted, staleness), 12);
}
