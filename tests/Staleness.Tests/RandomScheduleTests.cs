using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Properties of schedules with random settings, failures included.</summary>
public sealed class RandomScheduleTests
{
    private static readonly string[] s_modes =
    [
        "synchronous", "backup:1", "asynchronous", "softsync:2", "limited:2", "delayed:0", "delayed:0.7", "delayed:2", "ssp:0", "ssp:2", "parameters:0.5",
        "local:3", "ring", "gossip",
    ];

    [Fact]
    public void No_gradient_is_lost_or_applied_twice_in_10_000_schedules_with_failures()
    {
        for (int seed = 0; seed < 10_000; seed++)
        {
            var settings = Random(seed);
            try
            {
                var schedule = Simulator.Run(settings);
                ScheduleChecks.AssertIsSound(schedule);
                // A worker without failures is there to the end, so the run has one.
                Assert.True(schedule.IsComplete || settings.Mode.Kind == ModeKind.Backup || settings.Workers.All(worker => worker.LossShare > 0));
                var work = new CountingWorkload(Math.Max(schedule.Shards, 1));
                work.Run(schedule);
                work.AssertIsDone();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}: {settings.Mode}, {settings.Workers.Count} workers, {settings.Shards} shards", fault);
            }
        }
    }

    [Fact]
    public void A_seed_gives_one_schedule_and_another_seed_another_one()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var settings = Random(seed);
            Assert.Equal(Simulator.Run(settings), Simulator.Run(settings));
        }

        var first = new SimulationSettings { Workers = SimulationSettings.Equal(3, new() { Compute = Duration.Exponential(1) }) };
        Assert.NotEqual(Simulator.Run(first), Simulator.Run(first with { Seed = 2 }));
    }

    [Fact]
    public void Compute_times_of_a_worker_do_not_depend_on_the_network()
    {
        var settings = new SimulationSettings { Workers = SimulationSettings.Equal(2, new() { Compute = Duration.Exponential(1) }) };
        var withLatency = settings with { Workers = [.. settings.Workers.Select(worker => worker with { Link = new() { Latency = Duration.Exponential(0.1) } })] };
        Assert.Equal(Times(Simulator.Run(settings))[..20], Times(Simulator.Run(withLatency))[..20]);

        static long[] Times(Schedule schedule)
        {
            var starts = new Dictionary<long, long>();
            var times = new List<long>();
            foreach (var entry in schedule.Events.Where(entry => entry.Worker == 0))
            {
                if (entry.Kind == EventKind.Compute)
                    starts[entry.Gradient] = entry.Time;
                else if (entry.Kind == EventKind.Push)
                    times.Add(entry.Time - starts[entry.Gradient]);
            }

            return [.. times];
        }
    }

    private static SimulationSettings Random(int seed)
    {
        var random = new SeededStream(seed, "test");
        int count = 2 + random.Next(4);
        string[] computes = ["1", "exponential:1", "lognormal:1,0.6", "uniform:0.2,1.8", "trace:0.5,1,1.5"];
        var mode = TrainingMode.Parse(s_modes[random.Next(s_modes.Length)]);
        SimulationSettings settings = new()
        {
            Mode = mode,
            Seed = seed,
            Gradients = 1 + random.Next(40),
            Shards = 1 + random.Next(3),
            Bytes = random.Next(2) * 1000,
            ServerTime = random.Next(3) == 0 ? Duration.Exponential(0.05) : Duration.None,
            DetectionSeconds = random.Next(4),
            MostEvents = 100_000,
            Workers =
            [
                .. Enumerable.Range(0, count).Select(i => new WorkerSettings
                {
                    Compute = Duration.Parse(computes[random.Next(computes.Length)]),
                    SlowShare = random.Next(2) * 0.2,
                    SlowFactor = 5,
                    Link = new() { Latency = random.Next(2) == 0 ? Duration.None : Duration.Exponential(0.2), BytesPerSecond = random.Next(2) * 10_000 },
                    JoinsAt = i == 0 ? 0 : random.Next(3) * 2,
                    FailsAt = i > 0 && random.Next(2) == 0 ? 4 + (random.NextUnit() * 10) : null,
                    TimeBetweenFailures = i > 0 && random.Next(2) == 0 ? Duration.Exponential(4) : null,
                    RestartsAfter = random.Next(2) == 0 ? Duration.Exponential(2) : null,
                    LossShare = random.Next(4) == 0 ? 0.1 : 0,
                }),
            ],
        };
        return !mode.IsDecentralised ? settings
            : settings with { Shards = 1, ServerTime = Duration.None, Workers = [.. settings.Workers.Select(worker => worker with { LossShare = 0 })] };
    }

    /// <summary>Counts what a schedule asks for; the cheapest gradient that there is.</summary>
    private sealed class CountingWorkload(int shards) : Workload
    {
        private readonly HashSet<long> _computed = [];
        private readonly HashSet<(long Gradient, int Shard)> _open = [];

        public void AssertIsDone() => Assert.Empty(_open);

        protected override void Pull(int worker, int shard)
        {
        }

        protected override void Compute(int worker, long gradient, long batch)
        {
            Assert.True(_computed.Add(gradient));
            for (int shard = 0; shard < shards; shard++)
                _open.Add((gradient, shard));
        }

        protected override void Apply(int shard, IReadOnlyList<AppliedGradient> gradients)
        {
            foreach (var gradient in gradients)
                Assert.True(_open.Remove((gradient.Id, shard)));
        }

        protected override void Drop(int shard, long gradient) => Assert.True(_open.Remove((gradient, shard)));

        protected override void LocalStep(int worker, AppliedGradient gradient) => Assert.True(_open.Remove((gradient.Id, 0)));

        protected override void Average(IReadOnlyList<int> workers, bool onRing) => Assert.NotEmpty(workers);

        protected override void Copy(int source, int worker) => Assert.NotEqual(source, worker);
    }
}
