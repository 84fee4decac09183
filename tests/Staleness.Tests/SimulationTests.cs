using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Order of events in each mode.</summary>
public sealed class SimulationTests
{
    private static SimulationSettings Settings(string mode, int workers, string compute = "1", long gradients = 200) => new()
    {
        Mode = TrainingMode.Parse(mode), Workers = SimulationSettings.Equal(workers, new() { Compute = Duration.Parse(compute) }), Gradients = gradients,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Equal_asynchronous_workers_have_a_staleness_of_N_minus_1_after_the_first_round(int workers)
    {
        long[] staleness = [.. Simulator.Run(Settings("asynchronous", workers)).Staleness()];
        Assert.Equal([.. Enumerable.Range(0, workers).Select(i => (long)i)], staleness[..workers]);
        Assert.All(staleness[workers..], one => Assert.Equal(workers - 1, one));
    }

    [Fact]
    public void Each_trace_goes_on_from_its_own_place()
    {
        // Lives of 3 and 5 seconds, pauses of 1 and 2, in turn; gradients of half a second have a trace too.
        var schedule = Simulator.Run(Settings("asynchronous", 1, gradients: 40) with
        {
            Workers = [new() { Compute = Duration.Trace(0.5), TimeBetweenFailures = Duration.Trace(3, 5), RestartsAfter = Duration.Trace(1, 2) }],
        });
        Assert.Equal([0, 4, 11, 15, 22], Times(EventKind.Join)[..5]);
        Assert.Equal([3, 9, 14, 20], Times(EventKind.Fail)[..4]);

        // Two of one stream are apart as well.
        var random = new SeededStream(1, "test");
        Duration one = Duration.Trace(1, 2, 3), other = Duration.Trace(1, 2, 3);
        Assert.Equal([1, 1, 2, 2, 3, 3, 1], new[] { one, other, one, other, one, other, one }.Select(duration => duration.Sample(random)));

        double[] Times(EventKind kind) => [.. schedule.Events.Where(entry => entry.Kind == kind).Select(entry => VirtualTime.ToSeconds(entry.Time))];
    }

    [Fact]
    public void A_time_of_a_message_that_would_run_over_is_refused()
    {
        var settings = Settings("asynchronous", 1, "1000000000", gradients: 5);
        var link = new LinkSettings { Latency = Duration.Constant(5e9) };
        Expect.Error(DiagnosticIds.OutOfRange, () => Simulator.Run(settings with { Workers = [settings.Workers[0] with { Link = link }] }), "clock");
        Expect.Error(DiagnosticIds.OutOfRange, () => Simulator.Run(settings with { ServerTime = Duration.Constant(5e9) }), "clock");
    }

    [Fact]
    public void A_clock_that_would_run_over_is_refused() =>
        Expect.Error(DiagnosticIds.OutOfRange, () => Simulator.Run(Settings("asynchronous", 1, "5000000000", gradients: 5)), "clock");

    [Theory]
    [InlineData("exponential:1")]
    [InlineData("lognormal:1,0.5")]
    [InlineData("uniform:0.5,1.5")]
    public void Mean_staleness_of_N_asynchronous_workers_is_N_minus_1(string compute)
    {
        var schedule = Simulator.Run(Settings("asynchronous", 8, compute, gradients: 20_000));
        Assert.InRange(schedule.MeanStaleness(), 6.95, 7.05);
    }

    [Theory]
    [InlineData("sequential", 1)]
    [InlineData("synchronous", 5)]
    [InlineData("backup:2", 5)]
    public void Synchronous_modes_have_no_staleness(string mode, int workers) =>
        Assert.All(Simulator.Run(Settings(mode, workers, "lognormal:1,0.5")).Staleness(), staleness => Assert.Equal(0, staleness));

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void Backup_workers_drop_exactly_the_slowest(int backup, bool isRandom)
    {
        const int Workers = 6;
        var schedule = Simulator.Run(new()
        {
            Mode = TrainingMode.Backup(backup),
            Workers = [.. Enumerable.Range(0, Workers).Select(i => new WorkerSettings { Compute = isRandom ? Duration.LogNormal(1, 0.8) : Duration.Constant(100 + i) })],
            Gradients = 30 * (Workers - backup),
        });
        ScheduleChecks.AssertIsSound(schedule);
        var versions = new Dictionary<int, long>();
        ILookup<long, ScheduleEvent> pushes = schedule.Events.Where(entry =>
        {
            if (entry.Kind == EventKind.Pull)
                versions[entry.Worker] = entry.Version;
            return entry.Kind == EventKind.Push;
        }).ToLookup(entry => versions[entry.Worker]);
        Dictionary<long, DropReason> drops = schedule.Events.Where(entry => entry.Kind == EventKind.Drop).ToDictionary(entry => entry.Gradient, entry => entry.Reason);
        ScheduleEvent[] steps = [.. schedule.Events.Where(entry => entry.Kind == EventKind.Apply)];
        foreach (var step in steps)
        {
            // The first N of those that were computed on the weights of the step, wherever they are in the order of workers.
            ScheduleEvent[] ofStep = [.. pushes[step.Version]];
            Assert.Equal(ofStep.Take(Workers - backup).Select(push => push.Gradient).Order(), step.Applied.Select(applied => applied.Id).Order());
            Assert.All(ofStep.Skip(Workers - backup), push => Assert.Equal(DropReason.Late, drops[push.Gradient]));
            if (!isRandom && step != steps[^1])
                Assert.Equal(Workers, ofStep.Length);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Clocks_are_never_further_apart_than_the_bound_of_SSP(int bound)
    {
        var settings = Settings($"ssp:{bound}", 5, "lognormal:1,0.8", gradients: 3000);
        var slow = settings.Workers[0] with { Compute = Duration.LogNormal(3, 0.5) };
        var schedule = Simulator.Run(settings with { Workers = [slow, .. settings.Workers.Skip(1)] });
        ScheduleChecks.AssertIsSound(schedule);
        Assert.True(schedule.IsComplete);
        var finished = new long[5];
        long widest = 0;
        foreach (var entry in schedule.Events)
        {
            foreach (var applied in entry.Applied)
                finished[applied.Worker]++;
            if (entry.Kind is EventKind.Compute or EventKind.Pull)
                widest = Math.Max(widest, finished[entry.Worker] - finished.Min());
        }

        Assert.Equal(bound, widest);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void SSP_bounds_a_worker_whose_messages_are_lost(double lossShare)
    {
        var settings = Settings("ssp:2", 3, gradients: 300);
        var schedule = Simulator.Run(settings with { Workers = [settings.Workers[0] with { LossShare = lossShare }, .. settings.Workers.Skip(1)] });
        var begun = new long[3];
        foreach (var entry in schedule.Events.Where(entry => entry.Kind == EventKind.Compute))
        {
            begun[entry.Worker]++;
            Assert.InRange(begun[entry.Worker] - begun.Min(), 0, 3);
        }
    }

    [Fact]
    public void SSP_counts_no_gradient_of_an_earlier_life()
    {
        var late = new WorkerSettings
        {
            Compute = Duration.Constant(1), FailsAt = 2.5, RestartsAfter = Duration.Constant(0.2), Link = new() { Latency = Duration.Trace(0, 0, 3, 0, 0, 0, 0, 0, 0) },
        };
        var schedule = Simulator.Run(Settings("ssp:0", 2, gradients: 12) with
        {
            Workers = [late, new() { Compute = Duration.Constant(2) }], DetectionSeconds = 0.1,
        });
        // After the return each begins once in a round of the other.
        int[] begun = [.. schedule.Events.Where(entry => entry.Kind == EventKind.Compute && VirtualTime.ToSeconds(entry.Time) > 4).Select(entry => entry.Worker)];
        Assert.NotEmpty(begun);
        for (int i = 2; i < begun.Length; i++)
            Assert.False(begun[i] == begun[i - 1] && begun[i] == begun[i - 2], $"{begun[i]} three times in a row");
    }

    [Fact]
    public void A_synchronous_step_has_one_gradient_of_each_worker()
    {
        var schedule = Simulator.Run(Settings("synchronous", 2, gradients: 6) with
        {
            Workers =
            [
                new() { Compute = Duration.Constant(10) },
                new() { Compute = Duration.Constant(1), FailsAt = 1.5, RestartsAfter = Duration.Constant(0.2), Link = new() { Latency = Duration.Trace(0, 0, 3, 0, 0, 0, 0, 0) } },
            ],
        });
        Assert.All(schedule.Events.Where(entry => entry.Kind == EventKind.Apply), step => Assert.Distinct(step.Applied.Select(applied => applied.Worker)));
        Assert.DoesNotContain(schedule.Events, entry => entry.Kind == EventKind.Drop && entry.Gradient == 0);
    }

    [Theory]
    [InlineData("local:2")]
    [InlineData("ring")]
    public void A_mean_waits_for_no_link_of_a_worker_that_is_not_there(string mode)
    {
        var two = Settings(mode, 2, gradients: 40);
        var absent = new WorkerSettings { JoinsAt = 1e6, Link = new() { Latency = Duration.Constant(100) } };
        Assert.Equal(Simulator.Run(two).Seconds, Simulator.Run(two with { Workers = [.. two.Workers, absent] }).Seconds);
    }

    [Fact]
    public void An_update_of_many_gradients_that_take_no_time_comes()
    {
        var settings = Settings("softsync:5000", 3, "0", gradients: 5000);
        Assert.Equal(5000, Assert.Single(Simulator.Run(settings).Events, entry => entry.Kind == EventKind.Apply).Applied.Length);
    }

    [Fact]
    public void SSP_without_slack_runs_in_rounds()
    {
        var schedule = Simulator.Run(Settings("ssp:0", 4, "lognormal:1,0.8", gradients: 400));
        Assert.All(schedule.Events.Where(entry => entry.Kind == EventKind.Pull), pull => Assert.Equal(0, pull.Version % 4));
    }

    [Fact]
    public void SSP_notices_a_dead_worker_and_goes_on()
    {
        var settings = Settings("ssp:2", 3, gradients: 300);
        var schedule = Simulator.Run(settings with { Workers = [settings.Workers[0] with { FailsAt = 10.5 }, .. settings.Workers.Skip(1)], DetectionSeconds = 5 });
        ScheduleChecks.AssertIsSound(schedule);
        Assert.True(schedule.IsComplete);
        Assert.Equal(1, schedule.Drops[DropReason.WorkerFailed]);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(2.0)]
    public void A_gradient_leaves_the_delay_queue_when_the_clock_minus_the_delay_is_past_its_time(double delay)
    {
        var schedule = Simulator.Run(Settings(FormattableString.Invariant($"delayed:{delay}"), 3, "lognormal:0.5,0.2", gradients: 500));
        ScheduleChecks.AssertIsSound(schedule);
        var pushed = new Dictionary<long, long>();
        long last = -1;
        foreach (var entry in schedule.Events)
        {
            if (entry.Kind == EventKind.Push)
                pushed[entry.Gradient] = entry.Time;
            if (entry.Kind != EventKind.Apply)
                continue;
            // Exactly at the first tick of the clock at which the rule holds, in the order of the pushes.
            var applied = Assert.Single(entry.Applied);
            Assert.Equal(pushed[applied.Id] + VirtualTime.FromSeconds(delay), entry.Time);
            Assert.True(pushed[applied.Id] >= last);
            last = pushed[applied.Id];
        }
    }

    [Fact]
    public void Without_delay_the_queue_is_the_asynchronous_mode()
    {
        var asynchronous = Simulator.Run(Settings("asynchronous", 3, "lognormal:0.5,0.2"));
        var delayed = Simulator.Run(Settings("delayed:0", 3, "lognormal:0.5,0.2"));
        Assert.True(asynchronous.Events.SequenceEqual(delayed.Events));
    }

    [Fact]
    public void Delay_adds_the_updates_of_its_time_to_the_staleness()
    {
        // Three workers, two gradients a second each: six updates a second.
        var schedule = Simulator.Run(Settings("delayed:2", 3, "0.5", gradients: 600));
        Assert.InRange(schedule.Staleness().Skip(50).Average(), 13, 15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(30)]
    public void Staleness_of_n_softsync_is_about_n(int n)
    {
        const int Workers = 30;
        var schedule = Simulator.Run(Settings($"softsync:{Workers / n}", Workers, "lognormal:1,0.1", gradients: 9000));
        ScheduleChecks.AssertIsSound(schedule);
        double mean = schedule.Staleness().Skip(Workers * 5).Average();
        Assert.InRange(mean, 0.7 * n, 1.15 * n);
        // The paper: 0 … 2n, and above that hardly ever.
        Assert.True(schedule.Staleness().Count(staleness => staleness > 2 * n) < 10);
    }

    [Fact]
    public void Gradients_above_a_limit_are_dropped()
    {
        var schedule = Simulator.Run(Settings("limited:3", 8, "lognormal:1,0.5", gradients: 1000));
        ScheduleChecks.AssertIsSound(schedule);
        Assert.Equal(3, schedule.Staleness().Max());
        Assert.True(schedule.Drops[DropReason.TooStale] > 100);
    }

    [Fact]
    public void Stragglers_cost_a_synchronous_run_seconds_and_no_steps()
    {
        var settings = Settings("synchronous", 4, "1", gradients: 400);
        var slow = settings with { Workers = [settings.Workers[0] with { SlowShare = 0.2, SlowFactor = 5 }, .. settings.Workers.Skip(1)] };
        Schedule even = Simulator.Run(settings), uneven = Simulator.Run(slow);
        Assert.Equal(even.Updates, uneven.Updates);
        Assert.True(uneven.Seconds > 1.4 * even.Seconds);
    }

    [Fact]
    public void Network_and_server_take_their_time()
    {
        var settings = Settings("sequential", 1, "1", gradients: 10) with { Bytes = 1e6, ServerTime = Duration.Constant(0.125) };
        var link = new LinkSettings { Latency = Duration.Constant(0.25), BytesPerSecond = 2e6 };
        var schedule = Simulator.Run(settings with { Workers = [settings.Workers[0] with { Link = link }] });
        // First request 0.25 + 0.125, reply 0.75; then each gradient 1, push 0.75 + 0.125, reply 0.75, without the last reply.
        Assert.Equal(0.375 + 0.75 + (10 * 1.875) + (9 * 0.75), schedule.Seconds, 9);
    }

    [Theory]
    [InlineData("local:4")]
    [InlineData("ring")]
    [InlineData("gossip")]
    public void Modes_without_a_server_share_weights(string mode)
    {
        var schedule = Simulator.Run(Settings(mode, 4, "lognormal:1,0.3", gradients: 200));
        ScheduleChecks.AssertIsSound(schedule);
        Assert.Equal(0, schedule.Shards);
        ScheduleEvent[] means = [.. schedule.Events.Where(entry => entry.Kind is EventKind.Average or EventKind.RingAverage)];
        Assert.InRange(means.Length, 200 / (mode == "gossip" ? 1 : mode == "ring" ? 4 : 16) - 5, 200);
        Assert.All(means, mean => Assert.Equal(mode == "gossip" ? 2 : 4, mean.Workers.Length));
        Assert.Equal(mode == "gossip", schedule.Staleness().Any(staleness => staleness > 0));
    }

    [Fact]
    public void A_worker_that_comes_later_takes_part()
    {
        var settings = Settings("asynchronous", 3, gradients: 300);
        var schedule = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2), settings.Workers[2] with { JoinsAt = 50.5 }] });
        Assert.Equal(1, schedule.Staleness().Skip(10).First());
        Assert.Equal(2, schedule.Staleness().Last());
    }

    [Fact]
    public void Shards_read_at_different_times_differ_in_version()
    {
        var settings = Settings("asynchronous", 4, "lognormal:1,0.3", gradients: 400) with { Shards = 3, Bytes = 300 };
        var link = new LinkSettings { Latency = Duration.Exponential(0.2) };
        var schedule = Simulator.Run(settings with { Workers = [.. settings.Workers.Select(worker => worker with { Link = link })] });
        ScheduleChecks.AssertIsSound(schedule);
        Assert.Equal(3, schedule.Shards);
        Assert.NotEqual(schedule.Staleness(0), schedule.Staleness(2));
    }

    [Fact]
    public void A_run_in_which_nobody_lives_ends_and_says_so()
    {
        var settings = Settings("synchronous", 2, gradients: 100);
        var schedule = Simulator.Run(settings with { Workers = [.. settings.Workers.Select(worker => worker with { FailsAt = 3.5 })] });
        Assert.False(schedule.IsComplete);
        ScheduleChecks.AssertIsSound(schedule);
    }

    [Fact]
    public void A_thousand_workers_are_no_trouble()
    {
        foreach (string mode in new[] { "asynchronous", "synchronous", "ssp:3", "backup:50" })
            Assert.True(Simulator.Run(Settings(mode, 1000, "lognormal:1,0.3", gradients: 5000)).IsComplete);
    }
}
