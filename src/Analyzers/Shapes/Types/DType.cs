namespace TensorGraph.Ir;

/// <summary>An element type as the analyzer knows it. Two are different when both are known and differ: an unknown one fits each.</summary>
internal readonly struct DType : IEquatable<DType>
{
    // One more than the number of the run time's enum; 0 is unknown.
    private readonly int _number;

    private DType(int number) => _number = number;

    public static DType Unknown => default;

    public static DType Bool => Of("bool");

    public static DType I32 => Of("i32");

    public static DType I64 => Of("i64");

    public static DType F32 => Of("f32");

    public static DType F64 => Of("f64");

    public static DType String => Of("string");

    public bool IsKnown => _number > 0;

    /// <summary>From the number of the run time's enum, as constants have it.</summary>
    public static DType OfEnum(int number) => number >= 0 && number < SpecSyntax.DTypeNames.Length ? new(number + 1) : Unknown;

    public static DType Of(string name) => new(Array.IndexOf(SpecSyntax.DTypeNames, name) + 1);

    public static bool operator ==(DType a, DType b) => a._number == b._number || !a.IsKnown || !b.IsKnown;

    public static bool operator !=(DType a, DType b) => !(a == b);

    public bool Equals(DType other) => _number == other._number;

    public override bool Equals(object? obj) => obj is DType other && Equals(other);

    public override int GetHashCode() => _number;

    /// <summary>The dtype of two C# numbers together, as in C#.</summary>
    public static DType Together(DType a, DType b) => a._number > b._number ? a : b;

    public string Name() => IsKnown ? SpecSyntax.DTypeNames[_number - 1] : "?";

    public bool IsFloat() => !IsKnown || Name() is "f16" or "bf16" or "f32" or "f64";

    public bool IsInteger() => !IsKnown || Name() is "u8" or "i8" or "i16" or "i32" or "i64";

    public bool IsNumber() => IsFloat() || IsInteger();

    /// <summary>Bytes of an element; −1 when unknown.</summary>
    public int Size() => Name() switch
    {
        "bool" or "u8" or "i8" => 1,
        "i16" or "f16" or "bf16" => 2,
        "i32" or "f32" => 4,
        "i64" or "f64" => 8,
        "string" => 0,
        _ => -1,
    };

    /// <summary>As in C#: the name of the enum's member.</summary>
    public override string ToString() => Name() is "string" ? "String" : Name() is "bool" ? "Bool" : Name().ToUpperInvariant();
}
