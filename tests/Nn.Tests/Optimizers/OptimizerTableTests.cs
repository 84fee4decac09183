namespace TensorGraph.Tests.Optimizers;

/// <summary>Steps on two variables under given gradients, as a graph function.</summary>
internal sealed partial class TwoSteps(Optimizer optimizer, Variable a, Variable b)
{
    [GraphFunction]
    public Tensor Step(Tensor ofA, Tensor ofB)
    {
        optimizer.Apply([ofA, ofB], [a, b]);
        return Ops.Concat([a, b]);
    }

    [GraphFunction]
    public Tensor StepFirst(Tensor ofA)
    {
        optimizer.Apply([ofA, null], [a, b]);
        return Ops.Concat([a, b]);
    }
}

/// <summary>Each optimiser over 50 steps against its equations in double precision, imperatively and traced, with one trace.</summary>
public sealed class OptimizerTableTests
{
    private const int Steps = 50;

    /// <summary>The equations of an optimiser for one variable: changes weights in place, given gradients and the number of the step from 1.</summary>
    private delegate void Equations(double[] w, double[] g, int step, Dictionary<string, double[]> state);

    private sealed record Row(string Name, Func<Optimizer> Make, Equations Step);

    private static readonly Row[] s_rows =
    [
        new("sgd", () => new Sgd(0.1), (w, g, _, _) => Each(w, i => w[i] - (0.1 * g[i]))),
        new("sgd with a cosine", () => new Sgd(0.1) { Schedule = Schedules.Cosine(40, end: 0.1) }, (w, g, t, _) =>
            Each(w, i => w[i] - (0.1 * (0.1 + (0.9 * 0.5 * (1 + Math.Cos(Math.PI * Math.Min((t - 1) / 40.0, 1))))) * g[i]))),
        new("sgd, clipped", () => new Sgd(0.1) { Clipping = GradientClipping.ByValue(0.3) }, (w, g, _, _) => Each(w, i => w[i] - (0.1 * Math.Clamp(g[i], -0.3, 0.3)))),
        new("sgd, norms clipped", () => new Sgd(0.1) { Clipping = GradientClipping.ByNorm(0.3) }, (w, g, _, _) =>
            Each(w, i => w[i] - (0.1 * g[i] * Math.Min(1, 0.3 / Math.Sqrt(g.Sum(x => x * x)))))),
        new("momentum", () => new Sgd(0.05, momentum: 0.9, weightDecay: 0.1), (w, g, _, state) =>
        {
            double[] v = Of(state, "v", w);
            Each(v, i => (0.9 * v[i]) + g[i] + (0.1 * w[i]));
            Each(w, i => w[i] - (0.05 * v[i]));
        }),
        new("nesterov", () => new Sgd(0.05, momentum: 0.8, nesterov: true), (w, g, _, state) =>
        {
            double[] v = Of(state, "v", w);
            Each(v, i => (0.8 * v[i]) + g[i]);
            Each(w, i => w[i] - (0.05 * (g[i] + (0.8 * v[i]))));
        }),
        new("rmsprop", () => new RmsProp(0.02, decay: 0.9), (w, g, _, state) =>
        {
            double[] v = Of(state, "v", w);
            Each(v, i => (0.9 * v[i]) + (0.1 * g[i] * g[i]));
            Each(w, i => w[i] - (0.02 * g[i] / (Math.Sqrt(v[i]) + 1e-8)));
        }),
        new("centred rmsprop with momentum", () => new RmsProp(0.01, 0.95, 1e-3, momentum: 0.5, isCentered: true), (w, g, _, state) =>
        {
            double[] v = Of(state, "v", w), mean = Of(state, "mean", w), b = Of(state, "b", w);
            Each(v, i => (0.95 * v[i]) + (0.05 * g[i] * g[i]));
            Each(mean, i => (0.95 * mean[i]) + (0.05 * g[i]));
            Each(b, i => (0.5 * b[i]) + (g[i] / (Math.Sqrt(v[i] - (mean[i] * mean[i])) + 1e-3)));
            Each(w, i => w[i] - (0.01 * b[i]));
        }),
        new("adagrad", () => new Adagrad(0.1, start: 0.2), (w, g, t, state) =>
        {
            double[] s = Of(state, "s", w);
            if (t == 1)
                Each(s, _ => 0.2);
            Each(s, i => s[i] + (g[i] * g[i]));
            Each(w, i => w[i] - (0.1 * g[i] / (Math.Sqrt(s[i]) + 1e-10)));
        }),
        new("adam", () => new Adam(0.03), (w, g, t, state) =>
        {
            double[] step = AdamStep(w, g, t, state, 1e-8);
            Each(w, i => w[i] - (0.03 * step[i]));
        }),
        new("adam with a warmup", () => new Adam(0.03) { Schedule = Schedules.Warmup(10, Schedules.Stairs(15, 0.5)) }, (w, g, t, state) =>
        {
            double[] step = AdamStep(w, g, t, state, 1e-8);
            double factor = t - 1 < 10 ? t / 10.0 : Math.Pow(0.5, Math.Floor((t - 11) / 15.0));
            Each(w, i => w[i] - (0.03 * factor * step[i]));
        }),
        new("adamw", () => new AdamW(0.03, weightDecay: 0.1), (w, g, t, state) =>
        {
            double[] step = AdamStep(w, g, t, state, 1e-8);
            Each(w, i => (w[i] * (1 - (0.03 * 0.1))) - (0.03 * step[i]));
        }),
        new("lamb", () => new Lamb(0.03, weightDecay: 0.1), (w, g, t, state) =>
        {
            double[] step = AdamStep(w, g, t, state, 1e-6);
            Each(step, i => step[i] + (0.1 * w[i]));
            double trust = Math.Sqrt(w.Sum(x => x * x)) / Math.Sqrt(step.Sum(x => x * x));
            Each(w, i => w[i] - (0.03 * trust * step[i]));
        }),
    ];

    public static TheoryData<string> Names => [.. s_rows.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Follows_its_equations_for_50_steps(string name)
    {
        var row = s_rows.Single(row => row.Name == name);
        foreach (var (dtype, tolerance) in new[] { (DType.F64, 1e-11), (DType.F32, 1e-5) })
        {
            foreach (bool imperatively in new[] { true, false })
            {
                double[] a = [1, -0.5, 0.25], b = [2, 0.75];
                Dictionary<string, double[]> ofA = [], ofB = [];
                var steps = new TwoSteps(row.Make(), new Variable(((Tensor)a).Cast(dtype)), new Variable(((Tensor)b).Cast(dtype)));
                for (int t = 1; t <= Steps; t++)
                {
                    double[] gradient = Gradient(t, 3), other = Gradient(t + 100, 2);
                    row.Step(a, gradient, t, ofA);
                    row.Step(b, other, t, ofB);
                    Tensor Run() => steps.Step(((Tensor)gradient).Cast(dtype), ((Tensor)other).Cast(dtype)).Cast(DType.F64);
                    Close.Within([.. a, .. b], (imperatively ? Both.Imperatively(Run) : Run()).ToArray<double>(), tolerance, tolerance);
                }

                Assert.Equal(imperatively ? 0 : 1, GraphFunction.Of(steps.Step).TraceCount);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Accumulated_gradients_are_one_step_with_their_mean(bool imperatively)
    {
        double[] a = [1, -0.5], b = [2];
        var steps = new TwoSteps(new Adam(0.03) { AccumulationSteps = 3, Clipping = GradientClipping.ByGlobalNorm(0.5) }, new Variable((Tensor)a), new Variable((Tensor)b));
        Dictionary<string, double[]> ofA = [], ofB = [];
        for (int t = 1; t <= 4; t++)
        {
            double[][] gradients = [.. Enumerable.Range(0, 3).Select(i => Gradient((3 * t) + i, 3))];
            double[] mean = [.. Enumerable.Range(0, 3).Select(i => gradients.Average(gradient => gradient[i]))];
            double factor = Math.Min(1, 0.5 / Math.Sqrt(mean.Sum(x => x * x)));
            Each(mean, i => mean[i] * factor);
            double[] before = [.. a, .. b];
            double[] moveA = AdamStep(a, mean[..2], t, ofA, 1e-8), moveB = AdamStep(b, mean[2..], t, ofB, 1e-8);
            Each(a, i => a[i] - (0.03 * moveA[i]));
            Each(b, i => b[i] - (0.03 * moveB[i]));
            for (int i = 0; i < 3; i++)
            {
                double[] gradient = gradients[i];
                Tensor Run() => steps.Step(gradient[..2], gradient[2..]);
                double[] now = (imperatively ? Both.Imperatively(Run) : Run()).ToArray<double>();
                Close.Within(i < 2 ? before : [.. a, .. b], now, 1e-11, 1e-11);
            }
        }

        Assert.Equal(imperatively ? 0 : 1, GraphFunction.Of(steps.Step).TraceCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_gradient_of_only_some_of_the_calls_is_part_of_their_step(bool imperatively)
    {
        double[] a = [1], b = [2];
        var optimizer = new Sgd(0.1, momentum: 0.5) { AccumulationSteps = 2, Clipping = GradientClipping.ByGlobalNorm(100) };
        var steps = new TwoSteps(optimizer, new Variable((Tensor)a), new Variable((Tensor)b));
        double momentumOfA = 0, momentumOfB = 0;
        // Gradients of b in the calls of three steps: in the first one, in none, in both.
        foreach (double?[] ofB in new double?[][] { [4, null], [null, null], [6, 8] })
        {
            for (int call = 0; call < 2; call++)
            {
                Tensor Run() => ofB[call] is { } gradient ? steps.Step(new[] { 2.0 }, new[] { gradient }) : steps.StepFirst(new[] { 2.0 });
                double[] now = (imperatively ? Both.Imperatively(Run) : Run()).ToArray<double>();
                if (call == 1)
                {
                    momentumOfA = (0.5 * momentumOfA) + 2;
                    a[0] -= 0.1 * momentumOfA;
                    if (ofB.Any(gradient => gradient is not null))
                    {
                        momentumOfB = (0.5 * momentumOfB) + (ofB.Sum(gradient => gradient ?? 0) / 2);
                        b[0] -= 0.1 * momentumOfB;
                    }
                }

                Close.Within([.. a, .. b], now, 1e-12, 1e-12);
            }
        }
    }

    public static TheoryData<string> ScheduleNames => [.. s_schedules.Select(row => row.Name)];

    private static readonly (string Name, Func<Tensor, Tensor> Schedule, Func<double, double> Expected)[] s_schedules =
    [
        ("exponential", Schedules.Exponential(0.5, 10), t => Math.Pow(0.5, t / 10)),
        ("stairs", Schedules.Stairs(7, 0.2), t => Math.Pow(0.2, Math.Floor(t / 7))),
        ("piecewise", Schedules.Piecewise((5, 0.5), (20, 0.1)), t => t < 5 ? 1 : t < 20 ? 0.5 : 0.1),
        ("polynomial", Schedules.Polynomial(20, 0.1, 2), t => 0.1 + (0.9 * Math.Pow(1 - Math.Min(t / 20, 1), 2))),
        ("cosine", Schedules.Cosine(20), t => 0.5 * (1 + Math.Cos(Math.PI * Math.Min(t / 20, 1)))),
        ("inverse square root", Schedules.InverseSquareRoot(8), t => Math.Min((t + 1) / 8, Math.Sqrt(8 / (t + 1)))),
        ("warmup", Schedules.Warmup(5, Schedules.Exponential(0.9)), t => t < 5 ? (t + 1) / 5 : Math.Pow(0.9, t - 5)),
        ("warmup alone", Schedules.Warmup(5), t => t < 5 ? (t + 1) / 5 : 1),
    ];

    [Theory]
    [MemberData(nameof(ScheduleNames))]
    public void A_schedule_has_its_formula(string name)
    {
        var row = s_schedules.Single(row => row.Name == name);
        for (int t = 0; t < 30; t++)
            Close.Within(row.Expected(t), row.Schedule((double)t).ToDouble(), 1e-12, 1e-12, t);
    }

    [Fact]
    public void Averages_follow_variables_and_can_be_exchanged_with_them()
    {
        var variable = new Variable(new[] { 1.0, 2 });
        var average = new MovingAverage([variable], decay: 0.75);
        variable.Assign(new[] { 5.0, -2 });
        average.Update();
        Assert.Equal([2.0, 1], average.Averages[0].Value.ToArray<double>());
        average.Swap();
        Assert.Equal([2.0, 1], variable.Value.ToArray<double>());
        average.Swap();
        Assert.Equal([5.0, -2], variable.Value.ToArray<double>());
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new MovingAverage([variable], 1), ["decay"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => _ = new MovingAverage([new Variable(1)]), ["i32"]);
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Adam { AccumulationSteps = 0 }, ["AccumulationSteps"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => GradientClipping.ByNorm(0), ["limit"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Schedules.Piecewise((5, 1), (5, 2)), ["above 5"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new RmsProp(decay: 1), ["decay"]);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => new Sgd { Schedule = step => Ops.Ones(2) }.Apply([1f], [new Variable(1f)]), ["the schedule gives f32[2]"]);
    }

    private static double[] AdamStep(double[] w, double[] g, int t, Dictionary<string, double[]> state, double epsilon)
    {
        double[] m = Of(state, "m", w), v = Of(state, "v", w);
        Each(m, i => (0.9 * m[i]) + (0.1 * g[i]));
        Each(v, i => (0.999 * v[i]) + (0.001 * g[i] * g[i]));
        return [.. m.Select((mean, i) => mean / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + epsilon))];
    }

    private static double[] Gradient(int t, int count) => [.. Enumerable.Range(0, count).Select(i => Math.Sin((1.3 * t) + i) * ((t + i) % 3 == 0 ? 2 : 0.5))];

    private static double[] Of(Dictionary<string, double[]> state, string name, double[] like) => state.TryGetValue(name, out double[]? slot) ? slot : state[name] = new double[like.Length];

    private static void Each(double[] values, Func<int, double> next)
    {
        double[] now = [.. values.Select((_, i) => next(i))];
        now.CopyTo(values, 0);
    }
}
