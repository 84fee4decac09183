namespace TensorGraph;

/// <summary>Operators: a variable in an expression stands for its value.</summary>
public sealed partial class Variable
{
    /// <summary>Sum.</summary>
    public static Tensor operator +(Variable a, Tensor b) => Check.NotNull(a).Value + b;

    /// <summary>Sum.</summary>
    public static Tensor operator +(Variable a, double b) => Check.NotNull(a).Value + b;

    /// <summary>Sum.</summary>
    public static Tensor operator +(Variable a, long b) => Check.NotNull(a).Value + b;

    /// <summary>Sum.</summary>
    public static Tensor operator +(double a, Variable b) => a + Check.NotNull(b).Value;

    /// <summary>Sum.</summary>
    public static Tensor operator +(long a, Variable b) => a + Check.NotNull(b).Value;

    /// <summary>Difference.</summary>
    public static Tensor operator -(Variable a, Tensor b) => Check.NotNull(a).Value - b;

    /// <summary>Difference.</summary>
    public static Tensor operator -(Variable a, double b) => Check.NotNull(a).Value - b;

    /// <summary>Difference.</summary>
    public static Tensor operator -(Variable a, long b) => Check.NotNull(a).Value - b;

    /// <summary>Difference.</summary>
    public static Tensor operator -(double a, Variable b) => a - Check.NotNull(b).Value;

    /// <summary>Difference.</summary>
    public static Tensor operator -(long a, Variable b) => a - Check.NotNull(b).Value;

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Variable a, Tensor b) => Check.NotNull(a).Value * b;

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Variable a, double b) => Check.NotNull(a).Value * b;

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Variable a, long b) => Check.NotNull(a).Value * b;

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(double a, Variable b) => a * Check.NotNull(b).Value;

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(long a, Variable b) => a * Check.NotNull(b).Value;

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Variable a, Tensor b) => Check.NotNull(a).Value / b;

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Variable a, double b) => Check.NotNull(a).Value / b;

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Variable a, long b) => Check.NotNull(a).Value / b;

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(double a, Variable b) => a / Check.NotNull(b).Value;

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(long a, Variable b) => a / Check.NotNull(b).Value;

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Variable a, Tensor b) => Check.NotNull(a).Value % b;

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Variable a, double b) => Check.NotNull(a).Value % b;

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Variable a, long b) => Check.NotNull(a).Value % b;

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(double a, Variable b) => a % Check.NotNull(b).Value;

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(long a, Variable b) => a % Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Variable a, Tensor b) => Check.NotNull(a).Value > b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Variable a, double b) => Check.NotNull(a).Value > b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Variable a, long b) => Check.NotNull(a).Value > b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(double a, Variable b) => a > Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(long a, Variable b) => a > Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Variable a, Tensor b) => Check.NotNull(a).Value >= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Variable a, double b) => Check.NotNull(a).Value >= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Variable a, long b) => Check.NotNull(a).Value >= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(double a, Variable b) => a >= Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(long a, Variable b) => a >= Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Variable a, Tensor b) => Check.NotNull(a).Value < b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Variable a, double b) => Check.NotNull(a).Value < b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Variable a, long b) => Check.NotNull(a).Value < b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(double a, Variable b) => a < Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(long a, Variable b) => a < Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Variable a, Tensor b) => Check.NotNull(a).Value <= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Variable a, double b) => Check.NotNull(a).Value <= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Variable a, long b) => Check.NotNull(a).Value <= b;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(double a, Variable b) => a <= Check.NotNull(b).Value;

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(long a, Variable b) => a <= Check.NotNull(b).Value;

    /// <summary>Negation.</summary>
    public static Tensor operator -(Variable a) => -Check.NotNull(a).Value;
}
