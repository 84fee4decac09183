using System.Runtime.CompilerServices;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Sums of blocks of a row, added in pairs: level l holds the sum of 2ˡ blocks, so that the error grows with the logarithm of the row's length.
/// </summary>
internal static unsafe class Pairwise
{
    /// <summary>Levels that a row of any length needs, and the place in front of them.</summary>
    public const int Levels = 56;

    /// <summary>Iterations of the kernel's unrolled loop whose elements make a block.</summary>
    public const int BlockIterations = 32;

    /// <summary>
    /// Puts in the sum of block number <paramref name="block"/>, which lies in front of the levels: a carry into a binary counter. Registers pass
    /// through memory, since an argument by value would keep the kernel's accumulators out of registers.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<V, T>(byte* levels, nint block)
        where V : struct, ILanes<V, T>
        where T : unmanaged
    {
        V sum = V.Load(levels);
        levels += Unsafe.SizeOf<V>();
        for (; (block & 1) != 0; block >>= 1, levels += Unsafe.SizeOf<V>()) sum = V.Load(levels) + sum;
        V.Store(levels, sum);
    }

    /// <summary>Adds all blocks to what lies in front of the levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Total<V, T>(byte* levels, nint blocks)
        where V : struct, ILanes<V, T>
        where T : unmanaged
    {
        byte* total = levels;
        V sum = V.Load(total);
        for (levels += Unsafe.SizeOf<V>(); blocks != 0; blocks >>= 1, levels += Unsafe.SizeOf<V>())
        {
            if ((blocks & 1) != 0) sum = V.Load(levels) + sum;
        }
        V.Store(total, sum);
    }
}
