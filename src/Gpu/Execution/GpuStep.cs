using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Managed;

namespace TensorGraph.Backends.Gpu;

/// <summary>A command as a device runs it.</summary>
internal abstract class GpuStep(Command command)
{
    protected Command Command { get; } = command;

    protected int[] Reads => Command.Reads;

    protected int[] Writes => Command.Writes;

    /// <summary>
    /// The profiles of all commands that it does, with the part of its time that each of them has. None while nothing is recorded.
    /// </summary>
    public (CommandProfile Profile, double Part)[] Times { get; set; } = [];

    /// <summary>Programs that it runs, with what they are to it.</summary>
    public virtual IEnumerable<(string Name, GpuProgram Program)> Inner => [];

    /// <summary>The place where it runs, in dumps.</summary>
    protected virtual string Place => "";

    public abstract void Run(GpuFrame frame);

    /// <summary>The command, and the programs inside, as text.</summary>
    public virtual string Describe() =>
        Place + Command.Describe() + string.Concat(Inner.Select(inner => $"\n{inner.Name}\n{inner.Program.Dump()}".TrimEnd('\n')));
}

/// <summary>Kernels.</summary>
internal sealed class KernelStep(Command command, KernelLaunch[] launches, int fault) : GpuStep(command)
{
    /// <summary>The number under which its kernels report a fault; −1 for none.</summary>
    public int Fault => fault;

    public IReadOnlyList<KernelLaunch> Launches => launches;

    protected override string Place => "kernel ";

    public override void Run(GpuFrame frame)
    {
        foreach (KernelLaunch launch in launches) frame.Launch(launch);
    }

    /// <summary>The error of a fault.</summary>
    public GraphException FaultOf(long kind, long value) => Command switch
    {
        GatherCommand c => Ir.OpDefs.PositionOutOfRange(c.Node, value, c.Table.Axis, c.Table.Type),
        ScatterAddCommand c => Ir.OpDefs.PositionOutOfRange(c.Node, value, c.Table.Axis, c.Table.Type),
        BlockCommand c => c.OutOfRange((int)kind - 1, value),
        _ => throw new NotSupportedException($"no fault of a {Command.GetType().Name} is known"),
    };

    public override string Describe() =>
        base.Describe() + string.Concat(Sources().Select(line => $"\n  | {line}"));

    // The user's lines, and the kernels' text.
    private IEnumerable<string> Sources()
    {
        IEnumerable<string> nodes = Command.Origin.Select(node => $"// {node.Op.Name} at {node.Source}");
        return nodes.Concat(launches.SelectMany(launch => launch.Source.TrimEnd('\n').Split('\n')));
    }
}

/// <summary>A command without a kernel: on the managed device, on copies.</summary>
internal sealed class IslandStep(Command command, Slot[] slots) : GpuStep(command)
{
    private readonly HostIsland _island = new(command, slots);

    protected override string Place => "host island: ";

    public override void Run(GpuFrame frame)
    {
        frame.ThrowFaults();
        Literal[] results = _island.Run(slot => Read(frame, slot), frame.Cancellation);
        for (int i = 0; i < results.Length; i++)
        {
            (GpuBuffer buffer, long offset) = frame.Place(Writes[i]);
            foreach (var (at, count) in results[i].Parts()) frame.Device.Driver.Write(buffer.Handle, offset + at, results[i].Bytes(at, count));
        }
    }

    private Literal Read(GpuFrame frame, int slot)
    {
        Literal value = Literal.Zeros(slots[slot].Layout.Type);
        (GpuBuffer buffer, long offset) = frame.Place(slot);
        foreach (var (at, count) in value.Parts()) frame.Device.Driver.Read(buffer.Handle, offset + at, value.Bytes(at, count));
        return value;
    }
}

/// <summary>The start of a tensor that differs from an input in some elements.</summary>
internal sealed class StartStep(StartCommand c) : GpuStep(c)
{
    public override void Run(GpuFrame frame)
    {
        TensorData tensor = frame.Tensor(Reads[0]);
        if (frame.MayOverwrite(Reads[0]))
        {
            tensor.Retain();
            // Its elements come later now.
            ((GpuBuffer)tensor.Buffer).Written = null;
        }
        else
        {
            tensor = frame.Device.Allocate(c.Layout);
            frame.Copy(Reads[0], tensor);
        }
        frame.Set(Writes[0], tensor);
    }
}

/// <summary>A loop that the kernel of a command before it has done.</summary>
internal sealed class JoinedStep(Command command) : GpuStep(command)
{
    protected override string Place => "in the kernel before: ";

    public override void Run(GpuFrame frame)
    {
    }
}
