namespace TensorGraph.Backends.Managed;

/// <summary>
/// The worker threads of a device. A job is a number of parts; the caller works too. Workers spin for a moment
/// after a job, since the next one usually follows at once, then sleep.
/// </summary>
internal sealed class WorkerPool
{
    private sealed class Job(Action<int> body, int parts)
    {
        // Gone when all parts are done: workers remember their last job while they sleep, which must not keep a graph alive.
        private Action<int>? _body = body;
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
                    _body!(part);
                }
                catch (Exception e)
                {
                    _failure ??= e;
                }
                if (Interlocked.Increment(ref _done) == parts) _body = null;
            }
        }
    }

    private const int SpinRounds = 200;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private volatile Job? _job;
    private int _workers;
    private int _asleep;
    private volatile int _threads = Environment.ProcessorCount;

    [ThreadStatic] private static bool t_insideJob;

    /// <summary>Threads that a job may use, the caller among them. The results do not depend on it.</summary>
    public int Threads
    {
        get => _threads;
        set => _threads = Math.Max(1, value);
    }

    /// <summary>Runs body(0) … body(parts − 1), in any order and on any thread, and returns when all are done.</summary>
    public void Run(int parts, Action<int> body)
    {
        // Somebody may set the number of threads at this moment.
        int threads = _threads;
        // A job inside a job, or a second caller while the workers are busy, runs on its own thread.
        if (parts <= 1 || threads == 1 || t_insideJob || !_gate.TryEnter())
        {
            for (int part = 0; part < parts; part++) body(part);
            return;
        }
        try
        {
            while (_workers < threads - 1) Start();
            var job = new Job(body, parts);
            _job = job;
            int asleep = Volatile.Read(ref _asleep);
            if (asleep > 0) _wake.Release(Math.Min(asleep, Math.Min(threads, parts) - 1));
            t_insideJob = true;
            job.Work();
            t_insideJob = false;
            SpinWait spin = default;
            while (!job.Finished) spin.SpinOnce(sleep1Threshold: -1);
            _job = null;
            if (job.Failure is { } failure) throw failure;
        }
        finally
        {
            _gate.Exit();
        }
    }

    private void Start()
    {
        int number = ++_workers;
        // It works for all flows of control, so it must not keep the settings of the first one.
        new Thread(() => Loop(number)) { IsBackground = true, Name = $"TensorGraph worker {number}" }.UnsafeStart();
    }

    private void Loop(int number)
    {
        t_insideJob = true;
        Job? last = null;
        while (true)
        {
            int rounds = 0;
            Job? job;
            while ((job = _job) is null || job == last || number >= _threads)
            {
                if (++rounds < SpinRounds)
                {
                    Thread.SpinWait(20);
                    continue;
                }
                Interlocked.Increment(ref _asleep);
                // A job that came between the look above and the count is not missed: look once more, briefly.
                if (_job is null || _job == last || number >= _threads) _wake.Wait(100);
                Interlocked.Decrement(ref _asleep);
                rounds = 0;
            }
            last = job;
            job.Work();
        }
    }
}
