using System.Buffers.Binary;
using TensorGraph;
using TensorGraph.Staleness;

namespace TestBed.Cluster;

/// <summary>Weights of a shard and the events that led to them. Both are saved together, in one file that takes the place of the one
/// before.</summary>
public sealed class ShardState
{
    private readonly SiloContext _context;
    private readonly int _shard;
    private readonly List<ScheduleEvent> _events;

    // The version that was reached, checkpoint or not: written with each update, so that it outlives the process.
    private readonly FileStream _reached;

    private ShardState(SiloContext context, int shard, ModelSnapshot start, IEnumerable<ScheduleEvent> events)
    {
        (_context, _shard, _events) = (context, shard, [.. events]);
        var setup = context.Settings.Run.Setup(meanStaleness: 0);
        Server = new(start, setup.CreateOptimizer(), setup.Rule);
        ScheduleEvent[] updates = [.. _events.Where(entry => entry.Kind == EventKind.Apply)];
        (FirstVersion, Version, Applied) = (updates.Length, updates.Length, updates.Sum(entry => entry.Applied.Length));
        NextGradient = _events.Count == 0 ? 0 : _events.Max(entry => entry.Gradient) + 1;
        DropUnfinished();
        string reached = Path.Combine(context.Folder, FormattableString.Invariant($"shard-{shard}.version"));
        _reached = new(reached, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> number = stackalloc byte[sizeof(long)];
        if (_reached.ReadAtLeast(number, number.Length, throwOnEndOfStream: false) == number.Length)
            Lost = BinaryPrimitives.ReadInt64LittleEndian(number) - Version;
    }

    public ParameterServer Server { get; }

    /// <summary>Tells the tokens of this life from those of an earlier one, which may have the same numbers.</summary>
    public Guid Life { get; } = Guid.NewGuid();

    /// <summary>Updates of the life before that no checkpoint has.</summary>
    public long Lost { get; }

    public IReadOnlyList<ScheduleEvent> Events => _events;

    /// <summary>Version at which this life of the shard began.</summary>
    public long FirstVersion { get; }

    public long Version { get; private set; }

    public long Applied { get; private set; }

    public long NextGradient { get; set; }

    public static ShardState LoadOrStart(SiloContext context, int shard)
    {
        var model = context.Task.CreateModel(new RandomGenerator(context.Settings.Seed));
        var whole = ModelSnapshot.Of(model);
        var start = new ShardMap(whole, context.Settings.Shards).Part(whole, shard);
        string path = EventsPathIn(context.Folder, shard);
        if (!File.Exists(path))
            return new(context, shard, start, []);
        var events = ScheduleFile.Load(path).Events;
        // The name has the version, so that weights and events belong together whichever write was the last.
        long version = events.Count(entry => entry.Kind == EventKind.Apply);
        var values = new Checkpointed(start);
        values.Load(FormattableString.Invariant($"{WeightsPathIn(context.Folder, shard)}.{version}"));
        return new(context, shard, values.Snapshot, events);
    }

    public void Log(ScheduleEvent entry) => _events.Add(entry);

    public void Apply(long now, IReadOnlyList<PushMessage> messages)
    {
        Log(new(now, EventKind.Apply, -1)
        {
            Shard = _shard, Version = Version,
            Applied = [.. messages.Select(message => new AppliedGradient(message.Gradient, message.Worker, Version - message.Version))],
        });
        Server.Apply([.. messages.Select(message =>
            new ServerUpdate(message.Worker, Version - message.Version, message.Gradients.ToTensors(), [], message.State.ToTensors()))]);
        Version++;
        Applied += messages.Count;
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, Version);
        _reached.Position = 0;
        _reached.Write(number);
    }

    /// <summary>
    /// Writes weights and events. Gradients that have come and wait have no end in the file: the next life, if there is one, writes
    /// that they were dropped.
    /// </summary>
    public void Save()
    {
        string path = EventsPathIn(_context.Folder, _shard), unfinished = path + ".unfinished";
        string prefix = WeightsPathIn(_context.Folder, _shard), weights = FormattableString.Invariant($"{prefix}.{Version}");
        new Checkpointed(Server.Pull()).Save(weights);
        var mode = TrainingMode.Parse(_context.Settings.Mode);
        ScheduleFile.Save(new(mode, _context.Settings.Workers, _context.Settings.Shards, IsComplete: false, [.. _events]), unfinished);
        File.Move(unfinished, path, overwrite: true);
        foreach (string old in Directory.GetFiles(_context.Folder, Path.GetFileName(prefix) + ".*").Where(file => file != weights))
            File.Delete(old);
    }

    private static string WeightsPathIn(string folder, int shard) => Path.Combine(folder, FormattableString.Invariant($"shard-{shard}.safetensors"));

    private static string EventsPathIn(string folder, int shard) => Path.Combine(folder, FormattableString.Invariant($"shard-{shard}.checkpoint.jsonl"));

    // What had come and waited when the life before ended.
    private void DropUnfinished()
    {
        HashSet<long> ended = [.. _events.Where(entry => entry.Kind == EventKind.Drop).Select(entry => entry.Gradient),
            .. _events.SelectMany(entry => entry.Applied).Select(applied => applied.Id)];
        foreach (long gradient in _events.Where(entry => entry.Kind == EventKind.Compute).Select(entry => entry.Gradient).Except(ended).ToArray())
            Log(new(_context.Settings.Now, EventKind.Drop, -1) { Shard = _shard, Gradient = gradient, Reason = DropReason.WorkerFailed });
    }

    /// <summary>A snapshot as a module, whose variables have names in a file.</summary>
    private sealed class Checkpointed(ModelSnapshot snapshot) : Module
    {
        private readonly Variable[] _weights = [.. snapshot.Weights.Select((value, i) => new Variable(value, $"weight.{i}"))];
        private readonly Variable[] _state = [.. snapshot.State.Select((value, i) => new Variable(value, $"state.{i}", trainable: false))];

        public ModelSnapshot Snapshot => new([.. _weights.Select(variable => variable.Value)], [.. _state.Select(variable => variable.Value)]);
    }
}
