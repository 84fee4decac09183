using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Operators. A C# number takes the tensor's dtype (TG2005 when that can't hold it).</summary>
public sealed partial class Tensor
{
    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Add, a, b);

    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, double b) => Dispatch.Run(OpDefs.Add, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, long b) => Dispatch.Run(OpDefs.Add, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Sum.</summary>
    public static Tensor operator +(double a, Tensor b) => Dispatch.Run(OpDefs.Add, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Sum.</summary>
    public static Tensor operator +(long a, Tensor b) => Dispatch.Run(OpDefs.Add, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Sub, a, b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, double b) => Dispatch.Run(OpDefs.Sub, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, long b) => Dispatch.Run(OpDefs.Sub, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Difference.</summary>
    public static Tensor operator -(double a, Tensor b) => Dispatch.Run(OpDefs.Sub, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Difference.</summary>
    public static Tensor operator -(long a, Tensor b) => Dispatch.Run(OpDefs.Sub, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Mul, a, b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, double b) => Dispatch.Run(OpDefs.Mul, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(Tensor a, long b) => Dispatch.Run(OpDefs.Mul, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(double a, Tensor b) => Dispatch.Run(OpDefs.Mul, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Product, element by element.</summary>
    public static Tensor operator *(long a, Tensor b) => Dispatch.Run(OpDefs.Mul, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Div, a, b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, double b) => Dispatch.Run(OpDefs.Div, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(Tensor a, long b) => Dispatch.Run(OpDefs.Div, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(double a, Tensor b) => Dispatch.Run(OpDefs.Div, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Quotient; integers truncate toward zero.</summary>
    public static Tensor operator /(long a, Tensor b) => Dispatch.Run(OpDefs.Div, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Rem, a, b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, double b) => Dispatch.Run(OpDefs.Rem, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(Tensor a, long b) => Dispatch.Run(OpDefs.Rem, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(double a, Tensor b) => Dispatch.Run(OpDefs.Rem, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Remainder with the sign of the dividend, as in C#.</summary>
    public static Tensor operator %(long a, Tensor b) => Dispatch.Run(OpDefs.Rem, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Greater, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, double b) => Dispatch.Run(OpDefs.Greater, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(Tensor a, long b) => Dispatch.Run(OpDefs.Greater, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(double a, Tensor b) => Dispatch.Run(OpDefs.Greater, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >(long a, Tensor b) => Dispatch.Run(OpDefs.Greater, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => Dispatch.Run(OpDefs.GreaterEqual, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, double b) => Dispatch.Run(OpDefs.GreaterEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(Tensor a, long b) => Dispatch.Run(OpDefs.GreaterEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(double a, Tensor b) => Dispatch.Run(OpDefs.GreaterEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator >=(long a, Tensor b) => Dispatch.Run(OpDefs.GreaterEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Less, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, double b) => Dispatch.Run(OpDefs.Less, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(Tensor a, long b) => Dispatch.Run(OpDefs.Less, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(double a, Tensor b) => Dispatch.Run(OpDefs.Less, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <(long a, Tensor b) => Dispatch.Run(OpDefs.Less, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => Dispatch.Run(OpDefs.LessEqual, a, b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, double b) => Dispatch.Run(OpDefs.LessEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(Tensor a, long b) => Dispatch.Run(OpDefs.LessEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(double a, Tensor b) => Dispatch.Run(OpDefs.LessEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise comparison.</summary>
    public static Tensor operator <=(long a, Tensor b) => Dispatch.Run(OpDefs.LessEqual, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Element-wise equality with a number. Two tensors compare by reference; use <c>Ops.Equal</c>.</summary>
    public static Tensor operator ==(Tensor a, double b) => Dispatch.Run(OpDefs.Equal, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise inequality with a number.</summary>
    public static Tensor operator !=(Tensor a, double b) => Dispatch.Run(OpDefs.NotEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise equality with a number.</summary>
    public static Tensor operator ==(Tensor a, long b) => Dispatch.Run(OpDefs.Equal, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Element-wise inequality with a number.</summary>
    public static Tensor operator !=(Tensor a, long b) => Dispatch.Run(OpDefs.NotEqual, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Negation.</summary>
    public static Tensor operator -(Tensor a) => Dispatch.Run(OpDefs.Neg, a);

    /// <summary>The tensor itself.</summary>
    public static Tensor operator +(Tensor a) => a;

    /// <summary>a + 1.</summary>
    public static Tensor operator ++(Tensor a) => a + 1;

    /// <summary>a − 1.</summary>
    public static Tensor operator --(Tensor a) => a - 1;

    /// <summary>Logical or bitwise not.</summary>
    public static Tensor operator !(Tensor a) => Dispatch.Run(OpDefs.Not, a);

    /// <summary>Bitwise (on bool: logical) complement.</summary>
    public static Tensor operator ~(Tensor a) => Dispatch.Run(OpDefs.Not, a);

    /// <summary>Logical or bitwise and; evaluates both sides.</summary>
    public static Tensor operator &(Tensor a, Tensor b) => Dispatch.Run(OpDefs.And, a, b);

    /// <summary>Bitwise and with a number.</summary>
    public static Tensor operator &(Tensor a, long b) => Dispatch.Run(OpDefs.And, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Bitwise and with a number.</summary>
    public static Tensor operator &(long a, Tensor b) => Dispatch.Run(OpDefs.And, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Logical or bitwise or; evaluates both sides.</summary>
    public static Tensor operator |(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Or, a, b);

    /// <summary>Bitwise or with a number.</summary>
    public static Tensor operator |(Tensor a, long b) => Dispatch.Run(OpDefs.Or, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Bitwise or with a number.</summary>
    public static Tensor operator |(long a, Tensor b) => Dispatch.Run(OpDefs.Or, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Logical or bitwise exclusive or.</summary>
    public static Tensor operator ^(Tensor a, Tensor b) => Dispatch.Run(OpDefs.Xor, a, b);

    /// <summary>Bitwise exclusive or with a number.</summary>
    public static Tensor operator ^(Tensor a, long b) => Dispatch.Run(OpDefs.Xor, a, Dispatch.Number(b, Check.NotNull(a)));

    /// <summary>Bitwise exclusive or with a number.</summary>
    public static Tensor operator ^(long a, Tensor b) => Dispatch.Run(OpDefs.Xor, Dispatch.Number(a, Check.NotNull(b)), b);

    /// <summary>Identity of the object, which also is what <c>==</c> between two tensors means.</summary>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>Hash of the object's identity.</summary>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
