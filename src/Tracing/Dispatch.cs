using System.Globalization;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>From the facade's one-liners to the current context.</summary>
internal static class Dispatch
{
    public static Tensor Run(OpDef op, params ReadOnlySpan<Tensor> inputs) => Run(op, Attrs.Empty, inputs);

    public static Tensor Run(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs)
    {
        CheckOperands(op, inputs);
        return ExecutionContext.Current.RunSingle(op, attrs, inputs);
    }

    public static Tensor[] RunAll(OpDef op, Attrs attrs, params ReadOnlySpan<Tensor> inputs)
    {
        CheckOperands(op, inputs);
        return ExecutionContext.Current.Run(op, attrs, inputs);
    }

    private static void CheckOperands(OpDef op, ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null)
                throw NullOperand(op, inputs, i);
        }
    }

    private static GraphException NullOperand(OpDef op, ReadOnlySpan<Tensor> inputs, int operand)
    {
        string which = inputs.Length switch
        {
            1 => "the operand",
            2 => operand == 0 ? "the left operand" : "the right operand",
            _ => string.Create(CultureInfo.InvariantCulture, $"operand {operand + 1} of {inputs.Length}"),
        };
        var others = new List<string>();
        foreach (var input in inputs)
        {
            if (input is not null)
                others.Add(input.GraphType.ToString());
        }

        string beside = others.Count > 0 ? $" beside {string.Join(", ", others)}" : "";
        return new(DiagnosticIds.NullArgument, $"{op.Name}: {which} is null{beside}", "Pass a tensor.", SourceSpan.Capture());
    }

    /// <summary>A C# number as a tensor of another one's dtype, on its device; TG2005 when the dtype can't hold it.</summary>
    public static Tensor Number(double number, Tensor like) => Numbers.Of(number, like);

    /// <summary>A C# integer as a tensor of another one's dtype, on its device.</summary>
    public static Tensor Number(long number, Tensor like) => Numbers.Of(number, like);
}
