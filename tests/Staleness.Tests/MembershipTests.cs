using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Workers that come late, fail, and come back: what they have does not spoil what the others have learnt.</summary>
public sealed class MembershipTests
{
    [Theory]
    [InlineData("local:4")]
    [InlineData("ring")]
    [InlineData("gossip")]
    public void A_worker_that_has_not_come_is_in_no_mean(string mode)
    {
        var settings = Tasks.Settings(mode, 3, 60);
        var two = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2)] });
        var three = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2), settings.Workers[2] with { JoinsAt = 1e6 }] });
        Assert.Equal(Tasks.Checksum(Tasks.Dense(), two), Tasks.Checksum(Tasks.Dense(), three));
    }

    [Theory]
    [InlineData("local:4")]
    [InlineData("ring")]
    [InlineData("gossip")]
    public void A_worker_that_has_failed_is_in_no_mean(string mode)
    {
        var settings = Tasks.Settings(mode, 3, 90);
        var schedule = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2), settings.Workers[2] with { FailsAt = 0.01 }] });
        // It has done nothing: all that is left of it are the weights of the start.
        Assert.DoesNotContain(schedule.Events, entry => entry.Kind == EventKind.LocalStep && entry.Worker == 2);
        var without = schedule with { Workers = 2, Events = schedule.Events.RemoveAll(entry => entry.Worker == 2 || entry.Gradient == 2) };
        Assert.Equal(Tasks.Checksum(Tasks.Dense(), without), Tasks.Checksum(Tasks.Dense(), schedule));
    }

    [Fact]
    public void When_all_have_failed_the_last_one_has_what_was_learnt()
    {
        var settings = Tasks.Settings("local:100", 2, 90, compute: "1");
        var schedule = Simulator.Run(settings with { Workers = [settings.Workers[0] with { FailsAt = 20.5 }, settings.Workers[1] with { FailsAt = 10.5 }] });
        Assert.False(schedule.IsComplete);
        HashSet<long> others = [.. schedule.Events.Where(entry => entry.Kind == EventKind.Compute && entry.Worker == 1).Select(entry => entry.Gradient)];
        var own = schedule with { Events = schedule.Events.RemoveAll(entry => entry.Worker == 1 || others.Contains(entry.Gradient)) };
        Assert.Equal(Tasks.Checksum(Tasks.Dense(), own), Tasks.Checksum(Tasks.Dense(), schedule));
        Assert.NotEqual(Tasks.Checksum(Tasks.Dense(), schedule with { Events = [] }), Tasks.Checksum(Tasks.Dense(), schedule));
    }

    [Theory]
    [InlineData("asynchronous")]
    [InlineData("gossip")]
    public void State_of_workers_that_are_not_there_is_in_no_mean(string mode)
    {
        var task = Tasks.Convolution();
        var settings = Tasks.Settings(mode, 3);
        TrainingSetup setup = new() { StatePlace = StatePlace.Worker };
        var two = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2)] });
        var late = Simulator.Run(settings with { Workers = [.. settings.Workers.Take(2), settings.Workers[2] with { JoinsAt = 1e6 }] });
        Assert.Equal(TrainingWorkload.Train(task, setup, two).Weights.Checksum(), TrainingWorkload.Train(task, setup, late).Weights.Checksum());
    }

    [Theory]
    [InlineData("local:100")]
    [InlineData("parameters:1")]
    public void A_worker_that_comes_back_has_no_momentum_of_its_life_before(string mode)
    {
        // One gradient before the failure, one after the return. Without momentum in between both are steps of plain SGD.
        var schedule = Simulator.Run(Tasks.Settings(mode, 1, 2) with { Workers = [new() { Compute = Duration.Constant(1), FailsAt = 1.5, RestartsAfter = Duration.Constant(1) }] });
        Assert.Equal(2, schedule.Events.Count(entry => entry.Kind == EventKind.Join));
        string plain = Tasks.Checksum(Tasks.Dense(), schedule, () => new Sgd(0.1));
        Assert.Equal(plain, Tasks.Checksum(Tasks.Dense(), schedule, () => new Sgd(0.1, momentum: 0.9)));
        // Without the failure, and without the gradient that it cost.
        long lost = schedule.Events.First(entry => entry.Kind == EventKind.Drop).Gradient;
        var whole = schedule with { Events = schedule.Events.RemoveAll(entry => entry.Kind == EventKind.Fail || entry.Gradient == lost || (entry.Kind == EventKind.Join && entry.Time > 0)) };
        Assert.NotEqual(plain, Tasks.Checksum(Tasks.Dense(), whole, () => new Sgd(0.1, momentum: 0.9)));
    }

    [Fact]
    public void Nobody_takes_the_weights_of_a_worker_that_has_not_begun()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var link = new LinkSettings { Latency = Duration.Exponential(0.5) };
            var schedule = Simulator.Run(new()
            {
                Mode = seed % 2 == 0 ? TrainingMode.Gossip : TrainingMode.LocalSteps(3), Seed = seed, Gradients = 80, DetectionSeconds = 0.5,
                Workers = [.. Enumerable.Range(0, 5).Select(i => new WorkerSettings
                {
                    Compute = Duration.Exponential(1), Link = link, JoinsAt = i == 0 ? 0 : 3,
                    TimeBetweenFailures = i == 0 ? null : Duration.Exponential(4), RestartsAfter = Duration.Exponential(0.3),
                })],
            });
            ScheduleChecks.AssertIsSound(schedule);
            var begun = new HashSet<int>();
            foreach (var entry in schedule.Events)
            {
                if (entry.Kind is EventKind.Join or EventKind.Fail)
                    begun.Remove(entry.Worker);
                else if (entry.Kind == EventKind.Compute)
                    begun.Add(entry.Worker);
                else if (entry.Kind == EventKind.Copy)
                    Assert.Contains(entry.Workers[0], begun);
                else if (entry.Kind == EventKind.Average)
                    Assert.All(entry.Workers, worker => Assert.Contains(worker, begun));
                else if (entry.Kind == EventKind.LocalStep)
                    Assert.Contains(entry.Worker, begun);
            }
        }
    }

    [Fact]
    public void Coming_and_failing_are_both_counted_from_the_start()
    {
        var schedule = Simulator.Run(Tasks.Settings("asynchronous", 2, 20) with
        {
            Workers = [new() { Compute = Duration.Constant(1) }, new() { Compute = Duration.Constant(1), JoinsAt = 3, FailsAt = 5.5 }],
        });
        Assert.Equal([0, 3], Times(EventKind.Join));
        Assert.Equal([5.5], Times(EventKind.Fail));

        double[] Times(EventKind kind) => [.. schedule.Events.Where(entry => entry.Kind == kind).Select(entry => VirtualTime.ToSeconds(entry.Time))];
    }
}
