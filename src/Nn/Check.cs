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
            Throw.Shape(layer, $"axis {axis} of {type} has {got} {what}, the layer was made for {wanted} ({kernel.Name} {kernel.Type})",
                $"Pass {wanted} {what}, or make the layer for {got}.");
    }

    /// <summary>TG2001 when sizes of one axis of two tensors of one rank are known to differ.</summary>
    public static void SameShape(string op, Tensor a, Tensor b, string nameOfA, string nameOfB, string remedy)
    {
        if (a.Shape.InGraph.Zip(b.Shape.InGraph).Any(pair => pair.First != pair.Second && (pair.First.IsConstant || pair.Second.IsConstant)))
            Throw.Shape(op, $"{nameOfA} {a.Type}, {nameOfB} {b.Type}", remedy);
    }

    /// <summary>TG2004 unless a setting is in its range.</summary>
    public static void Range(bool holds, string op, string setting, double value, string range)
    {
        if (!holds)
            Throw.Range(op, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{setting}' is {value}"), $"It must be {range}.");
    }

    /// <summary>TG2002 unless a tensor has floats.</summary>
    public static void Float(string op, Tensor x)
    {
        if (!x.DType.IsFloat())
            Throw.DType(op, $"got {x.Type}", "Cast it to a dtype of floats.");
    }

    /// <summary>TG2003 unless a tensor has so many axes.</summary>
    public static void Rank(string op, Tensor x, int rank, string axes)
    {
        if (NotNull(x).Rank != rank)
            Throw.Rank(op, $"got {x.Type}", $"Pass {axes}.");
    }

    /// <summary>TG2001 or TG2003 unless the last axis has the size of a layer's variable.</summary>
    public static void LastAxis(string op, Tensor x, Variable variable)
    {
        if (NotNull(x).Rank == 0)
            Throw.Rank(op, $"got {x.Type}", "Pass a tensor with at least one axis.");
        Size(op, x, x.Rank - 1, variable.Shape[0], "features", variable);
    }

    /// <summary>TG2004 unless a product of two numbers, which are at least 1, is an int.</summary>
    public static int Product(int a, int b, string op)
    {
        AtLeast(1, a, op);
        AtLeast(1, b, op);
        long product = (long)a * b;
        Range(product <= int.MaxValue, op, $"{a} · {b}", product, $"at most {int.MaxValue}");
        return (int)product;
    }

    /// <summary>TG2004 unless the number is at least <paramref name="least"/>.</summary>
    public static int AtLeast(int least, int value, string op, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least)
            Throw.Range(op, $"'{name}' is {value}", $"It must be at least {least}.");
        return value;
    }
}
