namespace TensorGraph.Tests;

/// <summary>Row 7.5: one element decides, whatever its shape.</summary>
public sealed partial class OneElementConditionTests
{
    public static TheoryData<string> Programs => [.. s_programs.Keys];

    private static readonly Dictionary<string, Func<Tensor, Tensor>> s_programs = new()
    {
        ["if"] = If, ["while"] = While, ["do"] = Do, ["?:"] = Ternary, ["&&"] = And, ["||"] = Or, ["!"] = Not, ["switch"] = Switch,
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void Row_7_5_one_element_decides(string program)
    {
        foreach (int[] shape in new int[][] { [], [1], [1, 1] })
        {
            foreach (float number in new[] { 5f, -5f })
                Modes.Both(() => s_programs[program](Ops.Reshape(number, [.. shape.Select(size => (Dim)size)])));
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Row_7_5_more_elements_are_the_same_error_both_ways(string program)
    {
        Modes.Fails("TG2003", () => s_programs[program](new[] { 5f, -5f }), "bool[2] is not one bool");
        Modes.Fails("TG2003", () => s_programs[program](Ops.Zeros(0)), "bool[0] is not one bool");
    }

    [Fact]
    public void Row_7_5_with_a_size_that_the_signature_leaves_open()
    {
        Modes.Both(() => AnySize(new[] { 5f }));
        Modes.Both(() => AnySize(new[] { -5f }));
        Assert.ThrowsAny<GraphException>(() => AnySize(new[] { 5f, 5f }));
    }

    [GraphFunction]
    private static Tensor If(Tensor x)
    {
        if (x > 0)
            return x + 1;
        return x - 1;
    }

    [GraphFunction]
    private static Tensor While(Tensor x)
    {
        while (x > 0)
            x = x - 2;
        return x;
    }

    [GraphFunction]
    private static Tensor Do(Tensor x)
    {
        do
            x = x - 2;
        while (x > 0);
        return x;
    }

    [GraphFunction]
    private static Tensor Ternary(Tensor x) => x > 0 ? x + 1 : x - 1;

    [GraphFunction]
    private static Tensor And(Tensor x)
    {
        if (x > -9 && x < 0)
            return x + 1;
        return x - 1;
    }

    [GraphFunction]
    private static Tensor Or(Tensor x)
    {
        if (x < -9 || x > 0)
            return x + 1;
        return x - 1;
    }

    [GraphFunction]
    private static Tensor Not(Tensor x)
    {
        if (!(x > 0))
            return x + 1;
        return x - 1;
    }

    [GraphFunction]
    private static Tensor Switch(Tensor x) => x switch
    {
        _ when x > 0 => x + 1,
        _ => x - 1,
    };

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor AnySize(Tensor x)
    {
        if (x > 0)
            return x + 1;
        return x - 1;
    }
}
