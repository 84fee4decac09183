using System.Globalization;

namespace TensorGraph.Backends.Commands;

/// <summary>Uses of the rows of a tile by a command.</summary>
internal enum TileUse
{
    /// <summary>It makes the same rows of its results.</summary>
    Rows,

    /// <summary>It adds what they contribute to a result of the whole matrix; those of a matrix come in order, on one thread.</summary>
    Sums,
}

/// <summary>A value that only the commands of a tile use: memory for the rows of one tile.</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="RowBytes">Bytes of a row.</param>
/// <param name="Offset">Place in the memory of a tile.</param>
internal readonly record struct TileValue(int Slot, long RowBytes, long Offset);

/// <summary>
/// Commands over the same rows of a batch of matrices, tile by tile: attention never has all of its scores in memory. Each command does for the rows
/// of a tile what it would do for all of them, so the results have the same bits.
/// </summary>
/// <param name="Parts">The commands in order, with what they do.</param>
/// <param name="Space">The rows.</param>
/// <param name="Values">Values that are not in memory as a whole.</param>
/// <param name="TileBytes">Memory of a tile.</param>
internal sealed record TileCommand((Command Command, TileUse Use)[] Parts, TileSpace Space, TileValue[] Values, long TileBytes)
    : Command(Outside(Parts, Values, static command => command.Reads), Outside(Parts, Values, static command => command.Writes))
{
    public override string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"{Space.Height} of {Space.Rows} rows of {Space.Matrices} matrices at a time")
        + string.Concat(Parts.Select(part => "\n  " + part.Command.Describe().Replace("\n", "\n  ", StringComparison.Ordinal)));

    private static int[] Outside((Command Command, TileUse Use)[] parts, TileValue[] values, Func<Command, int[]> slots) =>
        [.. parts.SelectMany(part => slots(part.Command)).Where(slot => !Array.Exists(values, value => value.Slot == slot)).Distinct()];
}

/// <summary>The rows of a batch of matrices in tiles.</summary>
/// <param name="Matrices">Number of matrices.</param>
/// <param name="Rows">Rows of each.</param>
/// <param name="Height">Rows of a tile; the last one of a matrix may be lower.</param>
/// <param name="HasSums">True where the tiles of a matrix must come in order.</param>
internal sealed record TileSpace(long Matrices, long Rows, long Height, bool HasSums)
{
    private long TilesOfMatrix => (Rows + Height - 1) / Height;

    /// <summary>Parts that threads may share.</summary>
    public long Units => HasSums ? Matrices : Matrices * TilesOfMatrix;

    /// <summary>The tiles of some units.</summary>
    public IEnumerable<Tile> Tiles(long from, long to)
    {
        long tiles = TilesOfMatrix;
        if (HasSums) (from, to) = (from * tiles, to * tiles);
        for (long at = from; at < to; at++)
        {
            long start = at % tiles * Height;
            yield return new Tile(Matrices, Rows, at / tiles, start, Math.Min(Rows, start + Height));
        }
    }
}

/// <summary>Some rows of one matrix of a batch.</summary>
/// <param name="Matrices">Matrices of the batch.</param>
/// <param name="Rows">Rows of each.</param>
/// <param name="Matrix">The matrix.</param>
/// <param name="From">The first row.</param>
/// <param name="To">The row after the last one.</param>
internal readonly record struct Tile(long Matrices, long Rows, long Matrix, long From, long To)
{
    /// <summary>The first row, counted over all matrices.</summary>
    public long First => Matrix * Rows + From;

    public long Height => To - From;
}
