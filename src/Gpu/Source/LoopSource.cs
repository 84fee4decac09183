using System.Text;
using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// A loop kernel as source. It depends on the number of axes, not on sizes. Its first parameter holds the offset of each operand in its buffer, then
/// sizes, then strides; offsets and strides are in bytes.
/// </summary>
internal sealed partial class LoopSource
{
    // Elements after which a sum of floats goes on with a new part where there is no wider type: the error grows with the part, not with the line.
    private const string Part = "(j & 127) == 127";

    private readonly LoopKernel _kernel;
    private readonly StringBuilder _text = new();
    private readonly string _buffer;
    private readonly string _shared;

    // The type in which places are taken apart: quotients of 64 bits are slow.
    private readonly string _index;

    // The operand whose value is there already.
    private readonly int _known;

    private LoopSource(LoopKernel kernel, bool isLarge, string buffer = "a", int known = -1, string shared = "s") =>
        (_kernel, _index, _buffer, _known, _shared) = (kernel, isLarge ? "i64" : "u32", buffer, known, shared);

    /// <summary>A kernel in which each item computes one element. Those of a large one are counted in 64 bits.</summary>
    public static string Pointwise(LoopKernel kernel, int rank, bool isLarge)
    {
        var source = new LoopSource(kernel, isLarge);
        int operands = kernel.Operands.Length;
        source.Begin($"i64 offsets[{operands}], count, sizes[{rank}], strides[{operands}][{rank}];");
        source.Line(1, "i64 i = GLOBAL_ID;");
        source.Line(1, "if (i >= g.count) return;");
        source.Places(1, "i", rank, "sizes", "strides", "p", "g.offsets");
        source.Body(1, "p", [.. Enumerable.Range(0, kernel.Body.Length)]);
        return source.End();
    }

    /// <summary>
    /// A kernel that folds along some axes. Each item, or each group of <paramref name="lanes"/> items, has an element of the results and goes through
    /// what is folded into it; a group combines what its items have as a tree. The order depends on sizes only, so the bits are the same in each run.
    /// </summary>
    /// <param name="kernel">The kernel; of its stores and folds only those in <paramref name="kept"/> are done.</param>
    /// <param name="kept">Instructions.</param>
    /// <param name="outer">The number of axes of the results.</param>
    /// <param name="inner">The number of axes that are folded.</param>
    /// <param name="lanes">1 for an item for each element.</param>
    /// <param name="inParts">
    /// True where several groups go through parts of a line: each leaves what it has in scratch memory, 8 bytes for each fold and group.
    /// </param>
    /// <param name="isLarge">True where elements are counted in 64 bits.</param>
    /// <param name="identities">What the fold of an instruction starts from.</param>
    public static string Folded(
        LoopKernel kernel, HashSet<int> kept, int outer, int inner, int lanes, bool inParts, bool isLarge, Func<int, double> identities)
    {
        var source = new LoopSource(kernel, isLarge);
        int operands = kernel.Operands.Length;
        int[] folds = [.. Enumerable.Range(0, kernel.Body.Length).Where(i => kept.Contains(i) && Folds.IsFold(kernel.Body[i].Op))];
        source.Begin(
            $"i64 offsets[{(inParts ? operands + 1 : operands)}], {(inParts ? "parts, " : "")}count, length, sizes[{outer}], strides[{operands}][{outer}], "
            + $"inner_sizes[{inner}], inner_strides[{operands}][{inner}];", inParts ? ", GLOBAL u8* scratch" : "");
        foreach (int fold in lanes > 1 ? folds : []) source.Line(1, $"LOCAL {source.Accumulator(fold)} s{fold}[{lanes}];");
        source.Line(1, $"i64 i = {(lanes > 1 ? inParts ? "GROUP_ID / g.parts" : "GROUP_ID" : "GLOBAL_ID")};");
        if (lanes == 1) source.Line(1, "if (i >= g.count) return;");
        source.Places(1, "i", outer, "sizes", "strides", "q", "g.offsets");
        source.StartFolds(1, folds, identities);
        if (inParts) source.Line(1, "i64 part = GROUP_ID % g.parts, end = g.length * (part + 1) / g.parts;");
        source.Line(1, inParts ? $"for (i64 j = g.length * part / g.parts + LOCAL_ID; j < end; j += {lanes})"
            : lanes > 1 ? $"for (i64 j = LOCAL_ID; j < g.length; j += {lanes})" : "for (i64 j = 0; j < g.length; j++)");
        source.Line(1, "{");
        source.Places(2, "j", inner, "inner_sizes", "inner_strides", "p", "q");
        source.Fold(2, kept, folds, lanes);
        if (lanes > 1)
        {
            source.Tree(1, folds, lanes);
            source.Line(1, "if (LOCAL_ID != 0) return;");
            source.Combined(1, folds);
        }
        foreach ((int number, int fold) in folds.Index())
        {
            LoopInstruction instruction = kernel.Body[fold];
            if (inParts)
            {
                string place = FormattableString.Invariant($"{folds.Length} * GROUP_ID + {number}");
                source.Line(1, $"*(GLOBAL {source.Accumulator(fold)}*)(scratch + g.offsets[{operands}] + 8 * ({place})) = fold{fold};");
            }
            else source.Line(1, ElementType.Of(kernel.Operands[instruction.B].DType).Store($"a{instruction.B}", $"q{instruction.B}", $"fold{fold}"));
        }
        return source.End();
    }

    /// <summary>A kernel in which an item combines, for one fold and one element, what the groups have left in scratch memory.</summary>
    public static string Combined(LoopKernel kernel, int fold, int folds, int number, int outer)
    {
        var source = new LoopSource(kernel, isLarge: true);
        LoopInstruction instruction = kernel.Body[fold];
        DType dtype = kernel.Operands[instruction.B].DType;
        string accumulator = source.Accumulator(fold);
        source.Line(0, $"// {instruction.Op} of parts");
        source.Line(0, $"typedef struct {{ i64 offsets[2], parts, count, sizes[{outer}], strides[{outer}]; }} geometry;");
        source.Line(0, "KERNEL run(const geometry g, GLOBAL const u8* scratch, GLOBAL u8* a0)");
        source.Line(0, "{");
        source.Line(1, "i64 i = GLOBAL_ID, place = g.offsets[1];");
        source.Line(1, "if (i >= g.count) return;");
        source.Line(1, FormattableString.Invariant($"GLOBAL const u8* part = scratch + g.offsets[0] + 8 * ({folds} * i * g.parts + {number});"));
        source.Line(1, $"{accumulator} value = *(GLOBAL const {accumulator}*)part;");
        source.Line(1, $"for (i64 j = 1; j < g.parts; j++) value = {source.Combine(fold, "value", $"*(GLOBAL const {accumulator}*)(part + 8 * {folds} * j)")};");
        source.Line(1, $"for (i32 axis = {outer - 1}; axis >= 0; i /= g.sizes[axis], axis--) place += i % g.sizes[axis] * g.strides[axis];");
        source.Line(1, ElementType.Of(dtype).Store("a0", "place", "value"));
        return source.End();
    }

    /// <summary>The body for the elements of a product, whose operands come first in its kernel, in variables <c>result</c> and <c>at</c>.</summary>
    public static string Epilogue(LoopKernel kernel, int rank, int product, bool isLarge, int depth)
    {
        var source = new LoopSource(kernel, isLarge, "e", product);
        source.Places(depth, "at", rank, "loop_sizes", "loop_strides", "p", "(g.offsets + 2)");
        source.Body(depth, "p", [.. Enumerable.Range(0, kernel.Body.Length)]);
        return source._text.ToString().TrimEnd('\n');
    }

    private bool HasParts(int fold) => Folds.Rounds(_kernel.Body[fold].Op, _kernel.Body[fold].DType);

    private string Accumulator(int fold)
    {
        ElementType type = ElementType.Of(_kernel.Body[fold].DType);
        return HasParts(fold) ? type.Sum : type.Value;
    }

    private void StartFolds(int depth, int[] folds, Func<int, double> identities)
    {
        foreach (int fold in folds)
        {
            DType dtype = _kernel.Body[fold].DType;
            string identity = ElementType.Of(dtype).Number(dtype, identities(fold));
            Line(depth, $"{Accumulator(fold)} fold{fold} = {identity}{(HasParts(fold) ? $", part{fold} = {identity}" : "")};");
        }
    }

    // The body for one element, the end of the loop over them, and the last parts.
    private void Fold(int depth, HashSet<int> kept, int[] folds, int lanes)
    {
        Body(depth, "p", kept);
        foreach (int fold in folds.Where(HasParts))
        {
            Line(depth, $"if ({(lanes > 1 ? $"(j / {lanes} & 127) == 127" : Part)})");
            Line(depth, "{");
            Line(depth + 1, $"fold{fold} += part{fold};");
            Line(depth + 1, $"part{fold} = 0;");
            Line(depth, "}");
        }
        Line(depth - 1, "}");
        foreach (int fold in folds.Where(HasParts)) Line(depth - 1, $"fold{fold} += part{fold};");
    }

    // What the items of a group have folded, combined in the place of the first one.
    private void Tree(int depth, int[] folds, int lanes)
    {
        foreach (int fold in folds) Line(depth, $"{_shared}{fold}[LOCAL_ID] = fold{fold};");
        Line(depth, "BARRIER;");
        Line(depth, $"for (i32 reach = {lanes / 2}; reach > 0; reach /= 2)");
        Line(depth, "{");
        Line(depth + 1, "if (LOCAL_ID < reach)");
        Line(depth + 1, "{");
        foreach (int fold in folds)
        {
            string combined = Combine(fold, $"{_shared}{fold}[LOCAL_ID]", $"{_shared}{fold}[LOCAL_ID + reach]");
            Line(depth + 2, $"{_shared}{fold}[LOCAL_ID] = {combined};");
        }
        Line(depth + 1, "}");
        Line(depth + 1, "BARRIER;");
        Line(depth, "}");
    }

    private void Combined(int depth, int[] folds)
    {
        foreach (int fold in folds) Line(depth, $"fold{fold} = {_shared}{fold}[0];");
    }

    private string Combine(int fold, string left, string right) =>
        HasParts(fold) ? $"{left} + {right}" : Spellings.Combine(_kernel.Body[fold].Op, _kernel.Body[fold].DType, left, right);

    private void Begin(string geometry, string more = "")
    {
        Line(0, $"// {OpsOf(_kernel)}");
        Line(0, $"typedef struct {{ {geometry} }} geometry;");
        Line(0, $"KERNEL run(const geometry g{string.Concat(_kernel.Operands.Select((operand, k) => $", GLOBAL {(operand.IsOutput ? "" : "const ")}u8* a{k}"))}{more})");
        Line(0, "{");
    }

    private static string OpsOf(LoopKernel kernel)
    {
        string text = string.Join(", ", kernel.Body.Select(i => i.Op).Where(op => op is not ("load" or "store")).Distinct());
        return text.Length == 0 ? "copy" : text;
    }

    private string End()
    {
        Line(0, "}");
        return _text.ToString();
    }

    // Where each operand is: from its place so far on, along some axes.
    private void Places(int depth, string index, int rank, string sizes, string strides, string place, string from)
    {
        bool isArray = from.Contains('.', StringComparison.Ordinal);
        string rest = $"{index}_rest";
        if (rank > 1) Line(depth, $"{_index} {rest} = ({_index}){index};");
        for (int axis = rank - 1; axis >= 0; axis--)
        {
            string name = $"{index}_{axis}";
            string size = $"({_index})g.{sizes}[{axis}]";
            if (axis == 0) Line(depth, $"i64 {name} = {(rank > 1 ? rest : index)};");
            else Line(depth, $"i64 {name} = {rest} % {size}; {rest} /= {size};");
        }
        for (int k = 0; k < _kernel.Operands.Length; k++)
        {
            if (k == _known) continue;
            string start = isArray ? $"{from}[{k}]" : $"{from}{k}";
            Line(depth, $"i64 {place}{k} = {start}{string.Concat(Enumerable.Range(0, rank).Select(axis => $" + {index}_{axis} * g.{strides}[{k}][{axis}]"))};");
        }
    }

    private void Body(int depth, string place, HashSet<int> kept)
    {
        for (int i = 0; i < _kernel.Body.Length; i++)
        {
            LoopInstruction instruction = _kernel.Body[i];
            ElementType type = ElementType.Of(instruction.DType);
            if (instruction.Op == "load")
            {
                Line(depth, $"{type.Value} v{i} = {(instruction.A == _known ? "result" : type.Load($"{_buffer}{instruction.A}", $"{place}{instruction.A}"))};");
            }
            else if (instruction.Op == "store")
            {
                if (kept.Contains(i)) Line(depth, type.Store($"{_buffer}{instruction.B}", $"{place}{instruction.B}", $"v{instruction.A}"));
            }
            else if (Folds.IsFold(instruction.Op))
            {
                if (!kept.Contains(i)) continue;
                string target = HasParts(i) ? $"part{i}" : $"fold{i}";
                Line(depth, $"{target} = {Combine(i, target, $"v{instruction.A}")};");
            }
            else
            {
                Line(depth, $"{type.Value} v{i} = {Spellings.Of(instruction, _kernel.Body[instruction.A].DType)};");
            }
        }
    }

    private void Line(int depth, string line) => _text.Append(' ', 4 * depth).Append(line).Append('\n');
}
