using System.Globalization;
using System.Text;

namespace TensorGraph.Backends.Loops;

/// <summary>How an operand moves along the inner loop. Part of the kernel, since it decides the load.</summary>
internal enum Access
{
    Unit,
    Broadcast,
    Strided,

    /// <summary>By one element from row to row: a kernel gets tiles with rows and columns exchanged and reads them as <see cref="Unit"/>.</summary>
    Transposed,
}

/// <summary>One array that a kernel reads or writes.</summary>
internal readonly record struct Operand(DType DType, Access Access, bool IsOutput);

/// <summary>
/// One step of the loop body. <c>load</c> reads operand A; <c>store</c> writes value A to operand B;
/// <c>fold.OP</c> combines value A into operand B; anything else is the pointwise op of that name over values A, B, C.
/// </summary>
internal readonly record struct LoopInstruction(string Op, DType DType, int A = -1, int B = -1, int C = -1);

/// <summary>
/// Two nested loops, <c>rows</c> around <c>columns</c>, and a straight-line body in single-assignment form. Extents and
/// strides are run-time arguments, so one kernel serves every size. The text is the kernel's identity.
/// </summary>
internal sealed class LoopKernel(Operand[] operands, LoopInstruction[] body)
{
    public Operand[] Operands { get; } = operands;
    public LoopInstruction[] Body { get; } = body;
    public string Text { get; } = Print(operands, body);

    /// <summary>Operands of which a kernel gets transposed tiles.</summary>
    public int[] Transposed { get; } = [.. Enumerable.Range(0, operands.Length).Where(k => operands[k].Access == Access.Transposed)];

    /// <summary>Bytes of a lane: 8 as soon as one value needs them.</summary>
    public int LaneSize { get; } =
        Array.Exists(body, i => i.DType is DType.I64 or DType.F64) || Array.Exists(operands, o => o.DType is DType.I64 or DType.F64) ? 8 : 4;

    private static string Print(Operand[] operands, LoopInstruction[] body)
    {
        var text = new StringBuilder();
        text.Append("kernel(");
        for (int i = 0; i < operands.Length; i++)
        {
            if (i > 0) text.Append(", ");
            text.Append(operands[i].IsOutput ? "out a" : "a").Append(i).Append(": ").Append(Name(operands[i].DType));
            if (operands[i].Access != Access.Unit) text.Append(' ').Append(operands[i].Access.ToString().ToLowerInvariant());
        }
        text.Append(")\n  for row, for column:\n");
        for (int i = 0; i < body.Length; i++)
        {
            LoopInstruction instruction = body[i];
            text.Append("    ");
            if (instruction.Op == "load") text.Append(CultureInfo.InvariantCulture, $"v{i} = a{instruction.A}");
            else if (instruction.Op == "store") text.Append(CultureInfo.InvariantCulture, $"a{instruction.B} = v{instruction.A}");
            else if (instruction.Op.StartsWith("fold.", StringComparison.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"a{instruction.B} = {instruction.Op.AsSpan(5)} a{instruction.B}, v{instruction.A}");
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"v{i}: {Name(instruction.DType)} = {instruction.Op} v{instruction.A}");
                if (instruction.B >= 0) text.Append(CultureInfo.InvariantCulture, $", v{instruction.B}");
                if (instruction.C >= 0) text.Append(CultureInfo.InvariantCulture, $", v{instruction.C}");
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    private static string Name(DType dtype) => dtype.Name();
}
