using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TensorGraph;

internal static class Check
{
    public static T NotNull<T>([NotNull] T? value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : class
    {
        if (value is null)
            Throw.Raise(DiagnosticIds.NullArgument, name, $"argument '{name}' is null", "Pass a value.");
        return value;
    }

    /// <summary>TG2001 when an axis is known not to have the size that a layer was made for.</summary>
    public static void Size(string layer, Tensor x, int axis, Dim wanted, string what, Variable kernel)
    {
        var type = x.Type.InGraph;
        var got = type.Shape[axis];
        if (got.IsConstant && got != wanted)
            Throw.Shape(layer, $"axis {axis} of {type} has {got} {what}, the layer was made for {wanted} (kernel {kernel.Type})",
                $"Pass {wanted} {what}, or make the layer for {got}.");
    }

    /// <summary>TG2004 unless the number is at least <paramref name="least"/>.</summary>
    public static int AtLeast(int least, int value, string op, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least)
            Throw.Range(op, $"'{name}' is {value}", $"It must be at least {least}.");
        return value;
    }
}
