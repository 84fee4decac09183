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

    private ShardState(SiloContext context, int shard, ModelSnapshot start, IEnumerable<ScheduleEvent> events)
    {
        (_context, _shard, _events) = (context, shard, [.. events]);
        var setup = context.Settings.Run.Setup(meanStaleness: 0);
        Server = new(start, setup.CreateOptimizer(), setup.Rule);
        ScheduleEvent[] updates = [.. _events.Where(entry => entry.Kind == EventKind.Apply)];
        (FirstVersion, Version, Applied) = (updates.Length, updates.Length, updates.Sum(entry => entry.Applied.Length));
        // Numbers that were given out after the checkpoint must not come again: the worker may still push them.
        NextGradient = _events.Count == 0 ? 0 : _events.Max(entry => entry.Gradient) + 1 + (10L * context.Settings.Workers);
    }

    public ParameterServer Server { get; }

    public IReadOnlyList<ScheduleEvent> Events => _events;

    /// <summary>Version at which this life of the shard began.</summary>
    public long FirstVersion { get; }

    public long Version { get; private set; }

    public long Applied { get; private set; }

    public long NextGradient { get; set; }

    private string WeightsPath => Path.Combine(_context.Folder, $"shard-{_shard}.safetensors");

    private string EventsPath => Path.Combine(_context.Folder, $"shard-{_shard}.checkpoint.jsonl");

    public static ShardState LoadOrStart(SiloContext context, int shard)
    {
        var model = context.Task.CreateModel(new RandomGenerator(context.Settings.Seed));
        var whole = ModelSnapshot.Of(model);
        var fresh = new ShardState(context, shard, new ShardMap(whole, context.Settings.Shards).Part(whole, shard), []);
        if (!File.Exists(fresh.EventsPath))
            return fresh;
        var events = ScheduleFile.Load(fresh.EventsPath).Events;
        // The name has the version, so that weights and events belong together whichever write was the last.
        long version = events.Count(entry => entry.Kind == EventKind.Apply);
        var values = new Checkpointed(fresh.Server.Pull());
        values.Load(FormattableString.Invariant($"{fresh.WeightsPath}.{version}"));
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
    }

    public void Save()
    {
        string weights = FormattableString.Invariant($"{WeightsPath}.{Version}"), unfinished = EventsPath + ".unfinished";
        new Checkpointed(Server.Pull()).Save(weights);
        // Gradients that were on their way are lost with this life of the shard, so the file says that they were dropped.
        var mode = TrainingMode.Parse(_context.Settings.Mode);
        ScheduleFile.Save(new(mode, _context.Settings.Workers, _context.Settings.Shards, IsComplete: false, [.. _events]), unfinished);
        File.Move(unfinished, EventsPath, overwrite: true);
        foreach (string old in Directory.GetFiles(_context.Folder, Path.GetFileName(WeightsPath) + ".*").Where(file => file != weights))
            File.Delete(old);
    }

    /// <summary>A snapshot as a module, whose variables have names in a file.</summary>
    private sealed class Checkpointed(ModelSnapshot snapshot) : Module
    {
        private readonly Variable[] _weights = [.. snapshot.Weights.Select((value, i) => new Variable(value, $"weight.{i}"))];
        private readonly Variable[] _state = [.. snapshot.State.Select((value, i) => new Variable(value, $"state.{i}", trainable: false))];

        public ModelSnapshot Snapshot => new([.. _weights.Select(variable => variable.Value)], [.. _state.Select(variable => variable.Value)]);
    }
}
