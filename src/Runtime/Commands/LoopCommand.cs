using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Commands;

/// <summary>The slot of a fold and what it starts from.</summary>
internal readonly record struct FoldStart(int Slot, double Identity, TensorLayout Layout);

/// <summary>Runs a loop kernel over a space of any rank; slots go with the kernel's operands.</summary>
internal sealed record LoopCommand(LoopNest Nest, int[] Slots, FoldStart[] Folds)
    : Command([.. Slots.Where((_, k) => !Nest.Kernel.Operands[k].IsOutput)], [.. Slots.Where((_, k) => Nest.Kernel.Operands[k].IsOutput)])
{
    public override bool MayOverwrite(int read, int written) =>
        !Array.Exists(Folds, fold => fold.Slot == written) && Nest.SameElements(Array.IndexOf(Slots, written), Slots, read);

    public override string Describe() => $"loop [{string.Join(", ", Nest.Extents)}] {Text(Slots)} {Nest.Kernel.Text.TrimEnd()}";
}

/// <summary>Sets every element of a slot.</summary>
internal sealed record FillCommand(int Slot, TensorLayout Layout, double Value) : Command([], [Slot])
{
    public override string Describe() => FormattableString.Invariant($"fill s{Slot} with {Value}");
}

/// <summary>0, 1, 2, … in a slot.</summary>
internal sealed record CountCommand(int Slot, TensorLayout Layout) : Command([], [Slot])
{
    public override string Describe() => $"count s{Slot}";
}
