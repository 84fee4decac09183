using System.Collections.Immutable;
using System.Globalization;
using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>A schedule that no run could have recorded is refused, with its event and the reason.</summary>
public sealed class ScheduleHistoryTests
{
    // A schedule, an event of it (the n-th of its kind), what becomes of it, and what is said.
    public static TheoryData<string, EventKind, int, Func<ScheduleEvent, ScheduleEvent?>, string> Changes => new()
    {
        { "asynchronous", EventKind.Push, 3, entry => entry with { Time = 1 }, "is at 1 ns, after one at" },
        { "asynchronous", EventKind.Pull, 0, _ => null, "has not pulled from shard 0" },
        { "asynchronous", EventKind.Pull, 4, _ => null, "has not pulled from shard 0" },
        { "asynchronous", EventKind.Push, 2, _ => null, "before it was sent" },
        { "asynchronous", EventKind.Push, 2, entry => entry with { Worker = 1 - entry.Worker }, "is not computing" },
        { "asynchronous", EventKind.Compute, 2, _ => null, "is not computing" },
        { "asynchronous", EventKind.Compute, 3, entry => entry with { Gradient = 0 }, "begins gradient 0 a second time" },
        { "asynchronous", EventKind.Compute, 3, entry => entry with { Worker = 1 - entry.Worker }, "while worker" },
        { "asynchronous", EventKind.Join, 1, _ => null, "has not come or has failed" },
        { "asynchronous", EventKind.Apply, 4, _ => null, "in place of 4" },
        { "asynchronous", EventKind.Apply, 4, entry => entry with { Version = 7 }, "says version 7 of shard 0 in place of 4" },
        { "asynchronous", EventKind.Pull, 4, entry => entry with { Version = 0 }, "says version 0 of shard 0" },
        { "asynchronous", EventKind.Apply, 4, entry => entry with { Applied = [entry.Applied[0] with { Staleness = 9 }] }, "says a staleness of 9" },
        { "asynchronous", EventKind.Apply, 4, entry => entry with { Applied = [entry.Applied[0] with { Worker = 1 - entry.Applied[0].Worker }] }, "as one of worker" },
        { "asynchronous", EventKind.Apply, 4, entry => entry with { Applied = [entry.Applied[0] with { Id = 0 }] }, "applies gradient 0, which is not begun or has ended" },
        { "asynchronous", EventKind.Apply, 4, entry => entry with { Applied = [entry.Applied[0], entry.Applied[0]] }, "applies 2 gradients at once" },
        { "asynchronous", EventKind.Drop, 0, entry => entry with { Reason = DropReason.Late }, "before it was sent" },
        { "asynchronous", EventKind.Drop, 0, _ => null, "neither applied nor dropped" },
        { "softsync:2", EventKind.Apply, 1, entry => entry with { Applied = [entry.Applied[0]] }, "applies 1 gradients at once" },
        { "softsync:2", EventKind.Apply, 1, entry => entry with { Applied = [entry.Applied[0], entry.Applied[0]] }, "which is not begun or has ended" },
        { "delayed:1", EventKind.Apply, 0, _ => null, "in place of 0" },
        { "ring", EventKind.LocalStep, 3, entry => entry with { Applied = [entry.Applied[0] with { Staleness = 1 }] }, "says a staleness of 1 in place of 0" },
        { "ring", EventKind.RingAverage, 1, _ => null, "without a mean" },
        { "ring", EventKind.RingAverage, 1, entry => entry with { Kind = EventKind.Average }, "is a mean of 2 workers" },
        { "local:2", EventKind.Average, 0, _ => null, "is step 3 without a mean" },
        { "local:2", EventKind.LocalStep, 1, entry => entry with { Worker = 1 - entry.Worker, Applied = [entry.Applied[0] with { Worker = 1 - entry.Worker }] }, "is not computing" },
        { "gossip", EventKind.Average, 1, entry => entry with { Workers = [0] }, "is a mean of 1 workers" },
        { "gossip", EventKind.Average, 1, _ => null, "says a staleness of" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_is_found(string mode, EventKind kind, int number, Func<ScheduleEvent, ScheduleEvent?> change, string problem)
    {
        var schedule = Tasks.Schedule(mode, 2, 20);
        schedule.Validate();
        var entry = schedule.Events.Where(entry => entry.Kind == kind).ElementAt(number);
        int place = schedule.Events.IndexOf(entry);
        ImmutableArray<ScheduleEvent> events = change(entry) is { } changed ? schedule.Events.SetItem(place, changed) : schedule.Events.RemoveAt(place);
        AssertFault(schedule with { Events = events }, problem);
    }

    [Fact]
    public void The_number_of_the_event_is_said()
    {
        var schedule = Tasks.Schedule("asynchronous", 2, 20);
        int place = schedule.Events.IndexOf(schedule.Events.First(entry => entry.Kind == EventKind.Push));
        AssertFault(schedule with { Events = schedule.Events.Insert(place + 1, schedule.Events[place]) }, string.Create(CultureInfo.InvariantCulture, $"event {place + 1} (Push) ends gradient"));
    }

    [Fact]
    public void A_mode_has_its_numbers()
    {
        var schedule = Tasks.Schedule("asynchronous", 2, 20);
        AssertFault(schedule with { Mode = TrainingMode.Sequential }, "2 workers in mode sequential");
        AssertFault(schedule with { Mode = TrainingMode.Backup(2) }, "2 workers in mode backup:2");
        AssertFault(schedule with { Mode = TrainingMode.Synchronous }, "with a staleness of 1 in mode synchronous");
        AssertFault(schedule with { Mode = TrainingMode.Limited(0) }, "with a staleness of 1 in mode limited:0");
        AssertFault(schedule with { Mode = TrainingMode.Delayed(1) }, "has waited for 1 s");
        AssertFault(Tasks.Schedule("synchronous", 3, 9) with { Mode = TrainingMode.Backup(1) }, "applies 3 gradients at once");
        AssertFault(Tasks.Schedule("local:2", 2, 20) with { Mode = TrainingMode.LocalSteps(3) }, "after 2 steps in mode local:3");
        AssertFault(schedule with { Shards = int.MaxValue }, "2147483647 shards");
        AssertFault(Tasks.Schedule("synchronous", 3, 9) with { Shards = 2 }, "2 shards in mode synchronous");
    }

    [Fact]
    public void A_worker_that_has_failed_does_nothing_before_it_is_back()
    {
        var settings = Tasks.Settings("asynchronous", 2, 20, compute: "1");
        var schedule = Simulator.Run(settings with { Workers = [settings.Workers[0], settings.Workers[1] with { FailsAt = 3.5, RestartsAfter = Duration.Constant(1) }] });
        schedule.Validate();
        AssertFault(schedule with { Events = schedule.Events.RemoveAll(entry => entry.Kind == EventKind.Join && entry.Time > 0) }, "has not come or has failed");
        var fail = schedule.Events.First(entry => entry.Kind == EventKind.Fail);
        AssertFault(schedule with { Events = schedule.Events.Insert(schedule.Events.IndexOf(fail), fail) }, "(Fail) is of worker 1");
        var ring = Simulator.Run(settings with { Mode = TrainingMode.Ring, Workers = [settings.Workers[0], settings.Workers[1] with { FailsAt = 3.5, RestartsAfter = Duration.Constant(5) }] });
        ring.Validate();
        var copy = ring.Events.First(entry => entry.Kind == EventKind.Copy);
        AssertFault(ring with { Events = ring.Events.RemoveAll(entry => entry.Kind == EventKind.Join && entry.Time > 0) }, "(Copy) is of worker 1");
        AssertFault(ring with { Events = ring.Events.Insert(ring.Events.IndexOf(ring.Events.Last(entry => entry.Kind == EventKind.Compute && entry.Time == 0)) + 1, copy with { Time = 0, Worker = 0, Workers = [1] }) }, "changes the weights");
    }

    [Fact]
    public void A_recording_that_broke_off_need_not_have_all_ends()
    {
        var schedule = Tasks.Schedule("asynchronous", 2, 20);
        var cut = schedule with { Events = schedule.Events[..30], IsComplete = false };
        cut.Validate();
        Assert.NotEmpty(Tasks.Train(Tasks.Dense(), cut).Points);
        AssertFault(cut with { IsComplete = true }, "neither applied nor dropped");
    }

    private static void AssertFault(Schedule schedule, string problem)
    {
        Expect.Error(DiagnosticIds.BadData, schedule.Validate, problem);
        Expect.Error(DiagnosticIds.BadData, () => Tasks.Train(Tasks.Dense(), schedule), problem);
    }
}
