namespace TensorGraph.Tests;

/// <summary>Code in a branch or loop that indexes an axis may be skipped where the axis is too short: nothing is assumed of its size until the graph gets there.</summary>
public sealed partial class EmptyAxisTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_loop_of_no_turns_runs(int size)
    {
        Tensor x = Values(size);
        Modes.Both(() => SetEach(x));
        Modes.Both(() => ReadEach(x));
        Modes.Both(() => SetEachOfAnySize(x));
        Modes.Both(() => ReadEachOfAnySize(x));
        Modes.Both(() => Gradient(x));
        Modes.Both(() => InBranch(x));
        Modes.Both(() => FarInBranch(x));
    }

    [Fact]
    public void Any_size_is_one_trace_with_an_input_signature()
    {
        foreach (int size in new[] { 0, 4, 1 })
            Modes.Both(() => SetEachOfAnySize(Values(size)));
        Assert.Equal(1, GraphFunction.Of(SetEachOfAnySize).TraceCount);
    }

    [Fact]
    public void Sizes_that_became_symbolic_may_be_zero_later()
    {
        foreach (int size in new[] { 3, 5, 0, 7 })
            Modes.Both(() => Relaxed(Values(size)));
        Assert.Equal(2, GraphFunction.Of(Relaxed).TraceCount);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    public void A_place_that_is_reached_and_is_not_there_is_an_error(int size)
    {
        // The line that an error names is that of the call, which a queue does not know.
        using var options = (TensorGraphOptions.Current with { IsAsynchronous = false }).Use();
        foreach (bool imperatively in new[] { true, false })
        {
            Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Modes.Run(() => FarAnyway(Values(size)).ToLiteral(), imperatively), ["4", "axis 0"]);
            Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Modes.Run(() => FarSetAnyway(Values(size)).ToLiteral(), imperatively), ["axis 0"]);
        }
    }

    private static Tensor Values(int size) => Enumerable.Range(1, size).Select(i => i / 2f).ToArray();

    private static Tensor Each(Tensor x)
    {
        foreach (Tensor i in Ops.Range(Ops.Size(x, 0)))
            x = x.At(i).Set(x[i] * x[0] + 1);
        return x;
    }

    [GraphFunction]
    private static Tensor SetEach(Tensor x) => Each(x);

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor SetEachOfAnySize(Tensor x) => Each(x);

    [GraphFunction]
    private static Tensor Relaxed(Tensor x) => Each(x);

    private static Tensor Sum(Tensor x)
    {
        Tensor sum = 0f;
        foreach (Tensor i in Ops.Range(Ops.Size(x, 0)))
            sum = sum + x[0] * x[^1] + x.Slice(i, 1).Sum() + x.At(0).Add(sum).Sum();
        return sum;
    }

    [GraphFunction]
    private static Tensor ReadEach(Tensor x) => Sum(x);

    [GraphFunction(InputSignature = ["f32[n]"])]
    private static Tensor ReadEachOfAnySize(Tensor x) => Sum(x);

    [GraphFunction]
    private static Tensor InBranch(Tensor x)
    {
        Tensor s = 0f;
        if (Ops.Size(x, 0) > 0)
            s = x[0] + x[^1] + x.At(0).Set(2f).Sum();
        return s;
    }

    [GraphFunction]
    private static Tensor FarInBranch(Tensor x)
    {
        if (Ops.Size(x, 0) > 4)
            x = x.At(4).Set(x[4] + 1);
        return x;
    }

    [GraphFunction]
    private static Tensor FarAnyway(Tensor x)
    {
        Tensor s = 0f;
        if (Ops.Size(x, 0) < 4)
            s = x[4];
        return s;
    }

    [GraphFunction]
    private static Tensor FarSetAnyway(Tensor x)
    {
        if (Ops.Size(x, 0) < 4)
            x = x.At(^5).Set(1f);
        return x;
    }

    [GraphFunction]
    private static Tensor Gradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Each(x).Sum() + Sum(x), x)!;
    }
}
