using System.Collections.Concurrent;
using System.Globalization;

namespace TensorGraph.Backends.Loops;

/// <summary>Compiled kernels of the process, by text: sizes are arguments, so a program makes few.</summary>
internal static class KernelCache
{
    private static readonly ConcurrentDictionary<string, Lazy<LoopCode>> Compiled = new(StringComparer.Ordinal);

    /// <summary>Register bits: the machine's, or fewer by TENSORGRAPH_VECTOR_BITS.</summary>
    public static int Width { get; set; } =
        int.TryParse(Flags.Get("VECTOR_BITS"), CultureInfo.InvariantCulture, out int bits)
            ? Math.Clamp(bits, 128, LaneSet.NativeWidth) : LaneSet.NativeWidth;

    public static int Count => Compiled.Count;

    public static LoopCode Get(LoopKernel kernel) =>
        Compiled.GetOrAdd(kernel.Text, _ => new Lazy<LoopCode>(() => IlEmitter.Emit(kernel, Width))).Value;
}
