using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
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
            case 1: Exchange<byte>(from, stride, to, 0, rows, 0, columns); break;
            case 2: Exchange<short>(from, stride, to, 0, rows, 0, columns); break;
            case 4: Exchange4(from, stride, to, rows, columns); break;
            default: Exchange8(from, stride, to, rows, columns); break;
        }
    }

    private static void Exchange<T>(byte* from, nint stride, byte* to, int firstRow, int rows, int firstColumn, int columns)
        where T : unmanaged
    {
        for (int column = firstColumn; column < columns; column++)
        {
            T* line = (T*)(from + column * stride);
            for (int row = firstRow; row < rows; row++) ((T*)to)[row * Columns + column] = line[row];
        }
    }

    private static void Exchange4(byte* from, nint stride, byte* to, int rows, int columns)
    {
        const int Side = 8;
        int wholeRows = Avx.IsSupported ? rows / Side * Side : 0, wholeColumns = Avx.IsSupported ? columns / Side * Side : 0;
        for (int column = 0; column < wholeColumns; column += Side)
        {
            for (int row = 0; row < wholeRows; row += Side)
            {
                byte* line = from + column * stride + row * sizeof(float);
                float* tile = (float*)to + row * Columns + column;
                Vector256<float> a0 = Vector256.Load((float*)line), a1 = Vector256.Load((float*)(line + stride));
                Vector256<float> a2 = Vector256.Load((float*)(line + 2 * stride)), a3 = Vector256.Load((float*)(line + 3 * stride));
                Vector256<float> a4 = Vector256.Load((float*)(line + 4 * stride)), a5 = Vector256.Load((float*)(line + 5 * stride));
                Vector256<float> a6 = Vector256.Load((float*)(line + 6 * stride)), a7 = Vector256.Load((float*)(line + 7 * stride));
                Vector256<float> b0 = Avx.UnpackLow(a0, a1), b1 = Avx.UnpackHigh(a0, a1), b2 = Avx.UnpackLow(a2, a3), b3 = Avx.UnpackHigh(a2, a3);
                Vector256<float> b4 = Avx.UnpackLow(a4, a5), b5 = Avx.UnpackHigh(a4, a5), b6 = Avx.UnpackLow(a6, a7), b7 = Avx.UnpackHigh(a6, a7);
                Vector256<float> c0 = Avx.Shuffle(b0, b2, 0x44), c1 = Avx.Shuffle(b0, b2, 0xEE), c2 = Avx.Shuffle(b1, b3, 0x44);
                Vector256<float> c3 = Avx.Shuffle(b1, b3, 0xEE), c4 = Avx.Shuffle(b4, b6, 0x44), c5 = Avx.Shuffle(b4, b6, 0xEE);
                Vector256<float> c6 = Avx.Shuffle(b5, b7, 0x44), c7 = Avx.Shuffle(b5, b7, 0xEE);
                Avx.Permute2x128(c0, c4, 0x20).Store(tile);
                Avx.Permute2x128(c1, c5, 0x20).Store(tile + Columns);
                Avx.Permute2x128(c2, c6, 0x20).Store(tile + 2 * Columns);
                Avx.Permute2x128(c3, c7, 0x20).Store(tile + 3 * Columns);
                Avx.Permute2x128(c0, c4, 0x31).Store(tile + 4 * Columns);
                Avx.Permute2x128(c1, c5, 0x31).Store(tile + 5 * Columns);
                Avx.Permute2x128(c2, c6, 0x31).Store(tile + 6 * Columns);
                Avx.Permute2x128(c3, c7, 0x31).Store(tile + 7 * Columns);
            }
        }
        Exchange<int>(from, stride, to, 0, rows, wholeColumns, columns);
        Exchange<int>(from, stride, to, wholeRows, rows, 0, wholeColumns);
    }

    private static void Exchange8(byte* from, nint stride, byte* to, int rows, int columns)
    {
        const int Side = 4;
        int wholeRows = Avx.IsSupported ? rows / Side * Side : 0, wholeColumns = Avx.IsSupported ? columns / Side * Side : 0;
        for (int column = 0; column < wholeColumns; column += Side)
        {
            for (int row = 0; row < wholeRows; row += Side)
            {
                byte* line = from + column * stride + row * sizeof(double);
                double* tile = (double*)to + row * Columns + column;
                Vector256<double> a0 = Vector256.Load((double*)line), a1 = Vector256.Load((double*)(line + stride));
                Vector256<double> a2 = Vector256.Load((double*)(line + 2 * stride)), a3 = Vector256.Load((double*)(line + 3 * stride));
                Vector256<double> b0 = Avx.UnpackLow(a0, a1), b1 = Avx.UnpackHigh(a0, a1), b2 = Avx.UnpackLow(a2, a3), b3 = Avx.UnpackHigh(a2, a3);
                Avx.Permute2x128(b0, b2, 0x20).Store(tile);
                Avx.Permute2x128(b1, b3, 0x20).Store(tile + Columns);
                Avx.Permute2x128(b0, b2, 0x31).Store(tile + 2 * Columns);
                Avx.Permute2x128(b1, b3, 0x31).Store(tile + 3 * Columns);
            }
        }
        Exchange<long>(from, stride, to, 0, rows, wholeColumns, columns);
        Exchange<long>(from, stride, to, wholeRows, rows, 0, wholeColumns);
    }
}
