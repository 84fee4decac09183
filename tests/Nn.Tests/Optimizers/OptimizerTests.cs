namespace TensorGraph.Tests;

/// <summary>Steps on a loss whose branch alone uses one of two variables.</summary>
internal sealed partial class BranchSteps(Optimizer optimizer, Variable a, Variable b)
{
    private readonly Variable[] _variables = [a, b];

    [GraphFunction]
    public Tensor WithZeros(Tensor x)
    {
        using var tape = new GradientTape();
        Tensor y = a * x;
        if (x > 0)
            y = y + (b * x);
        Tensor?[] gradients = tape.Gradient(y, _variables);
        optimizer.Apply([.. gradients.Zip(_variables, (g, v) => g ?? Ops.ZerosLike(v))], _variables);
        return Ops.Stack([a, b]);
    }
}

public sealed class OptimizerTests
{
    // Twenty gradients that change sign and size.
    private static readonly double[] Gradients = [.. Enumerable.Range(0, 20).Select(i => Math.Sin(1.3 * i) * (i % 3 == 0 ? 2 : 0.5))];

    [Fact]
    public void With_zeros_for_no_gradient_a_variable_of_one_branch_moves_alike_in_both_modes()
    {
        float[] Run()
        {
            var steps = new BranchSteps(new Sgd(0.1, momentum: 0.5), new Variable(1f), new Variable(2f));
            return [.. new[] { 1f, -1f, -1f, 2f }.SelectMany(x => steps.WithZeros(x).ToArray<float>())];
        }

        float[] both = Both.Agree(Run);
        // Momentum goes on: 2 − 0.1, then half of the step before.
        Close.Within([1.9f, 1.85f, 1.825f], [both[1], both[3], both[5]], 1e-6, 1e-6);
    }

    public static TheoryData<double, double, bool, double> SgdSettings() => new()
    {
        { 0.1, 0, false, 0 },
        { 0.1, 0, false, 0.01 },
        { 0.1, 0.9, false, 0 },
        { 0.1, 0.9, true, 0 },
        { 0.05, 0.5, true, 0.1 },
    };

    [Theory]
    [MemberData(nameof(SgdSettings))]
    public void Sgd_follows_its_equations(double rate, double momentum, bool nesterov, double decay)
    {
        double w = 1, v = 0;
        var expected = new List<double>();
        foreach (double gradient in Gradients)
        {
            double d = gradient + (decay * w);
            v = (momentum * v) + d;
            w -= rate * (momentum == 0 ? d : nesterov ? d + (momentum * v) : v);
            expected.Add(w);
        }

        CheckSequence(expected, () => new Sgd(rate, momentum, nesterov, decay));
    }

    [Theory]
    [InlineData(0.001, 0.9, 0.999, 1e-8)]
    [InlineData(0.1, 0.5, 0.9, 1e-3)]
    [InlineData(0.01, 0, 0, 1e-8)]
    public void Adam_follows_algorithm_1(double rate, double beta1, double beta2, double epsilon)
    {
        double w = 1, m = 0, v = 0;
        var expected = new List<double>();
        for (int t = 1; t <= Gradients.Length; t++)
        {
            double g = Gradients[t - 1];
            m = (beta1 * m) + ((1 - beta1) * g);
            v = (beta2 * v) + ((1 - beta2) * g * g);
            w -= rate * (m / (1 - Math.Pow(beta1, t))) / (Math.Sqrt(v / (1 - Math.Pow(beta2, t))) + epsilon);
            expected.Add(w);
        }

        CheckSequence(expected, () => new Adam(rate, beta1, beta2, epsilon));
    }

    [Fact]
    public void The_first_step_of_adam_is_the_rate_whatever_the_gradient()
    {
        var variable = new Variable(new[] { 1f, 1, 1 });
        new Adam(0.25).Apply([new[] { 1e-3f, -5, 1e4f }], [variable]);
        Close.Within([0.75f, 1.25f, 0.75f], variable.Value.ToArray<float>(), 2e-5);
    }

    [Fact]
    public void A_schedule_needs_no_new_trace()
    {
        var sgd = new Sgd(1);
        var variable = new Variable(0.0);
        var steps = new Steps(sgd, variable);
        steps.Step(1.0);
        sgd.LearningRate.Assign(0.5);
        Assert.Equal(-1.5, steps.Step(1.0).ToDouble());
        Assert.Equal(1, GraphFunction.Of(steps.Step).TraceCount);
    }

    [Fact]
    public void State_is_variables_that_a_graph_continues()
    {
        var adam = new Adam(0.1);
        var variable = new Variable(1.0);
        var steps = new Steps(adam, variable);
        Both.Imperatively(() => steps.Step(0.5));
        steps.Step(0.5);
        Assert.Equal(2, adam.Iterations.Value.Item<long>());
        Assert.Equal(["iterations", "learning_rate", "variable/m", "variable/v"], adam.Variables.Select(each => each.Name));
    }

    [Fact]
    public void Build_makes_the_state_ahead()
    {
        var variable = new Variable(1f);
        var sgd = new Sgd(0.1, momentum: 0.5);
        sgd.Build([variable]);
        var slot = sgd.Variables[^1];
        Assert.Equal("variable/momentum", slot.Name);
        sgd.Apply([2f], [variable]);
        Assert.Equal([sgd.LearningRate, slot], sgd.Variables);
        Assert.Equal(2f, (float)slot.Value);
        Assert.Equal(["learning_rate"], new Sgd().Variables.Select(each => each.Name));
    }

    [Fact]
    public void A_variable_without_gradient_stays()
    {
        Variable used = new(1f), unused = new(2f);
        using var tape = new GradientTape();
        Tensor loss = used.Value * used.Value;
        new Sgd(0.5).Apply(tape.Gradient(loss, [used, unused]), [used, unused]);
        Assert.Equal((0f, 2f), ((float)used.Value, (float)unused.Value));
    }

    [Fact]
    public void Variables_of_several_dtypes_are_updated_together()
    {
        Variable single = new(1f), half = new(Ops.Full(new Shape(2), 1, DType.F16)), many = new(Ops.Full(new Shape(3), 1, DType.F64));
        new Sgd(0.5).Apply([1f, Ops.Full(new Shape(2), 1, DType.F16), Ops.Full(new Shape(3), 2, DType.F64)], [single, half, many]);
        Assert.Equal(0.5f, (float)single.Value);
        Assert.Equal([(Half)0.5f, (Half)0.5f], half.Value.ToArray<Half>());
        Assert.Equal([0.0, 0, 0], many.Value.ToArray<double>());
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var sgd = new Sgd();
        Variable a = new(1f, "a"), b = new(new[] { 1f, 2 }, "b");
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => sgd.Apply([null, null], [a, b]), ["none of 2"]);
        Expect.ErrorHere(DiagnosticIds.BadGradientTarget, () => sgd.Apply([], []), []);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => sgd.Apply([1f], [a, b]), ["1 gradients for 2"]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => sgd.Apply([1f], [b]), ["'b'"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => sgd.Apply([1.0], [a]), ["'a'"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => sgd.Apply(null!, [a]), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => sgd.Apply([1f], [null!]), []);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Sgd(-1), ["learningRate"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Sgd(momentum: 1), ["momentum"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Sgd(nesterov: true), ["momentum"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Adam(beta2: 1), ["beta2"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Adam(double.NaN), ["learningRate"]);
    }

    // In f64 against f64 arithmetic, and in f32; both ways.
    private static void CheckSequence(IReadOnlyList<double> expected, Func<Optimizer> make)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            var exact = new Steps(make(), new Variable(1.0));
            var single = new Steps(make(), new Variable(1f));
            for (int i = 0; i < expected.Count; i++)
            {
                double gradient = Gradients[i];
                double Run(Func<double> step) => imperatively ? Both.Imperatively(step) : step();
                Close.Within(expected[i], Run(() => exact.Step(gradient).ToDouble()), 1e-12, 1e-12, i);
                Close.Within(expected[i], Run(() => single.Step((float)gradient).ToDouble()), 1e-5, 1e-5, i);
            }

            Assert.Equal(imperatively ? 0 : 1, GraphFunction.Of(exact.Step).TraceCount);
        }
    }
}
