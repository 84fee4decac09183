namespace TensorGraph.Tests.Diagnostics;

/// <summary>TG7004, a graph function that uses a tensor array from outside.</summary>
public sealed partial class TG7004Tests
{
    private static readonly TensorArray s_log = [];

    [Fact]
    public void One_in_a_field_is_refused() => Expect.ErrorHere(DiagnosticIds.ArrayFromOutside, () => Outside(1), [nameof(Outside), "argument"]);

    [Fact]
    public void An_argument_that_is_changed_is_refused() => Expect.ErrorHere(DiagnosticIds.ArrayFromOutside, () => Changed([1, 2]), ["argument", "copy"]);

    [Fact]
    public void An_argument_that_is_read_is_fine() => Assert.Equal([2, 4], Read([1, 2]).ToArray<int>());

    [GraphFunction]
    private static Tensor Outside(Tensor x)
    {
        s_log.Add(x);
        return x;
    }

    [GraphFunction]
    private static Tensor Changed(TensorArray list)
    {
        list.Add(3);
        return list.Stack();
    }

    [GraphFunction]
    private static Tensor Read(TensorArray list)
    {
        var copy = TensorArray.From(list.Stack());
        copy[0] = list[0] * 2;
        copy[1] = list[1] * 2;
        return copy.Stack();
    }
}
