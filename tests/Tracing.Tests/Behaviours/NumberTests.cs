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
        ["%"] = static x => x % 2, ["max, double"] = static x => Ops.Max(x, 1.0), ["clip, double"] = static x => Ops.Clip(x, 0.0, 1),
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
}
