using System.Collections.Immutable;

namespace TensorGraph.Passes;

/// <summary>A step between a graph and its kernels that only saves time or memory: flag <c>PASSES</c> leaves it out as it does a pass.</summary>
/// <param name="Name">Name in the flag, after the minus.</param>
/// <param name="Meaning">Its effect, as Markdown.</param>
public sealed record LoweringStep(string Name, string Meaning)
{
    // Leaves out all passes and steps.
    internal const string Everything = "-all";

    /// <summary>Loops of several ops.</summary>
    public static LoweringStep Fuse { get; } = new("fuse", "elementwise ops and reductions over the same elements are one kernel");

    /// <summary>Attention by tiles.</summary>
    public static LoweringStep Tiles { get; } = new("tiles", "attention [runs on a few rows at a time](performance.md#kernels-and-their-limits)");

    /// <summary>Row kernels.</summary>
    public static LoweringStep Rows { get; } = new("rows", "loops over the same rows [run on a few rows at a time](performance.md#kernels-and-their-limits)");

    /// <summary>Transposed operands by tiles.</summary>
    public static LoweringStep Transpose { get; } =
        new("transpose", "transposed operands of a loop are [read by tiles](performance.md#kernels-and-their-limits)");

    /// <summary>Packed weights.</summary>
    public static LoweringStep Pack { get; } =
        new("pack", "right operands of matrix products that come again are [packed once](performance.md#kernels-and-their-limits)");

    /// <summary>Shared memory.</summary>
    public static LoweringStep Reuse { get; } = new("reuse", "values that are not needed at the same time share [memory](memory.md)");

    /// <summary>Commands side by side.</summary>
    public static LoweringStep Fork { get; } = new("fork", "independent commands [run side by side](concepts.md#the-managed-device) where it pays");

    /// <summary>All steps, in the order in which a graph meets them.</summary>
    public static ImmutableArray<LoweringStep> All { get; } = [Fuse, Tiles, Rows, Transpose, Pack, Reuse, Fork];

    /// <summary>True when the flag names it.</summary>
    public bool IsLeftOut => Flags.Passes is { Count: > 0 } flags && (flags.Contains("-" + Name) || flags.Contains(Everything));
}
