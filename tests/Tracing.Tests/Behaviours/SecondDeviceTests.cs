namespace TensorGraph.Tests;

/// <summary>Ops and their derivatives on a device that is not the current one: what they make of numbers goes there.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class SecondDeviceTests
{
    private static readonly Device There = Devices.Interpreter == Device.Default ? Devices.Managed : Devices.Interpreter;

    // On x of three elements; some of numbers alone, some with constants of the library in the op or in its gradient.
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Programs = new()
    {
        ["mean"] = x => x.Mean(),
        ["sqrt"] = x => Ops.Sqrt(x),
        ["rsqrt"] = Ops.Rsqrt,
        ["variance"] = x => Ops.Variance(x),
        ["std"] = x => Ops.Std(x),
        ["norm"] = x => Ops.Norm(x),
        ["max"] = x => Ops.Max(x, 1),
        ["min"] = x => Ops.Min(x, 1),
        ["clip"] = x => Ops.Clip(x, 0, 1.5),
        ["pow"] = x => Ops.Pow(x, 3),
        ["erf"] = x => Ops.Erf(x),
        ["normal_cdf"] = Ops.NormalCdf,
        ["leaky_relu"] = x => Ops.LeakyRelu(x),
        ["gelu"] = x => Ops.Gelu(x),
        ["layer_norm"] = x => Ops.LayerNorm(x, x, x),
        ["softmax"] = x => Ops.Softmax(x),
        ["where"] = x => Ops.Where(x > 1, x, 0),
        ["mean_squared_error"] = x => Ops.MeanSquaredError(x, x * 2),
        ["cholesky"] = x => Ops.Cholesky(Ops.Outer(x, x) + Ops.Eye(3)),
        ["inverse"] = x => Ops.Inverse(Ops.Outer(x, x) + Ops.Eye(3)),
        ["fft"] = x => Ops.Fft(x).Real,
        ["custom_gradient"] = x => Ops.CustomGradient(x, Ops.Round, (_, _, g) => g * 2),
        ["checkpoint"] = x => Ops.Checkpoint(() => Ops.Exp(x) * 2 + 1),
        ["median"] = x => Ops.Median(x),
        ["quantile"] = x => Ops.Quantile(x, 0.3),
        ["set"] = x => x.At(1).Set(x[0]),
        ["set_number"] = x => x.At(1).Set(4),
        ["position"] = x => x[(Tensor)2L],
        ["scan"] = x => Ops.Scan(x[0], x, (state, entry) => (state * entry, state)).Outputs,
        ["associative_scan"] = x => Ops.AssociativeScan(x, (a, b) => a * b),
        ["cum_prod"] = x => Ops.CumProd(x),
        ["map"] = x => Ops.Map(x, entry => entry * entry),
        ["vmap"] = x => Ops.Vmap(x, entry => entry * entry),
        ["vmap_of_both"] = x =>
        {
            Tensor sum = (x * 2).Sum();
            return Ops.Vmap(x, entry => entry * sum);
        },
        ["tril"] = x => Ops.Tril(Ops.Outer(x, x)),
        ["triu"] = x => Ops.Triu(Ops.Outer(x, x)),
        ["boolean_mask"] = x => Ops.BooleanMask(x, x > 0.7),
        ["one_hot"] = x => Ops.OneHot(Ops.ArgMax(x), 3) * x,
        ["hessian"] = x => Ops.Hessian(at => (at * at * at).Sum(), x),
        ["jacobian"] = x => Ops.Jacobian(at => at * at, x),
        ["jvp"] = x => Ops.Jvp(at => at * at, x, x).Change,
        ["hvp"] = x => Ops.Hvp(at => (at * at * at).Sum(), x, x),
        ["array"] = Array,
        ["loop"] = x => Loop(x),
        ["ones"] = x => x + Ops.Ones(3) * 2 - Ops.Iota(3, DType.F32),
    };

    public static TheoryData<string> Names => [.. Programs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_op_runs_where_its_inputs_are(string name)
    {
        var program = Programs[name];
        Tensor x = new[] { 1f, 2, 0.5f };
        string expected = program(x).ToString("f3");

        var result = program(x.To(There));

        Assert.Equal((There, expected), (result.Device, result.ToString("f3")));
        Assert.Equal(expected, Apply(x.To(There), program).ToString("f3"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_come_back_from_there(string name)
    {
        var program = Programs[name];
        Tensor x = new[] { 1f, 2, 0.5f };
        string first = First(x, program).ToString("f2"), second = Second(x, program).ToString("f2");
        Tensor There1(Tensor at) => Ops.OnDevice(There, () => program(at));

        foreach (bool imperatively in new[] { true, false })
        {
            Tensor gradient = Modes.Run(() => First(x, There1), imperatively).Result, again = Modes.Run(() => Second(x, There1), imperatively).Result;
            Assert.Equal((first, second), (gradient.ToString("f2"), again.ToString("f2")));
            Assert.Equal((x.Device, x.Device), (gradient.Device, again.Device));
        }

        Tensor there = First(x.To(There), program);
        Assert.Equal((There, first), (there.Device, there.ToString("f2")));
    }

    [Fact]
    public void A_variable_stays_where_it_is_when_numbers_are_assigned()
    {
        var variable = new Variable(((Tensor)new[] { 1f, 2 }).To(There));

        variable.AssignAdd(1);
        variable.AssignAdd(Ops.Ones(2));
        using (new GradientTape())
            variable.AssignSub(Ops.Ones(2) * 0.5);
        Assert.Equal((There, "[2.5, 3.5]"), (variable.Value.Device, variable.Value.ToString()));

        variable.Assign(Ops.Zeros(2));
        Assert.Equal(There, variable.Value.Device);
    }

    [Fact]
    public void A_number_as_an_argument_of_a_graph_goes_to_the_other_arguments()
    {
        Tensor x = ((Tensor)new[] { 1f, 2 }).To(There);

        var (result, _) = Modes.Both(() => Scaled(3f, x));

        Assert.Equal((There, "[3, 6]"), (result.Device, result.ToString()));
    }

    [Fact]
    public void A_number_that_was_sent_somewhere_stays_there()
    {
        Tensor here = Ops.Ones(3).To(Device.Default), there = Ops.Ones(3).To(There);

        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = here + there, ["add"]);
        using var tape = new GradientTape();
        Expect.ErrorHere(DiagnosticIds.MixedDevices, () => _ = here + there, ["add"]);
    }

    [Fact]
    public void Random_numbers_go_to_the_tensor_that_they_meet()
    {
        Ops.SetSeed(3);
        var x = ((Tensor)new[] { 1f, 2 }).To(There);
        Assert.Equal(There, (Ops.RandomNormal([2]) * 2 + x).Device);
    }

    [GraphFunction]
    private static Tensor Scaled(Tensor factor, Tensor x) => factor * x;

    [GraphFunction]
    private static Tensor Apply(Tensor x, Func<Tensor, Tensor> program) => program(x);

    [GraphFunction]
    private static Tensor First(Tensor x, Func<Tensor, Tensor> program)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(program(x), x) ?? Ops.ZerosLike(x);
    }

    [GraphFunction]
    private static Tensor Second(Tensor x, Func<Tensor, Tensor> program)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor gradient = tape.Gradient(program(x).Sum(), x) ?? Ops.ZerosLike(x);
        return outer.Gradient(gradient.Sum(), x) ?? Ops.ZerosLike(x);
    }

    private static Tensor Array(Tensor x)
    {
        var array = TensorArray.From(x);
        array.Add(array[0] * array[(Tensor)1L]);
        return array.Stack();
    }

    [GraphFunction]
    private static Tensor Loop(Tensor x)
    {
        Tensor sum = x[0] * 0;
        foreach (Tensor entry in x)
            sum += entry * entry;
        return sum;
    }
}
