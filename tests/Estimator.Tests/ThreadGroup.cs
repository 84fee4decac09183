namespace TensorGraph.Tests;

/// <summary>Threads of this process as the processes that train together.</summary>
internal sealed class ThreadGroup : WorkerGroup
{
    private readonly Meeting _meeting;

    private ThreadGroup(Meeting meeting, int rank) => (_meeting, Rank) = (meeting, rank);

    public override int Rank { get; }

    public override int Count => _meeting.Count;

    /// <summary>Runs an action on a thread for each process; gives their results, or throws what the first one threw.</summary>
    public static T[] Run<T>(int count, Func<ThreadGroup, T> action)
    {
        var meeting = new Meeting(count);
        var results = new T[count];
        var failures = new Exception?[count];
        Thread[] threads = [.. Enumerable.Range(0, count).Select(rank => new Thread(() =>
        {
            try
            {
                results[rank] = action(new ThreadGroup(meeting, rank));
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                failures[rank] = fault;
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return failures.OfType<Exception>().ToArray() is [_, ..] all ? throw new AggregateException(all) : results;
    }

    public override void Sum(float[] values) => _meeting.Exchange(Rank, values, all =>
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = all.Sum(own => ((float[])own)[i]);
    });

    public override void Sum(double[] values) => _meeting.Exchange(Rank, values, all =>
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = all.Sum(own => ((double[])own)[i]);
    });

    public override void Broadcast(byte[] values) => _meeting.Exchange(Rank, values, all => all[0].CopyTo(values, 0));

    public override void Fail(string reason) => _meeting.Fail(reason);

    private sealed class Meeting(int count)
    {
        private readonly Barrier _barrier = new(count);
        private readonly Array?[] _given = new Array?[count];
        private readonly CancellationTokenSource _failed = new();
        private string _reason = "";

        public int Count => count;

        public void Exchange(int rank, Array values, Action<Array[]> take)
        {
            try
            {
                _given[rank] = (Array)values.Clone();
                _barrier.SignalAndWait(_failed.Token);
                var all = _given.Select(given => given!).ToArray();
                Assert.All(all, given => Assert.Equal((values.GetType(), values.Length), (given.GetType(), given.Length)));
                take(all);
                _barrier.SignalAndWait(_failed.Token);
            }
            catch (OperationCanceledException)
            {
                throw new GraphException(DiagnosticIds.WorkerLost, $"worker: another process ended: {_reason}", "Start again.", Ir.SourceSpan.Capture());
            }
        }

        public void Fail(string reason)
        {
            _reason = reason;
            _failed.Cancel();
        }
    }
}
