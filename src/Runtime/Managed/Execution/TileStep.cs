using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>Runs commands tile by tile. Each thread has memory for the values of one tile.</summary>
internal sealed unsafe class TileStep(TileCommand c, Step[] steps) : Step(c)
{
    private readonly TileSpace _space = c.Space;
    private readonly TileValue[] _values = c.Values;
    private readonly TileUse[] _uses = Array.ConvertAll(c.Parts, part => part.Use);
    private readonly long _bytes = (c.TileBytes + 63) / 64 * 64;

    public override void Run(Frame frame)
    {
        int parts = (int)Math.Min(frame.Device.Workers.Threads, _space.Units);
        ManagedBuffer memory = frame.Device.Memory.Allocate(parts * _bytes, out long offset);
        try
        {
            nint start = (nint)(memory.Start + offset);
            frame.Device.Workers.Run(parts, part =>
                Run(frame.Branch(), _space.Units * part / parts, _space.Units * (part + 1) / parts, start + (nint)(part * _bytes)));
        }
        finally
        {
            memory.Release();
        }
    }

    private void Run(Frame frame, long from, long to, nint memory)
    {
        foreach (Tile tile in _space.Tiles(from, to))
        {
            frame.Cancellation.ThrowIfCancellationRequested();
            // As if all rows were there: steps add the way to the first row of the tile.
            foreach (TileValue value in _values) frame.Place(value.Slot, (byte*)memory + value.Offset - tile.First * value.RowBytes);
            for (int i = 0; i < steps.Length; i++) steps[i].Run(frame, tile, _uses[i]);
        }
    }

    public override string Describe() => c.Describe();
}
