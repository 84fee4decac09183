using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Managed;

/// <summary>A part of a program: a command, or several.</summary>
internal abstract class Step(int[] reads, int[] writes, Command? command = null)
{
    protected Step(Command command)
        : this(command.Reads, command.Writes, command)
    {
    }

    protected int[] Reads => reads;

    protected int[] Writes => writes;

    /// <summary>Takes its times; null while nothing is recorded.</summary>
    public CommandProfile? Profile { get; set; }

    /// <summary>Programs that it runs, with what they are to it.</summary>
    public virtual IEnumerable<(string Name, ManagedProgram Program)> Inner => [];

    public abstract void Run(Frame frame);

    /// <summary>Runs on the rows of a tile.</summary>
    public virtual void Run(Frame frame, Tile tile, TileUse use) => throw new NotSupportedException($"{GetType().Name} does not run by rows");

    /// <summary>It, with its time taken.</summary>
    public virtual Step Timed() => Profile is null ? this : new TimedStep(this, [(Profile, 1)]);

    /// <summary>The command, and the programs inside, as text.</summary>
    public virtual string Describe() => command?.Describe() + string.Concat(Inner.Select(inner => $"\n{inner.Name}\n{inner.Program.Dump()}".TrimEnd('\n')));
}

/// <summary>
/// A lowered region as this device runs it: its steps in order, and its constants in memory. Immutable and
/// free of run state, so several threads may run it.
/// </summary>
internal sealed class ManagedProgram : SpecializedProgram
{
    private readonly LoweredRegion _region;
    private readonly PlannedStep[] _steps;
    private readonly PlannedStep[] _timedSteps;
    private readonly RegionProfile? _profile;
    private Frame? _spare;
    private long _peak;

    public ManagedProgram(LoweredRegion region, ConstantPool constants, RegionProfile? profile = null)
    {
        (_region, _profile) = (region, profile);
        Device = constants.Device;
        Constants = Array.ConvertAll(region.Slots, slot => slot.Constant is { } literal ? constants.Get(literal) : null);
        _steps = Plan(Array.ConvertAll(region.Commands, new Renderer(constants, profile).Render));
        _timedSteps = profile is null ? _steps : Array.ConvertAll(_steps, planned => planned.Timed());
        Homes = HomePlan.Of(region);
        ArenaSlots = SlotsOf(SlotKind.Arena);
        OwnSlots = SlotsOf(SlotKind.Heap, SlotKind.External);
    }

    /// <summary>True if the most memory that it takes is told to the device.</summary>
    public bool KeepsPeak { get; init; }

    /// <summary>The graph that it runs, and the sizes for which; null for a region inside.</summary>
    public (Ir.Graph Graph, SizeBindings Sizes)? Source { get; init; }

    public override Ir.Graph? Graph => Source?.Graph;

    public override ManagedDevice Device { get; }

    public Slot[] Slots => _region.Slots;

    /// <summary>By slot: the variable in whose home a run may make the value; null if no slot has one.</summary>
    public VariableResource?[]? Homes { get; }

    /// <summary>The tensors of the slots that are constants.</summary>
    public TensorData?[] Constants { get; }

    /// <summary>Number of parameters, which have the first slots.</summary>
    public int InputCount => _region.Inputs.Length;

    /// <summary>The slots that have a place in the arena.</summary>
    public int[] ArenaSlots { get; }

    /// <summary>The slots whose tensors a run lets go at its end, if not before.</summary>
    public int[] OwnSlots { get; }

    public override int ResultCount => _region.Results.Length;

    public long ArenaBytes => _region.ArenaBytes;

    /// <summary>Bytes that it takes at once, as far as is known ahead.</summary>
    public long EstimatedBytes => MemoryEstimate.Of(_region);

    protected override void Execute(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation)
    {
        RunPeak run = RunPeak.Begin();
        Run(inputs, results, cancellation);
        long peak = run.End();
        if (peak > _peak && KeepsPeak) Device.NotePeak(Graph!.Name, _peak = peak);
    }

    /// <summary>Runs. The results are the caller's to release, or to let go.</summary>
    /// <param name="inputs">One for each parameter.</param>
    /// <param name="results">
    /// Takes one for each result. One that is there already, in memory of the caller, is written to where that can be done.
    /// </param>
    /// <param name="cancellation">Stops the run at the next step.</param>
    /// <param name="donated">How many of the inputs, in front, the caller does not need any more: the program may write over one that has no other
    /// holder.</param>
    public void Run(ReadOnlySpan<TensorData> inputs, Span<TensorData> results, CancellationToken cancellation, int donated = 0)
    {
        Frame frame = Interlocked.Exchange(ref _spare, null) ?? new Frame(this);
        try
        {
            frame.Begin(inputs, cancellation, donated);
            (int Slot, TensorLayout? Layout)[] places = _region.Results;
            for (int i = 0; i < results.Length; i++)
            {
                if (results[i] is { } wanted) frame.Direct(places[i].Slot, wanted);
            }
            bool mayStop = cancellation.CanBeCanceled;
            PlannedStep[] steps = _profile?.IsNextTimed() == true ? _timedSteps : _steps;
            foreach (ref readonly PlannedStep planned in steps.AsSpan())
            {
                if (mayStop) cancellation.ThrowIfCancellationRequested();
                planned.Run(frame);
            }
            for (int i = 0; i < results.Length; i++) results[i] = frame.Give(places[i].Slot, places[i].Layout);
        }
        catch (MemoryShortageException shortage) when (Source is { } source && !shortage.NamesUser)
        {
            throw shortage.In(source.Graph.Name, _region);
        }
        finally
        {
            frame.End();
        }
        GC.KeepAlive(inputs.Length > 0 ? inputs[0] : null);
        _spare = frame;
    }

    private PlannedStep[] Plan(Step[] rendered)
    {
        int[][] starting = _region.SlotsBy(_region.Lives.First, SlotKind.Heap);
        int[][] ending = _region.SlotsBy(_region.Lives.Last, SlotKind.Heap, SlotKind.External);
        int[][] withFork = Array.ConvertAll(ending, slots => Array.FindAll(slots, slot => _region.Lives.IsShared[slot]));
        PlannedStep[] steps = [.. rendered.Select((step, i) => new PlannedStep(step, starting[i], [.. ending[i].Except(withFork[i])]))];
        if (_region.Schedule.Forks.Length > 0) steps = WithForks(steps, _region.Schedule, withFork);
        return LoweringStep.Rows.IsLeftOut ? steps : [.. RowBlockStep.Group(steps, _region)];
    }

    // A fork is one step; what its groups share ends with it.
    private static PlannedStep[] WithForks(PlannedStep[] steps, Schedule schedule, int[][] ending)
    {
        var all = new List<PlannedStep>();
        int next = 0;
        foreach (Fork fork in schedule.Forks)
        {
            all.AddRange(steps[next..fork.Start]);
            var groups = fork.Starts.Select((start, group) =>
                Enumerable.Range(start, fork.EndOf(group) - start).Select(at => (steps[at], schedule.ProgramOrder(at))).ToArray());
            all.Add(new PlannedStep(new ForkStep([.. groups]), [], [.. ending[fork.Start..fork.End].SelectMany(slots => slots)]));
            next = fork.End;
        }
        all.AddRange(steps[next..]);
        return [.. all];
    }

    private int[] SlotsOf(params SlotKind[] kinds) => [.. Enumerable.Range(0, Slots.Length).Where(slot => kinds.Contains(Slots[slot].Kind))];

    private protected override DispatchFacts FindFacts() => DispatchFacts.Of(Source!.Value.Graph, Source.Value.Sizes);

    /// <summary>Slots and steps as text.</summary>
    public string Dump() => _region.Describe(_steps.Select(planned => planned.Step.Describe()));
}
