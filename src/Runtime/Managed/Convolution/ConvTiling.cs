using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>Consecutive positions of the result that one call of a micro kernel computes.</summary>
/// <param name="Image">Distance of its first element from the first element of the image, in bytes.</param>
/// <param name="Position">Number of its first position.</param>
/// <param name="Shape">Index into <see cref="ConvTiling.Shapes"/>.</param>
/// <param name="FirstRow">The first row of the window that is not in the padding for all of its positions.</param>
/// <param name="EndRow">The end of such rows.</param>
internal readonly record struct ConvTile(long Image, int Position, int Shape, int FirstRow, int EndRow);

/// <summary>
/// Splits the positions of a result into tiles of a few shapes. A shape is where the positions of a tile lie in the image, relative to the first
/// one; a micro kernel is made for each, so tiles follow the rows of the result where these are long enough.
/// </summary>
internal sealed class ConvTiling
{
    private readonly List<long[]> _displacements = [];
    private readonly List<ConvTile> _tiles = [];

    /// <param name="space">Its axes.</param>
    /// <param name="image">How the image lies in memory.</param>
    /// <param name="most">Positions in a tile at most.</param>
    public ConvTiling(ConvSpace space, ConvImage image, int most)
    {
        foreach ((int from, int to) in Runs(space, most))
        {
            int tiles = (to - from + most - 1) / most;
            for (int i = 0; i < tiles; i++)
            {
                int first = from + (int)((long)(to - from) * i / tiles);
                int end = from + (int)((long)(to - from) * (i + 1) / tiles);
                Add(image, first, end);
            }
        }
        Tiles = [.. _tiles];
        Shapes = [.. _displacements];
    }

    public ConvTile[] Tiles { get; }

    /// <summary>For each shape and row of a tile: the distance from the first row's element, in bytes.</summary>
    public long[][] Shapes { get; }

    /// <summary>The part of the products that remains when rows of the window are left out that are in the padding.</summary>
    public double Seen(int rows) =>
        Tiles.Sum(tile => (double)(tile.EndRow - tile.FirstRow) * Rows(tile)) / Tiles.Sum(tile => (double)rows * Rows(tile));

    public int Rows(ConvTile tile) => Shapes[tile.Shape].Length;

    private void Add(ConvImage image, int first, int end)
    {
        long at = image.OffsetOf(first);
        long[] displacements = new long[end - first];
        for (int i = 0; i < displacements.Length; i++) displacements[i] = image.OffsetOf(first + i) - at;
        // Shapes are few, and the last one is the one of most tiles.
        int shape = _displacements.FindLastIndex(known => known.AsSpan().SequenceEqual(displacements));
        if (shape < 0)
        {
            shape = _displacements.Count;
            _displacements.Add(displacements);
        }
        (int firstRow, int endRow) = image.RowsSeen(first, end);
        _tiles.Add(new(at, first, shape, firstRow, endRow));
    }

    // Positions among which tiles are cut: all, single rows of the result, a few rows of one plane, or a few planes.
    private static IEnumerable<(int From, int To)> Runs(ConvSpace space, int most)
    {
        int width = space.Width.Result, height = space.Height.Result, plane = width * height, all = space.Positions;
        (int run, int within) =
            all <= 2 * most ? (all, all)
            : width > most / 2 ? (width, all)
            : plane > most / 2 ? (width * (most / width), plane)
            : (plane * (most / plane), all);
        for (int outer = 0; outer < all; outer += within)
        {
            for (int from = outer; from < outer + within; from += run) yield return (from, Math.Min(outer + within, from + run));
        }
    }
}
