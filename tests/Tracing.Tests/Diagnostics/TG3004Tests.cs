namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG3004, a tensor array that a loop cannot carry.</summary>
public sealed partial class TG3004Tests
{
    [Fact]
    public void A_loop_that_reads_an_array_without_element_type_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.ArrayNotCarried, () => Unknown(3), ["Count", "new TensorArray(DType.F32, [3])"]);

    [Fact]
    public void A_condition_that_changes_an_array_is_refused() =>
        Expect.ErrorHere(DiagnosticIds.ArrayNotCarried, () => InCondition(3), ["condition"]);

    [Fact]
    public void Nothing_to_stack_is_refused() => Expect.ErrorHere(DiagnosticIds.ArrayNotCarried, () => new TensorArray().Stack(), ["Stack"]);

    [Fact]
    public void A_loop_of_no_turns_gives_no_type_imperatively()
    {
        Tensor none = Ops.Zeros(0, 2);
        Expect.ErrorHere(DiagnosticIds.ArrayNotCarried, () => Modes.Run(() => Untyped(none), imperatively: true), ["Stack", "new TensorArray(DType.F32, [3])"]);
        Assert.Equal("f32[0, 2]", Modes.Run(() => Untyped(none), imperatively: false).Result.Type.ToString());
        Assert.Equal("f32[0, 2]", Modes.Both(() => Typed(none)).Result.Type.ToString());
    }

    [GraphFunction]
    private static Tensor Untyped(Tensor rows) => Collect(rows, new TensorArray());

    [GraphFunction]
    private static Tensor Typed(Tensor rows) => Collect(rows, new TensorArray(DType.F32, [2]));

    private static Tensor Collect(Tensor rows, TensorArray list)
    {
        foreach (Tensor row in rows)
            list.Add(row * 2);
        return list.Stack();
    }

    [Fact]
    public void With_an_element_type_it_works() => Assert.Equal([0, 1, 2], Known(3).ToArray<int>());

    [GraphFunction]
    private static Tensor Unknown(Tensor n)
    {
        var list = new TensorArray();
        while (list.Count < n)
            list.Add(1);
        return list.Stack();
    }

    [GraphFunction]
    private static Tensor InCondition(Tensor n)
    {
        var list = new TensorArray { 0 };
        while (Push(list) < n)
            n = n - 1;
        return list.Stack();
    }

    private static Tensor Push(TensorArray list)
    {
        list.Add(list[0] + 1);
        return list[^1];
    }

    [GraphFunction]
    private static Tensor Known(Tensor n)
    {
        var list = new TensorArray(DType.I32, Shape.Scalar);
        while (list.Count < n.Cast(DType.I64))
            list.Add(list.Count.Cast(DType.I32));
        return list.Stack();
    }
}
