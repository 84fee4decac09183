namespace TensorGraph.Backends;

/// <summary>
/// One set of worker threads for the process. A job is a number of parts; the caller works too. Workers spin for a moment
/// after a job, since the next one usually follows at once, then sleep.
/// </summary>
public static class WorkerPool
{
    private sealed class Job(Action<int> body, int parts)
    {
        private int _next;
        private int _done;
        private Exception? _failure;

        public bool Finished => Volatile.Read(ref _done) == parts;

        public Exception? Failure => _failure;

        /// <summary>Takes parts until none is left.</summary>
        public void Work()
        {
            int part;
            while ((part = Interlocked.Increment(ref _next) - 1) < parts)
            {
                try
                {
                    body(part);
                }
                catch (Exception e)
                {
                    _failure ??= e;
                }
                Interlocked.Increment(ref _done);
            }
        }
    }

    private const int SpinRounds = 200;

    private static readonly Lock Gate = new();
    private static readonly SemaphoreSlim Wake = new(0);
    private static volatile Job? s_job;
    private static int s_workers;
    private static int s_asleep;
    private static volatile int s_threads = Environment.ProcessorCount;

    [ThreadStatic] private static bool t_insideJob;

    /// <summary>Threads that a job may use, the caller among them. The results do not depend on it.</summary>
    public static int Threads
    {
        get => s_threads;
        set => s_threads = Math.Max(1, value);
    }

    /// <summary>Runs body(0) … body(parts − 1), in any order and on any thread, and returns when all are done.</summary>
    public static void Run(int parts, Action<int> body)
    {
        // Somebody may set the number of threads at this moment.
        int threads = s_threads;
        // A job inside a job, or a second caller while the workers are busy, runs on its own thread.
        if (parts <= 1 || threads == 1 || t_insideJob || !Gate.TryEnter())
        {
            for (int part = 0; part < parts; part++) body(part);
            return;
        }
        try
        {
            while (s_workers < threads - 1) Start();
            var job = new Job(body, parts);
            s_job = job;
            int asleep = Volatile.Read(ref s_asleep);
            if (asleep > 0) Wake.Release(Math.Min(asleep, threads - 1));
            t_insideJob = true;
            job.Work();
            t_insideJob = false;
            SpinWait spin = default;
            while (!job.Finished) spin.SpinOnce(sleep1Threshold: -1);
            s_job = null;
            if (job.Failure is { } failure) throw failure;
        }
        finally
        {
            Gate.Exit();
        }
    }

    private static void Start()
    {
        int number = ++s_workers;
        new Thread(() => Loop(number)) { IsBackground = true, Name = $"TensorGraph worker {number}" }.Start();
    }

    private static void Loop(int number)
    {
        t_insideJob = true;
        Job? last = null;
        while (true)
        {
            int rounds = 0;
            Job? job;
            while ((job = s_job) is null || job == last || number >= s_threads)
            {
                if (++rounds < SpinRounds)
                {
                    Thread.SpinWait(20);
                    continue;
                }
                Interlocked.Increment(ref s_asleep);
                // A job that came between the look above and the count is not missed: look once more, briefly.
                if (s_job is null || s_job == last || number >= s_threads) Wake.Wait(100);
                Interlocked.Decrement(ref s_asleep);
                rounds = 0;
            }
            last = job;
            job.Work();
        }
    }
}
