using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Values as tests compare them.</summary>
public static class Values
{
    /// <summary>The value with every NaN made .NET's: which NaN an operation gives is not defined by IEEE 754.</summary>
    public static Literal WithOneNaN(Literal value) => !value.Type.DType.IsFloat() ? value
        : Literal.FromDoubles(value.Type, i => double.IsNaN(value.GetDouble(i)) ? double.NaN : value.GetDouble(i));

    /// <summary>Same type and bits, but for the bits of NaN.</summary>
    public static bool Same(Literal left, Literal right) => WithOneNaN(left).Equals(WithOneNaN(right));

    /// <summary>Text of values, NaN without bits.</summary>
    public static string Text(IEnumerable<Literal> values) => string.Join(", ", values.Select(value => Printer.Print(WithOneNaN(value))));
}
