using System.Globalization;

namespace TensorGraph.Backends.Gpu;

/// <summary>Spellings of an element type in kernels.</summary>
/// <param name="Value">The type that it is computed with.</param>
/// <param name="Memory">The type in memory.</param>
/// <param name="Decoded">An element as a value, of what is in memory: <c>{0}</c>.</param>
/// <param name="Encoded">A value as it is in memory.</param>
/// <param name="Wrapped">The result of arithmetic in the wider type that it is computed with, as the type has it.</param>
internal sealed record ElementType(string Value, string Memory, string Decoded, string Encoded, string Wrapped)
{
    private static readonly Dictionary<DType, ElementType> All = new()
    {
        [DType.Bool] = new("i32", "u8", "({0} != 0)", "({0} != 0)", "{0}"),
        [DType.U8] = new("i32", "u8", "{0}", "(u8)({0})", "({0} & 255)"),
        [DType.I8] = new("i32", "i8", "{0}", "(i8)({0})", "(i32)(i8)({0})"),
        [DType.I16] = new("i32", "i16", "{0}", "(i16)({0})", "(i32)(i16)({0})"),
        [DType.I32] = new("i32", "i32", "{0}", "{0}", "{0}"),
        [DType.I64] = new("i64", "i64", "{0}", "{0}", "{0}"),
        [DType.F16] = new("f32", "u16", "from_f16({0})", "to_f16({0})", "round_f16({0})"),
        [DType.BF16] = new("f32", "u16", "from_bf16({0})", "to_bf16({0})", "round_bf16({0})"),
        [DType.F32] = new("f32", "f32", "{0}", "{0}", "{0}"),
        [DType.F64] = new("f64", "f64", "{0}", "{0}", "{0}"),
    };

    /// <summary>The spellings of a dtype that is no text.</summary>
    public static ElementType Of(DType dtype) => All[dtype];

    /// <summary>The type that sums of it are kept in.</summary>
    public string Sum => Value == "f32" ? "wide" : Value;

    /// <summary>True for a float.</summary>
    public bool IsFloat => Value[0] == 'f';

    /// <summary>The element at a place of a buffer of bytes.</summary>
    public string Load(string buffer, string place) => Text(Decoded, $"*(GLOBAL const {Memory}*)({buffer} + {place})");

    /// <summary>A statement that sets the element at a place.</summary>
    public string Store(string buffer, string place, string value) => $"*(GLOBAL {Memory}*)({buffer} + {place}) = {Text(Encoded, value)};";

    /// <summary>A result as the type has it.</summary>
    public string Wrap(string value) => Text(Wrapped, value);

    /// <summary>A number as a value, truncated for integers.</summary>
    public string Number(DType dtype, double value) => dtype switch
    {
        DType.Bool => value != 0 ? "1" : "0",
        _ when double.IsPositiveInfinity(value) => "INFINITY",
        _ when double.IsNegativeInfinity(value) => "-INFINITY",
        _ when IsFloat => $"({Value}){value.ToString("R", CultureInfo.InvariantCulture)}",
        // The smallest integer has no literal.
        _ when (long)value == long.MinValue => "(-9223372036854775807 - 1)",
        _ => $"({Value}){((long)value).ToString(CultureInfo.InvariantCulture)}",
    };

    private static string Text(string pattern, string argument) => pattern.Replace("{0}", argument, StringComparison.Ordinal);
}
