using System.Globalization;

namespace TensorGraph.Ir;

/// <summary>
/// One size of a shape as the analyzer knows it: a number, a declared name, or an unknown size. It has the members that the shared type rules use of
/// the run time's type. Different names may have one size, so only two numbers are certain to differ.
/// </summary>
internal readonly struct Dim : IEquatable<Dim>
{
    private static long s_fresh;
    private readonly long _value;
    private readonly string? _name;

    private Dim(long value, string? name) => (_value, _name) = (value, name);

    /// <summary>An unknown size that equals no other one for certain.</summary>
    public static Dim Unknown() => new(Interlocked.Increment(ref s_fresh), "?");

    public static Dim Symbol(string name) => name == "?" ? Unknown() : new(0, name);

    /// <summary>True for an unknown size.</summary>
    public bool IsUnknown => _name == "?";

    public bool IsConstant => _name is null;

    public bool IsSymbol => !IsConstant;

    /// <summary>The number of a constant size.</summary>
    public long Value => _value;

    public long ValueOr(long otherwise) => IsConstant ? _value : otherwise;

    public bool Is(long value) => IsConstant && _value == value;

    public static implicit operator Dim(long value) => new(value, null);

    public static implicit operator Dim(int value) => new(value, null);

    public static Dim operator +(Dim a, Dim b) => a.Is(0) ? b : b.Is(0) ? a : Combine(a, b, static (x, y) => checked(x + y));

    public static Dim operator -(Dim a, Dim b) => b.Is(0) ? a : Combine(a, b, static (x, y) => checked(x - y));

    public static Dim operator *(Dim a, Dim b) => a.Is(0) || b.Is(0) ? 0 : a.Is(1) ? b : b.Is(1) ? a : Combine(a, b, static (x, y) => checked(x * y));

    public static Dim FloorDiv(Dim a, Dim b) =>
        b.Is(1) ? a : b.Is(0) ? Unknown() : Combine(a, b, static (x, y) => (x / y) - (x % y != 0 && (x < 0) != (y < 0) ? 1 : 0));

    public static Dim Max(Dim a, Dim b) => a == b ? a : Combine(a, b, Math.Max);

    /// <summary>The smaller one.</summary>
    public static Dim Min(Dim a, Dim b) => a == b ? a : Combine(a, b, Math.Min);

    public static bool operator ==(Dim a, Dim b) => a.Equals(b);

    public static bool operator !=(Dim a, Dim b) => !a.Equals(b);

    public bool Equals(Dim other) => _value == other._value && string.Equals(_name, other._name, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Dim other && Equals(other);

    public override int GetHashCode() => _value.GetHashCode() ^ (_name is null ? 0 : StringComparer.Ordinal.GetHashCode(_name));

    public override string ToString() => _name ?? _value.ToString(CultureInfo.InvariantCulture);

    private static Dim Combine(Dim a, Dim b, Func<long, long, long> f)
    {
        if (!a.IsConstant || !b.IsConstant)
            return Unknown();
        try
        {
            return f(a._value, b._value);
        }
        catch (OverflowException)
        {
            return Unknown();
        }
    }
}
