using System.Numerics;

namespace TensorGraph.Backends.Gpu;

/// <summary>Limits of kernels on a device.</summary>
/// <param name="HasDouble">f64.</param>
/// <param name="GroupSize">Items of a group that folds one line together: a power of two.</param>
/// <param name="ParameterBytes">Bytes of all parameters of a kernel.</param>
/// <param name="Side">Rows and columns of items in a group that has a tile of a product: 16, or 8 where groups have fewer items.</param>
/// <param name="LocalBytes">Bytes of the memory of a group.</param>
/// <param name="Work">Rows and columns that an item computes of a large product: see <see cref="TileTuner"/>.</param>
/// <param name="HasProducts">True where a library computes matrix products, which then have kernels of their own.</param>
internal sealed record DeviceLimits(
    bool HasDouble, int GroupSize, int ParameterBytes, int Side = DeviceLimits.MostSide, long LocalBytes = 32 << 10, int Work = 4,
    bool HasProducts = false)
{
    /// <summary>Items that a group must have room for.</summary>
    public const int FewestItems = 64;

    public const int MostSide = 16;

    /// <summary>Limits of a device with groups of at most so many items.</summary>
    /// <param name="hasDouble">f64.</param>
    /// <param name="mostItems">The most items of a group, no fewer than <see cref="FewestItems"/>.</param>
    /// <param name="groupSize">The items of a group that folds, where the device takes them.</param>
    /// <param name="parameterBytes">Bytes of all parameters of a kernel.</param>
    /// <param name="localBytes">Bytes of the memory of a group.</param>
    public static DeviceLimits Of(bool hasDouble, long mostItems, int groupSize, int parameterBytes, long localBytes) => new(
        hasDouble, (int)Math.Min(groupSize, (long)BitOperations.RoundUpToPowerOf2((ulong)mostItems + 1) / 2), parameterBytes,
        mostItems >= MostSide * MostSide ? MostSide : MostSide / 2, localBytes);
}
