namespace TensorGraph.Tests.Behaviours;

/// <summary>A call that leaves its result in memory of the program gives what a call gives, and keeps nothing of that memory.</summary>
[Collection(ProcessState.Name)]
public sealed partial class CallIntoTests
{
    private static readonly Variable s_kept = new(Ops.Zeros(3));

    [Fact]
    public void The_elements_are_those_of_a_call()
    {
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 60).Select(i => (i % 7) - 2.5f)], 6, 10);
        foreach (Func<Tensor, Tensor> function in new Func<Tensor, Tensor>[] { Chain, Product, Reshaped, Same, Constant, Branch, Loop, Assigned, Positive, Sorted })
        {
            ConcreteFunction concrete = GraphFunction.Of(function).GetConcreteFunction(x);
            float[] expected = concrete.Call(x)[0].ToArray<float>(), into = new float[expected.Length];
            for (int call = 0; call < 3; call++)
            {
                Array.Fill(into, float.NaN);
                concrete.CallInto<float>(into, x);
                Assert.Equal(expected, into);
            }
        }
    }

    [Fact]
    public void Sizes_are_those_of_the_call()
    {
        ConcreteFunction concrete = GraphFunction.Of(Doubled).GetConcreteFunction(TensorSpec.Parse("f64[?]"));
        foreach (int length in new[] { 1, 0, 1000, 3 })
        {
            double[] into = new double[length + 2];
            concrete.CallInto(into.AsSpan(1, length), Ops.Full(new Shape(length), 1, DType.F64));
            Assert.Equal([0, .. Enumerable.Repeat(2.0, length), 0], into);
        }
    }

    [Fact]
    public void A_variable_that_takes_the_result_too_does_not_keep_the_memory()
    {
        Tensor x = new[] { 1f, 2, 3 };
        float[] into = new float[3];
        GraphFunction.Of(Kept).GetConcreteFunction(x).CallInto<float>(into, x);
        Assert.Equal([2f, 4, 6], into);
        Array.Clear(into);
        Assert.Equal([2f, 4, 6], s_kept.Value.ToArray<float>());
    }

    [Fact]
    public void The_managed_device_takes_no_memory_for_the_result()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices copy.
        var device = Devices.Managed;
        Tensor x = Ops.Ones(1 << 20);
        ConcreteFunction concrete = GraphFunction.Of(Chain).GetConcreteFunction(x);
        float[] into = new float[1 << 20];
        concrete.CallInto<float>(into, x);
        device.ResetPeakMemory();
        long before = device.LiveBytes;
        concrete.CallInto<float>(into, x);
        Assert.InRange(device.MemoryStatistics.PeakBytes - before, 0, 1 << 20);
    }

    [Fact]
    public void Threads_get_their_own_results()
    {
        ConcreteFunction concrete = GraphFunction.Of(Doubled).GetConcreteFunction(TensorSpec.Parse("f64[5000]"));
        Parallel.For(0, 200, i =>
        {
            double[] into = new double[5000];
            concrete.CallInto<double>(into, Ops.Full(new Shape(5000), i, DType.F64));
            Assert.All(into, element => Assert.Equal(2.0 * i, element));
        });
    }

    [Fact]
    public void A_tape_records_it_not_and_a_failed_call_says_why()
    {
        Tensor x = new[] { 1f, 2, 3 };
        ConcreteFunction concrete = GraphFunction.Of(Checked).GetConcreteFunction(x);
        float[] into = new float[3];
        Expect.Error(DiagnosticIds.AssertionFailed, () => concrete.CallInto<float>(into, -x));
        concrete.CallInto<float>(into, x);
        Assert.Equal([2f, 3, 4], into);
        using var tape = new GradientTape();
        tape.Watch(x);
        concrete.CallInto<float>(into, x + 1);
        Assert.Equal([3f, 4, 5], into);
    }

    [Fact]
    public void What_does_not_fit_is_told_before_anything_runs()
    {
        Tensor x = new[] { 1f, 2, 3 };
        ConcreteFunction kept = GraphFunction.Of(Kept).GetConcreteFunction(x), two = GraphFunction.Of(Two).GetConcreteFunction(x);
        s_kept.Assign(Ops.Zeros(3));
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => kept.CallInto<float>(new float[2], x), ["3 elements", "2"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => kept.CallInto<double>(new double[3], x), ["f32[3]", "Double"]);
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => kept.CallInto<float>(new float[3]), ["takes 1", "got 0"]);
        Expect.ErrorHere(DiagnosticIds.SignatureMismatch, () => two.CallInto<float>(new float[3], x), ["one tensor"]);
        Assert.Equal([0f, 0, 0], s_kept.Value.ToArray<float>());
    }

    [GraphFunction]
    private static Tensor Chain(Tensor x) => Ops.Tanh(x * 2f) + x;

    [GraphFunction]
    private static Tensor Product(Tensor x) => Ops.MatMul(x, Ops.Transpose(x, 1, 0));

    [GraphFunction]
    private static Tensor Reshaped(Tensor x) => Ops.Reshape(x + 1f, 4, 15);

    [GraphFunction]
    private static Tensor Same(Tensor x) => x;

    [GraphFunction]
    private static Tensor Constant(Tensor x) => Ops.Ones(2, 3);

    [GraphFunction]
    private static Tensor Branch(Tensor x)
    {
        if (Ops.Sum(x) > 0f)
            return x + 1f;
        return x * 2f;
    }

    [GraphFunction]
    private static Tensor Loop(Tensor x)
    {
        for (Tensor i = 0; i < 5; i++)
            x = x * 0.5f + 1f;
        return x;
    }

    [GraphFunction]
    private static Tensor Assigned(Tensor x)
    {
        s_kept.Assign(Ops.Ones(3));
        return s_kept.Value;
    }

    [GraphFunction]
    private static Tensor Positive(Tensor x) => Ops.BooleanMask(x, x > 0f);

    [GraphFunction]
    private static Tensor Sorted(Tensor x) => Ops.Softmax(Ops.Sort(x).Values);

    [GraphFunction]
    private static Tensor Doubled(Tensor x) => x + x;

    [GraphFunction]
    private static Tensor Kept(Tensor x)
    {
        Tensor y = x * 2f;
        s_kept.Assign(y);
        return y;
    }

    [GraphFunction]
    private static Tensor Checked(Tensor x)
    {
        Ops.Assert(Ops.All(x > 0f), "positive");
        return x + 1f;
    }

    [GraphFunction]
    private static (Tensor, Tensor) Two(Tensor x) => (x, x + 1f);
}
