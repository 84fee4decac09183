namespace TensorGraph.Tests;

/// <summary>Row 8.3: a C# number takes the tensor's dtype where it is representable, else an error names both.</summary>
public sealed partial class NumberTests
{
    private static readonly DType[] s_numbers = [.. Enum.GetValues<DType>().Where(dtype => dtype.IsInteger() || dtype.IsFloat())];

    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_programs = new()
    {
        ["max"] = static x => Ops.Max(x, 1), ["min"] = static x => Ops.Min(1, x), ["pow"] = static x => Ops.Pow(x, 2), ["clip"] = static x => Ops.Clip(x, 0, 1),
        ["where"] = static x => Ops.Where(x > 1, x, 0), ["where, left"] = static x => Ops.Where(x > 1, 0, x), ["mod"] = static x => Ops.Mod(x, 2),
        ["floor"] = static x => Ops.FloorDiv(x, 2), ["+"] = static x => x + 1, ["-"] = static x => 3 - x, ["*"] = static x => x * 2, ["/"] = static x => x / 2,
        ["%"] = static x => x % 2, ["add"] = static x => Ops.Add(1, x), ["sub"] = static x => Ops.Sub(3, x), ["mul"] = static x => Ops.Mul(x, 2), ["div"] = static x => Ops.Div(6, x),
        ["rem"] = static x => Ops.Rem(x, 2), ["squared"] = static x => Ops.SquaredDifference(x, 2), ["divide no nan"] = static x => Ops.DivideNoNan(6, x),
        ["clip, mixed"] = static x => Ops.Clip(x, 1, x), ["clip, mixed right"] = static x => Ops.Clip(x, x, 2), ["clip, float"] = static x => Ops.Clip(x, 0f, 1f),
        ["array"] = static x => Filled(x), ["at"] = static x => x.At(0).Set(3), ["at add"] = static x => x.At(0).Add(3), ["max, double"] = static x => Ops.Max(x, 1.0), ["clip, double"] = static x => Ops.Clip(x, 0.0, 1),
    };

    public static TheoryData<string, DType> Programs
    {
        get
        {
            TheoryData<string, DType> all = [];
            foreach (string program in s_programs.Keys)
            {
                foreach (var dtype in s_numbers)
                    all.Add(program, dtype);
            }

            return all;
        }
    }

    public static TheoryData<double, DType> Unrepresentable
    {
        get
        {
            TheoryData<double, DType> all = [];
            foreach (var dtype in s_numbers)
            {
                foreach (double number in new[] { 2.5, double.NaN, double.PositiveInfinity, -1, 300, 1e300 })
                {
                    bool fits = dtype.IsFloat() ? number != 1e300 || dtype == DType.F64 : number is -1 or 300 && Fits((long)number, dtype);
                    if (!fits)
                        all.Add(number, dtype);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Row_8_3_the_number_takes_the_dtype(string program, DType dtype)
    {
        Tensor x = Ops.Cast(new[] { 0, 1, 2, 3 }, dtype);
        var (result, _) = Modes.Both(() => Run(program, x));
        Assert.Equal(dtype, result.DType);
    }

    [Theory]
    [MemberData(nameof(Unrepresentable))]
    public void Row_8_3_an_error_names_the_number_and_the_dtype(double number, DType dtype)
    {
        Tensor x = Ops.Cast(new[] { 0, 1 }, dtype);
        string text = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        foreach (var use in new Func<Tensor>[]
        {
            () => Larger(x, number), () => x + number, () => number * x, () => Ops.Where(x > 0, x, number), () => Ops.Clip(x, number, number), () => Ops.Pow(x, number), () => x < number,
        })
        {
            Modes.Fails("TG2005", () => use(), text, dtype.Name());
        }
    }

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void A_number_is_compared_in_the_dtype_of_the_tensor(string comparison, bool[] expected, DType dtype)
    {
        Tensor x = Ops.Cast(new[] { 1, 2, 3 }, dtype);
        Assert.Equal(expected, Modes.Both(() => Compared(comparison, x)).Result.ToArray<bool>());
    }

    public static TheoryData<string, bool[], DType> Comparisons
    {
        get
        {
            TheoryData<string, bool[], DType> all = [];
            foreach (var dtype in s_numbers)
            {
                all.Add("=", [false, true, false], dtype);
                all.Add("≠", [true, false, true], dtype);
                all.Add(">", [false, false, true], dtype);
                all.Add("≥", [true, true, false], dtype);
                all.Add("<", [true, false, false], dtype);
                all.Add("≤", [false, true, true], dtype);
            }

            return all;
        }
    }

    [Fact]
    public void Bits_beside_a_number_keep_the_dtype()
    {
        Tensor x = Ops.Cast(new[] { 1, 6, 12 }, DType.I64);
        var (result, _) = Modes.Both(() => Bits(x));
        Assert.Equal([0, 4, 4, 7, 6, 14, 7, 0, 10, 4, 24, 48, 0, 3, 6, 0, 3, 6, 0, 4, 4, 7, 0, 10], result.ToArray<long>());
    }

    [Fact]
    public void Numbers_alone_have_the_dtype_of_C_sharp()
    {
        Tensor c = new[] { true, false };
        Assert.Equal(
            "i32[2] [1, 0] | f64[2] [0, 1.5] | f32[2] [1, 0.5] | i64[2] [1, 2] | f32[3] [0, 0.5, 1] | f64[3] [0, 0.5, 1] | f64[2] [0, 1]",
            string.Join(" | ", Modes.Both(() => Alone(c)).Result.Select(tensor => $"{tensor.Type} {tensor}")));
        Assert.Equal([2f, 1f], Modes.Both(() => Ops.SigmoidCrossEntropy(new[] { 2f, 1f }, 0)).Result.ToArray<float>().Select(x => MathF.Round(x)));
    }

    [Fact]
    public void Ranges_and_scans_take_the_dtype_of_what_they_count_and_walk()
    {
        Tensor x = new[] { 1.0, 2, 4 };
        var (sums, _) = Modes.Both(() => Sums(x));
        Assert.Equal("f64[3] [1, 3, 7]", $"{sums.Type} {sums}");
        var (counted, _) = Modes.Both(() => Counted(x));
        Assert.Equal("i64[] 3", $"{counted.Type} {counted}");
    }

    [Fact]
    public void A_variable_takes_a_number_in_its_dtype()
    {
        foreach (var dtype in s_numbers)
        {
            var (result, _) = Modes.Both(() =>
            {
                var variable = new Variable(Ops.Cast(5, dtype));
                return Updated(variable);
            });
            Assert.Equal($"{dtype.Name()}[] 4", $"{result.Type} {result}");
        }

        var pair = new Variable(new[] { 1, 2 });
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => pair.Assign(0)).Id);
        Assert.Equal(DiagnosticIds.NotRepresentable, Assert.Throws<GraphException>(() => pair.AssignAdd(0.5)).Id);
    }

    [Fact]
    public void A_number_beyond_doubles_stays_exact_beside_i64()
    {
        Tensor x = new[] { long.MaxValue - 1, 0L };
        Assert.Equal([long.MaxValue, long.MaxValue], Modes.Both(() => Largest(x)).Result.ToArray<long>());
        Assert.Equal(DiagnosticIds.NotRepresentable, Assert.Throws<GraphException>(() => Ops.Max(x, ulong.MaxValue)).Id);
    }

    [Fact]
    public void A_function_of_two_tensors_is_still_a_delegate()
    {
        Func<Tensor, Tensor, Tensor> larger = Ops.Max;
        Assert.Equal("[2, 3]", larger(new[] { 1, 3 }, new[] { 2, 2 }).ToString());
    }

    [Fact]
    public void Row_8_3_even_numbers_and_powers()
    {
        Assert.Equal("[true, false, true]", Modes.Both(() => Even(new[] { 0, 1, 2 })).Result.ToString());
        Assert.Equal("[0, 1, 2]", Modes.Both(() => Root(new[] { 0f, 1f, 4f })).Result.ToString());
    }

    private static bool Fits(long number, DType dtype) => Literal.FromLongs(new(dtype, Shape.Scalar), _ => number).GetLong(0) == number;

    [GraphFunction]
    private static Tensor Run(string program, Tensor x) => s_programs[program](x);

    [GraphFunction]
    private static Tensor Larger(Tensor x, double number) => Ops.Max(x, number);

    [GraphFunction]
    private static Tensor Even(Tensor x) => x % 2 == 0;

    [GraphFunction]
    private static Tensor Root(Tensor x) => Ops.Pow(x, 0.5);

    [GraphFunction]
    private static Tensor Compared(string comparison, Tensor x) => comparison switch
    {
        "=" => Ops.Equal(x, 2),
        "≠" => Ops.NotEqual(2, x),
        ">" => Ops.Greater(x, 2),
        "≥" => Ops.GreaterEqual(2, x),
        "<" => Ops.Less(x, 2.0),
        _ => Ops.LessEqual(2f, x),
    };

    [GraphFunction]
    private static Tensor Bits(Tensor x) => Ops.Stack([
        Ops.And(x, 4), Ops.Or(6, x), Ops.Xor(x, 6), Ops.ShiftLeft(x, 2), Ops.ShiftRight(x, 1), Ops.ShiftRightLogical(x, 1), x & 4, 6 ^ x]);

    [GraphFunction]
    private static Tensor[] Alone(Tensor c) =>
        [Ops.Where(c, 1, 0), Ops.Where(c, 0, 1.5), Ops.Where(c, 1f, 0.5f), Ops.Where(c, 1, 2L), Ops.Linspace(0, 1, 3), Ops.Linspace(0, 1.0, 3), Ops.Linspace(0, Ops.Cast(1, DType.F64), 2)];

    [GraphFunction]
    private static Tensor Sums(Tensor x) => Ops.Scan(0, x, (sum, entry) => (sum + entry, sum + entry)).Outputs;

    [GraphFunction]
    private static Tensor Counted(Tensor x)
    {
        Tensor sum = 0L;
        foreach (Tensor i in Ops.Range(1, Ops.Size(x)))
            sum += i;
        return sum;
    }

    [GraphFunction]
    private static Tensor Updated(Variable variable)
    {
        variable.Assign(3);
        variable.AssignAdd(2);
        variable.AssignSub(1);
        return variable;
    }

    [GraphFunction]
    private static Tensor Largest(Tensor x) => Ops.Max(x, long.MaxValue);

    private static Tensor Filled(Tensor x)
    {
        var array = new TensorArray();
        array.Add(x[0]);
        array.Add(2);
        return array.Stack();
    }
}
