using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>A command on the processor, for a device that has no kernel for it: on copies of what it reads.</summary>
internal sealed class HostIsland
{
    private readonly Command _command;
    private readonly ManagedProgram _program;
    private readonly Step _step;

    /// <summary>A command of a region.</summary>
    /// <param name="command">One that computes: it reads and writes elements only.</param>
    /// <param name="slots">The region's slots.</param>
    public HostIsland(Command command, Slot[] slots)
    {
        _command = command;
        var constants = new ConstantPool(Devices.Managed);
        var own = new Slot[slots.Length];
        for (int i = 0; i < own.Length; i++)
        {
            bool isUsed = command.Reads.Contains(i) || command.Writes.Contains(i);
            own[i] = new Slot(isUsed ? SlotKind.Heap : SlotKind.Arena, slots[i].Layout);
        }
        _program = new ManagedProgram(new LoweredRegion(own, [command], Schedule.InOrder, [], [], ArenaBytes: 0, default), constants);
        _step = new Renderer(constants, null).Render(command);
    }

    /// <summary>Runs it on the values of the slots that it reads; gives those of the slots that it writes.</summary>
    public Literal[] Run(Func<int, Literal> read, CancellationToken cancellation)
    {
        var frame = new Frame(_program);
        try
        {
            frame.Begin([], cancellation, donated: 0);
            foreach (int slot in _command.Reads.Distinct()) frame.Set(slot, Devices.Managed.From(read(slot)));
            foreach (int slot in _command.Writes.Except(_command.Reads)) frame.Allocate(slot);
            _step.Run(frame);
            return Array.ConvertAll(_command.Writes, slot => frame.Tensor(slot).ToLiteral());
        }
        finally
        {
            frame.End();
        }
    }
}
