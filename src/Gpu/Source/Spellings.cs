using TensorGraph.Backends.Loops;

namespace TensorGraph.Backends.Gpu;

/// <summary>
/// Pointwise ops of the LoopIR as expressions over <c>a</c>, <c>b</c> and <c>c</c>. <c>T</c> is the operands' type, <c>U</c> the unsigned one.
/// </summary>
internal static class Spellings
{
    private static readonly Dictionary<string, string> Any = new(StringComparer.Ordinal)
    {
        ["equal"] = "a == b",
        ["not_equal"] = "a != b",
        ["less"] = "a < b",
        ["less_equal"] = "a <= b",
        ["greater"] = "a > b",
        ["greater_equal"] = "a >= b",
        ["select"] = "a ? b : c",
        ["max"] = "max_T(a, b)",
        ["min"] = "min_T(a, b)",
        ["sign"] = "sign_T(a)",
    };

    private static readonly Dictionary<string, string> Floats = new(StringComparer.Ordinal)
    {
        ["add"] = "a + b",
        ["sub"] = "a - b",
        ["mul"] = "a * b",
        ["div"] = "a / b",
        ["rem"] = "fmod(a, b)",
        ["pow"] = "pow(a, b)",
        ["at_least"] = "b > a ? b : a",
        ["at_most"] = "b < a ? b : a",
        ["neg"] = "-a",
        ["abs"] = "fabs(a)",
        ["floor"] = "floor(a)",
        ["ceil"] = "ceil(a)",
        ["round"] = "rint(a)",
        ["trunc"] = "trunc(a)",
        ["exp"] = "exp(a)",
        ["expm1"] = "expm1(a)",
        ["log"] = "log(a)",
        ["log1p"] = "log1p(a)",
        ["sqrt"] = "sqrt(a)",
        ["rsqrt"] = "(T)1 / sqrt(a)",
        ["sin"] = "sin(a)",
        ["cos"] = "cos(a)",
        ["tanh"] = "tanh(a)",
        ["sigmoid"] = "sigmoid_T(a)",
        ["erf"] = "erf(a)",
        ["normal_cdf"] = "normal_cdf_T(a)",
        ["atan2"] = "atan2(a, b)",
        ["is_nan"] = "a != a",
        ["is_finite"] = "fabs(a) < INFINITY",
    };

    private static readonly Dictionary<string, string> Integers = new(StringComparer.Ordinal)
    {
        ["add"] = "add_T(a, b)",
        ["sub"] = "sub_T(a, b)",
        ["mul"] = "mul_T(a, b)",
        ["div"] = "div_T(a, b)",
        ["rem"] = "rem_T(a, b)",
        ["pow"] = "pow_T(a, b)",
        ["neg"] = "neg_T(a)",
        ["abs"] = "abs_T(a)",
        ["and"] = "a & b",
        ["or"] = "a | b",
        ["xor"] = "a ^ b",
        ["not"] = "~a",
        ["shift_left"] = "(T)((U)a << (b & BITS))",
        ["shift_right"] = "a >> (b & BITS)",
        ["shift_right_logical"] = "(T)(((U)a & MASK) >> (b & BITS))",
    };

    /// <summary>True for an op that has a spelling for operands of a type.</summary>
    public static bool Has(string op, DType operand) =>
        op == "cast" || Any.ContainsKey(op) || (operand.IsFloat() ? Floats : Integers).ContainsKey(op);

    /// <summary>The value of an instruction.</summary>
    /// <param name="instruction">No load, store or fold.</param>
    /// <param name="operand">The type of its first operand.</param>
    public static string Of(LoopInstruction instruction, DType operand)
    {
        if (instruction.Op == "cast") return Cast($"v{instruction.A}", operand, instruction.DType);
        string pattern = Any.GetValueOrDefault(instruction.Op) ?? (operand.IsFloat() ? Floats : Integers)[instruction.Op];
        if (operand == DType.Bool && instruction.Op == "not") pattern = "!a";
        string value = Fill(pattern, operand, $"v{instruction.A}", $"v{instruction.B}", $"v{instruction.C}");
        return ElementType.Of(instruction.DType).Wrap(instruction.DType == DType.Bool || value.EndsWith(')') ? value : $"({value})");
    }

    /// <summary>Two values of a fold combined.</summary>
    public static string Combine(string fold, DType dtype, string left, string right)
    {
        string op = Folds.Combine(fold);
        string pattern = Any.GetValueOrDefault(op) ?? (dtype.IsFloat() ? Floats : Integers)[op];
        return Fill(pattern, dtype, left, right, "");
    }

    // Words of the patterns are single letters or capitals, and functions end with _T.
    private static string Fill(string pattern, DType operand, string a, string b, string c)
    {
        var text = new System.Text.StringBuilder();
        string type = ElementType.Of(operand).Value;
        for (int i = 0; i < pattern.Length;)
        {
            int end = i;
            while (end < pattern.Length && (char.IsAsciiLetterOrDigit(pattern[end]) || pattern[end] == '_')) end++;
            if (end == i) end++;
            string word = pattern[i..end];
            text.Append(word switch
            {
                "a" => a,
                "b" => b,
                "c" => c,
                "T" => type,
                "U" => 'u' + type[1..],
                "BITS" => FormattableString.Invariant($"{8 * operand.Size() - 1}"),
                "MASK" => operand.Size() < 4 ? FormattableString.Invariant($"{(1 << (8 * operand.Size())) - 1}u") : $"(u{type[1..]})-1",
                _ when word.EndsWith("_T", StringComparison.Ordinal) => word[..^1] + type,
                _ => word,
            });
            i = end;
        }
        return text.ToString();
    }

    /// <summary>A value as another type.</summary>
    public static string Cast(string value, DType from, DType to)
    {
        if (to == DType.Bool) return $"{value} != 0";
        ElementType type = ElementType.Of(to);
        // What a float does not hold exactly is rounded once.
        if (to is DType.F16 or DType.BF16 && from is DType.I32 or DType.I64 or DType.F64)
            return type.Wrap($"odd_{(from == DType.F64 ? "f64" : "i64")}({value})");
        if (!from.IsFloat() || to.IsFloat()) return type.Wrap($"({type.Value}){value}");
        return type.Wrap($"({type.Value})integer_{ElementType.Of(from).Value}({value})");
    }
}
