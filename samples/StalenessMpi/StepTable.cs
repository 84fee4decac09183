using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed.Mpi;

/// <summary>One step of one process; times in seconds since the common start.</summary>
/// <param name="ReadVersion">Updates before the weights were read.</param>
/// <param name="AppliedVersion">Updates before the mean was applied.</param>
/// <param name="Began">When the weights were read.</param>
/// <param name="Sent">When the gradient was there.</param>
/// <param name="Received">When the mean of all was there.</param>
/// <param name="Loss">Loss of its batch.</param>
internal readonly record struct Step(long ReadVersion, long AppliedVersion, double Began, double Sent, double Received, double Loss)
{
    /// <summary>Updates in between.</summary>
    public long Staleness => AppliedVersion - ReadVersion;
}

/// <summary>The steps of all processes.</summary>
internal sealed class StepTable(int steps, int processes)
{
    /// <summary>Numbers of one step of one process.</summary>
    public const int Numbers = 6;

    private readonly double[] _numbers = new double[steps * processes * Numbers];

    public int Count => steps;

    public int Processes => processes;

    public Step this[int step, int process]
    {
        get
        {
            var row = _numbers.AsSpan(((step * processes) + process) * Numbers, Numbers);
            return new((long)row[0], (long)row[1], row[2], row[3], row[4], row[5]);
        }

        set
        {
            double[] row = [value.ReadVersion, value.AppliedVersion, value.Began, value.Sent, value.Received, value.Loss];
            row.CopyTo(_numbers, ((step * processes) + process) * Numbers);
        }
    }

    /// <summary>Gives each process the steps of all: each has filled its own rows, and the others are 0.</summary>
    public void Share(WorkerGroup group) => group.Sum(_numbers);

    /// <summary>Mean loss of a step's batches.</summary>
    public double LossOf(int step) => Enumerable.Range(0, processes).Average(process => this[step, process].Loss);

    /// <summary>
    /// The record of a server that stood there. Its place is the middle of the exchange, so that half of its time counts as that of a message each
    /// way.
    /// </summary>
    public Schedule ToSchedule()
    {
        var events = new List<ScheduleEvent>();
        int[] all = [.. Enumerable.Range(0, processes)];
        events.AddRange(all.Select(process => new ScheduleEvent(0, EventKind.Join, process)));
        long now = 0;
        for (int step = 0; step < steps; step++)
        {
            Step[] row = [.. all.Select(process => this[step, process])];
            long[] numbers = [.. all.Select(process => ((long)step * processes) + process)];
            var parts = new List<ScheduleEvent>();
            foreach (int process in all)
            {
                events.Add(new(now, EventKind.Pull, process) { Version = row[process].ReadVersion });
                long began = Math.Max(now, VirtualTime.FromSeconds(row[process].Began));
                parts.Add(new(began, EventKind.Compute, process) { Gradient = numbers[process], Batch = numbers[process] });
                parts.Add(new(Math.Max(began, VirtualTime.FromSeconds(row[process].Sent)), EventKind.Push, process) { Gradient = numbers[process] });
            }

            events.AddRange(parts.OrderBy(entry => entry.Time));
            double sent = row.Max(each => each.Sent), received = row.Max(each => each.Received);
            now = Math.Max(events[^1].Time, VirtualTime.FromSeconds((sent + received) / 2));
            events.Add(new(now, EventKind.Apply, -1)
            {
                Version = row[0].AppliedVersion,
                Applied = [.. all.Select(process => new AppliedGradient(numbers[process], process, row[process].Staleness))],
            });
        }

        return new(TrainingMode.Synchronous, processes, Shards: 1, IsComplete: true, [.. events]);
    }
}
