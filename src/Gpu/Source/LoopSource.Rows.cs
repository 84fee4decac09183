using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Gpu;

/// <content>Several loops in one kernel, row by row.</content>
internal sealed partial class LoopSource
{
    /// <summary>A loop over the elements of a row.</summary>
    /// <param name="Kernel">The kernel.</param>
    /// <param name="Outer">The number of axes of what it writes in a row.</param>
    /// <param name="Inner">The number of axes that it folds; 0 for a loop without folds.</param>
    /// <param name="IsLarge">True where elements are counted in 64 bits.</param>
    /// <param name="Identities">What the fold of an instruction starts from.</param>
    public sealed record RowLoop(LoopKernel Kernel, int Outer, int Inner, bool IsLarge, Func<int, double> Identities)
    {
        public int[] Folds { get; } = [.. Enumerable.Range(0, Kernel.Body.Length).Where(i => Loops.Folds.IsFold(Kernel.Body[i].Op))];
    }

    /// <summary>
    /// A kernel in which a group of items has a row and does one loop after the other: what one writes there the next one reads. Its first parameter
    /// holds offsets and ways from row to row of all operands, then the sizes and strides of each loop.
    /// </summary>
    public static string Rows(RowLoop[] loops, int lanes)
    {
        LoopSource[] parts = [.. loops.Select((loop, at) => new LoopSource(loop.Kernel, loop.IsLarge, $"l{at}_", shared: $"s{at}_"))];
        int operands = loops.Sum(loop => loop.Kernel.Operands.Length);
        IEnumerable<string> parameters = loops.SelectMany((loop, at) =>
            loop.Kernel.Operands.Select((operand, k) => $"GLOBAL {(operand.IsOutput ? "" : "const ")}u8* l{at}_{k}"));
        var source = new LoopSource(loops[0].Kernel, isLarge: true);
        source.Line(0, $"// rows: {string.Join("; ", loops.Select(loop => OpsOf(loop.Kernel)))}");
        source.Line(0, $"typedef struct {{ i64 offsets[{operands}], rows[{operands}]{string.Concat(loops.Select(Fields))}; }} geometry;");
        source.Line(0, $"KERNEL run(const geometry g, {string.Join(", ", parameters)})");
        source.Line(0, "{");
        foreach ((int at, RowLoop loop) in loops.Index())
        {
            foreach (int fold in loop.Folds) source.Line(1, $"LOCAL {parts[at].Accumulator(fold)} s{at}_{fold}[{lanes}];");
        }
        source.Line(1, "i64 row = GROUP_ID;");
        int first = 0;
        foreach ((int at, RowLoop loop) in loops.Index())
        {
            if (at > 0) source.Line(1, "BARRIER_OF_MEMORY;");
            source._text.Append(parts[at].Row(loop, at, first, lanes));
            first += loop.Kernel.Operands.Length;
        }
        return source.End();
    }

    private static string Fields(RowLoop loop, int at)
    {
        int operands = loop.Kernel.Operands.Length;
        string fields = $", l{at}_count, l{at}_sizes[{loop.Outer}], l{at}_strides[{operands}][{loop.Outer}]";
        return loop.Inner == 0 ? fields
            : $"{fields}, l{at}_length, l{at}_inner_sizes[{loop.Inner}], l{at}_inner_strides[{operands}][{loop.Inner}]";
    }

    // All of a row, by all items.
    private string Row(RowLoop loop, int at, int first, int lanes)
    {
        HashSet<int> all = [.. Enumerable.Range(0, _kernel.Body.Length)];
        Line(1, "{");
        for (int k = 0; k < _kernel.Operands.Length; k++) Line(2, $"i64 start{k} = g.offsets[{first + k}] + row * g.rows[{first + k}];");
        bool isFold = loop.Folds.Length > 0;
        Line(2, isFold ? $"for (i64 i = 0; i < g.l{at}_count; i++)" : $"for (i64 i = LOCAL_ID; i < g.l{at}_count; i += {lanes})");
        Line(2, "{");
        Places(3, "i", loop.Outer, $"l{at}_sizes", $"l{at}_strides", isFold ? "q" : "p", "start");
        if (isFold)
        {
            StartFolds(3, loop.Folds, loop.Identities);
            Line(3, $"for (i64 j = LOCAL_ID; j < g.l{at}_length; j += {lanes})");
            Line(3, "{");
            Places(4, "j", loop.Inner, $"l{at}_inner_sizes", $"l{at}_inner_strides", "p", "q");
            Fold(4, all, loop.Folds, lanes);
            Tree(3, loop.Folds, lanes);
            Line(3, "if (LOCAL_ID == 0)");
            Line(3, "{");
            Combined(4, loop.Folds);
            foreach (int fold in loop.Folds)
            {
                int operand = _kernel.Body[fold].B;
                Line(4, ElementType.Of(_kernel.Operands[operand].DType).Store($"{_buffer}{operand}", $"q{operand}", $"fold{fold}"));
            }
            Line(3, "}");
        }
        else Body(3, "p", all);
        Line(2, "}");
        Line(1, "}");
        return _text.ToString();
    }
}
