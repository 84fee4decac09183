using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Runs a kernel over its rows and columns in tiles. Of an operand that is <see cref="Access.Transposed"/> each tile is copied, with rows and columns
/// exchanged, to memory that stays in the first-level cache. A tile has as many rows as a cache line has elements, so whole lines are read.
/// </summary>
internal static unsafe class TransposedTiles
{
    private const int Line = 64;
    private const int Columns = 128;
    private const long TileBytes = Line * Columns;

    /// <summary>Runs it with arguments as in <see cref="LoopCode"/>.</summary>
    public static void Run(LoopKernel kernel, LoopCode code, nint* arguments)
    {
        int[] transposed = kernel.Transposed;
        int count = 3 + 3 * kernel.Operands.Length;
        nint columns = arguments[0], rows = arguments[1];
        int height = Line / Array.ConvertAll(transposed, k => kernel.Operands[k].DType.Size()).Max();
        using Scratch scratch = Scratch.Rent((TileBytes + Line) * transposed.Length);
        byte** tiles = stackalloc byte*[transposed.Length];
        for (int i = 0; i < transposed.Length; i++) tiles[i] = scratch.Take(TileBytes);
        nint* tile = stackalloc nint[count];
        new ReadOnlySpan<nint>(arguments, count).CopyTo(new Span<nint>(tile, count));
        for (nint row = 0; row < rows; row += height)
        {
            tile[1] = nint.Min(height, rows - row);
            for (nint column = 0; column < columns; column += Columns)
            {
                tile[0] = nint.Min(Columns, columns - column);
                for (int at = 3; at < count; at += 3) tile[at] = arguments[at] + column * arguments[at + 1] + row * arguments[at + 2];
                for (int i = 0; i < transposed.Length; i++)
                {
                    int at = 3 + 3 * transposed[i], size = kernel.Operands[transposed[i]].DType.Size();
                    Exchange((byte*)tile[at], arguments[at + 1], tiles[i], (int)tile[1], (int)tile[0], size);
                    tile[at] = (nint)tiles[i];
                    tile[at + 2] = Columns * size;
                }
                code(tile);
            }
        }
    }

    // Columns of some elements in a row each → rows in the tile.
    private static void Exchange(byte* from, nint stride, byte* to, int rows, int columns, int size)
    {
        switch (size)
        {
            case 1: Exchange<byte>(from, stride, to, rows, columns); break;
            case 2: Exchange<short>(from, stride, to, rows, columns); break;
            case 4: Exchange<float>(from, stride, to, rows, columns); break;
            default: Exchange<double>(from, stride, to, rows, columns); break;
        }
    }

    private static void Exchange<T>(byte* from, nint stride, byte* to, int rows, int columns)
        where T : unmanaged =>
        Packing.Transpose((T*)from, stride / sizeof(T), (T*)to, Columns, columns, rows);
}
