namespace TensorGraph.Staleness;

/// <summary>
/// Trains a task in the order of a schedule: each gradient is computed by a graph function, on the weights that the schedule says, on the batch that
/// it says. Without a server each worker has a server of its own, with an optimiser of its own.
/// </summary>
public sealed class TrainingWorkload : Workload
{
    private readonly TrainingTask _task;
    private readonly TrainingSetup _setup;
    private readonly TrainingMode _mode;
    private readonly GradientWorker _worker;
    private readonly BatchOrder _batches;
    private readonly ShardMap _shards;
    private readonly ParameterServer[] _servers;
    private readonly ModelSnapshot?[,] _pulled;
    private readonly IReadOnlyList<Tensor>[] _stateOfWorker;
    private readonly ParameterServer[] _locals = [];
    private readonly ModelSnapshot _start;

    // Workers that have begun to train and live: others have weights and state that nobody should take for trained ones.
    private readonly SortedSet<int> _training = [];
    private readonly HashSet<int> _hasFailed = [];
    private int _lastFailed = -1;
    private readonly Dictionary<long, Pending> _pending = [];
    private readonly List<TrainingPoint> _points = [];

    // Gradients that each shard has applied.
    private readonly long[] _applied;
    private bool _isEvaluated;
    private readonly List<EvaluationPoint> _evaluations = [];
    private readonly Action<TrainingPoint>? _progress;
    private bool _isDiverged;

    private TrainingWorkload(TrainingTask task, TrainingSetup setup, Schedule schedule, Action<TrainingPoint>? progress, GradientWorker? worker)
    {
        (_task, _setup, _mode, _progress) = (task, setup, schedule.Mode, progress);
        var model = task.CreateModel(new RandomGenerator(setup.Seed));
        _worker = worker ?? new(model, task.Loss);
        _batches = new(task, setup.Seed);
        var start = _start = ModelSnapshot.Of(model);
        _shards = new(start, Math.Max(schedule.Shards, 1));
        // Without a server each worker is one.
        _servers = [.. Enumerable.Range(0, schedule.Shards == 0 ? schedule.Workers : schedule.Shards)
            .Select(i => new ParameterServer(schedule.Shards == 0 ? start : _shards.Part(start, i), setup.CreateOptimizer(), setup.Rule))];
        _applied = new long[Math.Max(schedule.Shards, 1)];
        _pulled = new ModelSnapshot?[schedule.Workers, _servers.Length];
        _stateOfWorker = [.. Enumerable.Repeat(start.State, schedule.Workers)];
        if (_mode.Kind == ModeKind.ParameterExchange)
            _locals = [.. Enumerable.Range(0, schedule.Workers).Select(_ => new ParameterServer(start, setup.CreateOptimizer(), UpdateRule.None))];
    }

    /// <inheritdoc/>
    public override bool IsStopped => _isDiverged;

    /// <summary>
    /// Trains. Errors: TG1002 null, TG1006 a schedule that no run could have recorded, TG2001 inputs and targets of different counts, TG2004 a
    /// setting out of range; those of model, loss and optimiser.
    /// </summary>
    /// <param name="task">What is learnt.</param>
    /// <param name="setup">How.</param>
    /// <param name="schedule">In which order.</param>
    /// <param name="progress">Called after each applied gradient, or null.</param>
    /// <param name="worker">One that computed for the same kind of model before, so that its graph need not be traced again; null for a new
    /// one.</param>
    public static TrainingOutcome Train(
        TrainingTask task, TrainingSetup setup, Schedule schedule, Action<TrainingPoint>? progress = null, GradientWorker? worker = null)
    {
        Throw.IfNull(schedule).Validate();
        Throw.IfNull(setup).Validate(schedule.Mode);
        Throw.IfNull(task).Validate();
        var workload = new TrainingWorkload(task, setup, schedule, progress, worker);
        workload.Run(schedule);
        workload.EvaluateAtEnd();
        return new(workload._points, workload._evaluations, workload._isDiverged, workload.Weights());
    }

    /// <inheritdoc/>
    protected override void Join(int worker)
    {
        _training.Remove(worker);
        if (!_hasFailed.Remove(worker))
            return;
        // What the process of the worker had in memory is gone; its weights are replaced by those of another one, if there is one.
        _stateOfWorker[worker] = _start.State;
        if (_mode.IsDecentralised)
            _servers[worker].Reset();
        else if (_mode.Kind == ModeKind.ParameterExchange)
            _locals[worker].Reset();
    }

    /// <inheritdoc/>
    protected override void Fail(int worker)
    {
        if (_training.Remove(worker))
            _lastFailed = worker;
        _hasFailed.Add(worker);
    }

    /// <inheritdoc/>
    protected override void Pull(int worker, int shard) => _pulled[worker, shard] = _servers[shard].Pull();

    /// <inheritdoc/>
    protected override void Compute(int worker, long gradient, long batch)
    {
        var read = _mode.IsDecentralised ? _servers[worker].Pull()
            : _shards.Join([.. _servers.Select((_, shard) => _pulled[worker, shard] ?? throw new GraphException(DiagnosticIds.BadData,
                $"schedule: worker {worker} computes before it has pulled from shard {shard}", "Take a schedule that a simulation or a run has recorded."))]);
        if (_setup.StatePlace == StatePlace.Worker)
            read = read with { State = _stateOfWorker[worker] };
        var (inputs, targets) = _batches[batch];
        var computed = _worker.Compute(read, inputs, targets, _setup.Seed, gradient);
        _training.Add(worker);
        if (!double.IsFinite(computed.Loss))
            _isDiverged = true;
        _stateOfWorker[worker] = computed.State;
        var pending = new Pending(computed, read, shards: _mode.IsDecentralised ? 1 : _servers.Length);
        if (_mode.Kind == ModeKind.ParameterExchange)
        {
            _locals[worker].Set(read);
            _locals[worker].Apply([new(worker, 0, computed.Gradients, read.Weights, computed.State)]);
            pending.Moved = _locals[worker].Pull();
        }

        _pending[gradient] = pending;
    }

    /// <inheritdoc/>
    protected override void Apply(int shard, IReadOnlyList<AppliedGradient> gradients)
    {
        if (_mode.Kind == ModeKind.ParameterExchange)
        {
            foreach (var gradient in gradients)
                _servers[shard].Mix(_shards.Part(_pending[gradient.Id].Moved!, shard), _mode.Setting);
        }
        else
        {
            _servers[shard].Apply([.. gradients.Select(gradient => UpdateOf(gradient, shard))]);
        }

        Finish(gradients, shard);
    }

    /// <inheritdoc/>
    protected override void Drop(int shard, long gradient) => Forget(gradient, shard);

    /// <inheritdoc/>
    protected override void LocalStep(int worker, AppliedGradient gradient)
    {
        var pending = _pending[gradient.Id];
        _servers[worker].Apply([new(worker, gradient.Staleness, pending.Computed.Gradients, pending.Read.Weights, pending.Computed.State)]);
        Finish([gradient], shard: 0);
    }

    /// <inheritdoc/>
    protected override void Average(IReadOnlyList<int> workers, bool onRing)
    {
        ModelSnapshot[] before = [.. workers.Select(worker => _servers[worker].Pull())];
        int count = before.Length;
        if (!onRing)
        {
            var mean = ModelSnapshot.Mean(before);
            foreach (int worker in workers)
                _servers[worker].Set(mean);
            return;
        }

        // Of two, each has the other as both neighbours: once.
        for (int i = 0; i < count; i++)
            _servers[workers[i]].Set(ModelSnapshot.Mean([.. new[] { (i + count - 1) % count, i, (i + 1) % count }.Distinct().Order()
                .Select(j => before[j])]));
    }

    /// <inheritdoc/>
    protected override void Copy(int source, int worker)
    {
        _servers[worker].Set(_servers[source].Pull());
        _stateOfWorker[worker] = _stateOfWorker[source];
        _training.Add(worker);
    }

    private ServerUpdate UpdateOf(AppliedGradient gradient, int shard)
    {
        var pending = _pending[gradient.Id];
        var part = _shards.Part(new(pending.Computed.Gradients, pending.Computed.State), shard);
        return new(gradient.Worker, gradient.Staleness, part.Weights, _shards.Part(pending.Read, shard).Weights, part.State);
    }

    // The weights have all gradients of an update already: an evaluation in between would count too few. One before the last shard has them would
    // take some weights without them.
    private void Finish(IReadOnlyList<AppliedGradient> gradients, int shard)
    {
        long before = _applied.Min();
        _applied[shard] += gradients.Count;
        _isEvaluated = false;
        foreach (var gradient in gradients)
        {
            double loss = Forget(gradient.Id, shard).Computed.Loss;
            if (shard != 0)
                continue;
            _points.Add(new(_points.Count + 1, VirtualTime.ToSeconds(Current.Time), loss, gradient.Staleness, gradient.Worker));
            _progress?.Invoke(_points[^1]);
        }

        long now = _applied.Min();
        if (_setup.EvaluateEvery > 0 && now / _setup.EvaluateEvery > before / _setup.EvaluateEvery)
            Evaluate(now);
    }

    private Pending Forget(long gradient, int shard)
    {
        var pending = _pending[gradient];
        pending.HasEnded[shard] = true;
        if (pending.HasEnded.All(ended => ended))
            _pending.Remove(gradient);
        return pending;
    }

    // An evaluation after as many batches may be older than what another shard has applied since.
    private void EvaluateAtEnd()
    {
        if (_isEvaluated)
            return;
        if (_evaluations.Count > 0 && _evaluations[^1].Batches == _points.Count)
            _evaluations.RemoveAt(_evaluations.Count - 1);
        Evaluate(_points.Count);
    }

    private void Evaluate(long batches)
    {
        _isEvaluated = true;
        var (loss, accuracy) = _worker.Evaluate(Weights(), _task.TestInputs, _task.TestTargets);
        if (!double.IsFinite(loss))
            _isDiverged = true;
        _evaluations.Add(new(batches, VirtualTime.ToSeconds(Current.Time), loss, accuracy));
    }

    private ModelSnapshot Weights()
    {
        // When none is left, the last one has what was learnt; before any has begun all have the same.
        int[] workers = _training.Count > 0 ? [.. _training] : [Math.Max(_lastFailed, 0)];
        var weights = _mode.IsDecentralised ? ModelSnapshot.Mean([.. workers.Select(worker => _servers[worker].Pull())])
            : _shards.Join([.. _servers.Select(server => server.Pull())]);
        return _setup.StatePlace == StatePlace.Worker
            ? weights with { State = ModelSnapshot.MeanOf([.. workers.Select(worker => _stateOfWorker[worker])]) } : weights;
    }

    private sealed class Pending(WorkerGradient computed, ModelSnapshot read, int shards)
    {
        public WorkerGradient Computed { get; } = computed;

        public ModelSnapshot Read { get; } = read;

        public ModelSnapshot? Moved { get; set; }

        public bool[] HasEnded { get; } = new bool[shards];
    }
}
