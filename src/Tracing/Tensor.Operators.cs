using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Operators. A C# number takes the tensor's dtype (TG2005 when that can't hold it).</summary>
public sealed partial class Tensor
{
    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Dispatch.Run(Op.Add, a, b);

    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, double b) => Dispatch.Run(Op.Add, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, long b) => Dispatch.Run(Op.Add, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Sum.</summary>
    public static Tensor operator +(double a, Tensor b) => Dispatch.Run(Op.Add, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Sum.</summary>
    public static Tensor operator +(long a, Tensor b) => Dispatch.Run(Op.Add, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Dispatch.Run(Op.Sub, a, b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, double b) => Dispatch.Run(Op.Sub, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, long b) => Dispatch.Run(Op.Sub, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Difference.</summary>
    public static Tensor operator -(double a, Tensor b) => Dispatch.Run(Op.Sub, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(long a, Tensor b) => Dispatch.Run(Op.Sub, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Dispatch.Run(Op.Mul, a, b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, double b) => Dispatch.Run(Op.Mul, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, long b) => Dispatch.Run(Op.Mul, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(double a, Tensor b) => Dispatch.Run(Op.Mul, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(long a, Tensor b) => Dispatch.Run(Op.Mul, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Dispatch.Run(Op.Div, a, b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, double b) => Dispatch.Run(Op.Div, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, long b) => Dispatch.Run(Op.Div, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(double a, Tensor b) => Dispatch.Run(Op.Div, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(long a, Tensor b) => Dispatch.Run(Op.Div, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, Tensor b) => Dispatch.Run(Op.Rem, a, b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, double b) => Dispatch.Run(Op.Rem, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, long b) => Dispatch.Run(Op.Rem, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(double a, Tensor b) => Dispatch.Run(Op.Rem, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(long a, Tensor b) => Dispatch.Run(Op.Rem, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Dispatch.Run(Op.Greater, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, double b) => Dispatch.Run(Op.Greater, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, long b) => Dispatch.Run(Op.Greater, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(double a, Tensor b) => Dispatch.Run(Op.Greater, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(long a, Tensor b) => Dispatch.Run(Op.Greater, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Dispatch.Run(Op.GreaterEqual, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, double b) => Dispatch.Run(Op.GreaterEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, long b) => Dispatch.Run(Op.GreaterEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(double a, Tensor b) => Dispatch.Run(Op.GreaterEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(long a, Tensor b) => Dispatch.Run(Op.GreaterEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Dispatch.Run(Op.Less, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, double b) => Dispatch.Run(Op.Less, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, long b) => Dispatch.Run(Op.Less, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(double a, Tensor b) => Dispatch.Run(Op.Less, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(long a, Tensor b) => Dispatch.Run(Op.Less, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Dispatch.Run(Op.LessEqual, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, double b) => Dispatch.Run(Op.LessEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, long b) => Dispatch.Run(Op.LessEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(double a, Tensor b) => Dispatch.Run(Op.LessEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(long a, Tensor b) => Dispatch.Run(Op.LessEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise equality with a number. Two tensors compare by reference; use <c>Ops.Equal</c>.</summary>
    public static Tensor operator ==(Tensor a, double b) => Dispatch.Run(Op.Equal, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise inequality with a number.</summary>
    public static Tensor operator !=(Tensor a, double b) => Dispatch.Run(Op.NotEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise equality with a number.</summary>
    public static Tensor operator ==(Tensor a, long b) => Dispatch.Run(Op.Equal, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise inequality with a number.</summary>
    public static Tensor operator !=(Tensor a, long b) => Dispatch.Run(Op.NotEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Negation.</summary>
    public static Tensor operator -(Tensor a) => Dispatch.Run(Op.Neg, a);

    /// <summary>The tensor itself.</summary>
    public static Tensor operator +(Tensor a) => a;

    /// <summary>a + 1.</summary>
    public static Tensor operator ++(Tensor a) => a + 1;

    /// <summary>a − 1.</summary>
    public static Tensor operator --(Tensor a) => a - 1;

    /// <summary>Logical or bitwise not.</summary>
    public static Tensor operator !(Tensor a) => Dispatch.Run(Op.Not, a);

    /// <summary>Bitwise (on bool: logical) complement.</summary>
    public static Tensor operator ~(Tensor a) => Dispatch.Run(Op.Not, a);

    /// <summary>Logical or bitwise and; evaluates both sides.</summary>
    public static Tensor operator &(Tensor a, Tensor b) => Dispatch.Run(Op.And, a, b);

    /// <summary>Logical or bitwise or; evaluates both sides.</summary>
    public static Tensor operator |(Tensor a, Tensor b) => Dispatch.Run(Op.Or, a, b);

    /// <summary>Logical or bitwise exclusive or.</summary>
    public static Tensor operator ^(Tensor a, Tensor b) => Dispatch.Run(Op.Xor, a, b);

    /// <summary>Identity of the object, which also is what <c>==</c> between two tensors means.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Hash of the object's identity.</summary>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
