using static TensorGraph.Tests.CentralDifferences;

namespace TensorGraph.Tests;

/// <summary>
/// Rows 5.1 to 5.3 and 4.10 for loops: first and second derivatives, with the tape outside of the graph, inside, and one in the other, against central
/// differences in float64 of the imperative method.
/// </summary>
public sealed partial class LoopGradientTests
{
    private static readonly double[][] s_points = [[0.9, -0.6, 0.4], [3, 2, -1], [0.1, 0.05, 0]];
    private static readonly Variable s_weight = new(0.7, "weight");
    private static readonly Variable s_count = new(0, "count", trainable: false);

    public static TheoryData<string> Names =>
    [
        "while", "do", "for", "range", "rows", "break", "nested", "return", "recurrent", "array", "array in branch", "in branch", "variable", "assigned variable", "carried tuple", "descent", "variable in branch",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void First_derivatives(string name)
    {
        foreach (double[] point in s_points)
        {
            double[] expected = Differences(x => Imperatively(() => Call(name, x)), point);
            Agree(expected, Imperatively(() => Outside(name, point)), name);
            Agree(expected, Outside(name, point), name);
            Agree(expected, Inside(name, point), name);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives(string name)
    {
        foreach (double[] point in s_points)
        {
            double[] expected = Differences(x => Imperatively(() => Weighted(Outside(name, x))), point);
            Agree(expected, Imperatively(() => SecondOutside(name, point)), name);
            Agree(expected, SecondOutside(name, point), name);
            Agree(expected, SecondInside(name, point), name);
            Agree(expected, InsideOutside(name, point), name);
        }
    }

    [Fact]
    public void By_a_variable_that_each_turn_reads()
    {
        var (result, _) = Modes.Both(() =>
        {
            Tensor x = new double[] { 0.5, -1 };
            using var tape = new GradientTape();
            Tensor y = Powers(x, 3);
            return tape.Gradient(y, s_weight)!;
        });
        // y = Σ x · w³
        Assert.Equal(3 * 0.7 * 0.7 * -0.5, result.Item<double>(), 12);
        Assert.Equal(result.Item<double>(), WeightGradient(new double[] { 0.5, -1 }).Item<double>(), 12);
    }

    [Fact]
    public void By_a_variable_that_branches_of_a_loop_read()
    {
        var (gradients, _) = Modes.Both(() =>
        {
            Tensor x = new double[] { 0.9, -0.6, 0.4 };
            using var tape = new GradientTape(persistent: true);
            tape.Watch(x);
            Tensor y = VariableInBranch(x);
            return new[] { Rounded(tape.Gradient(y, s_weight)!), Rounded(tape.Gradient(y, x)!), Rounded(ByWeightInGraph(x)) };
        });
        Assert.Equal(gradients[0].ToArray<double>(), gradients[2].ToArray<double>());
        Assert.NotEqual(0, gradients[0].Item<double>());
    }

    private static Tensor Rounded(Tensor x) => Ops.Round(x * 1e9) / 1e9;

    [GraphFunction]
    private static Tensor ByWeightInGraph(Tensor x)
    {
        using var tape = new GradientTape();
        return tape.Gradient(VariableInBranch(x), s_weight)!;
    }

    [Fact]
    public void Effects_happen_once_and_random_numbers_are_those_of_the_forward_run()
    {
        var (_, lines) = Modes.Both(() =>
        {
            RandomGenerator generator = new(7);
            s_count.Assign(0);
            Tensor x = new double[] { 1, 2 };
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = Noisy(x, generator, 3);
            // y = x · c with c random, so the gradient is y / x.
            Tensor gradient = tape.Gradient(y, x)!;
            Assert.Equal((y / x).ToArray<double>(), gradient.ToArray<double>(), new Near());
            return new[] { s_count.Value };
        });
        Assert.Equal(["turn 0", "turn 1", "turn 2"], lines);
    }

    [Fact]
    public void One_trace_serves_all_lengths()
    {
        int before = GraphFunction.Of(Inside).TraceCount;
        int[] nodes = [.. new[] { 1, 2, 5 }.Select(length =>
        {
            Inside("rows", Ops.Full([length], 0.5, DType.F64));
            return GraphFunction.Of(Inside).ConcreteFunctions[0].NodeCount;
        })];
        Assert.Equal(nodes[1], nodes[2]);
        Assert.True(GraphFunction.Of(Inside).TraceCount <= before + 2);
    }

    [Fact]
    public void What_a_loop_does_not_use_has_no_gradient() => Modes.Both(() =>
    {
        Tensor x = 2.0, unused = 3.0;
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        tape.Watch(unused);
        Tensor y = Halved(x, unused);
        return new[] { tape.Gradient(y, x), tape.Gradient(y, unused) };
    });

    [Fact]
    public void A_loop_without_a_gradient_runs_under_a_tape_until_somebody_asks()
    {
        Assert.Equal(8.0, Modes.Run(() => HostInLoop(1.0, ask: false), imperatively: false).Result.Item<double>());
        Expect.ErrorHere(DiagnosticIds.NoGradient, () => HostInLoop(1.0, ask: true), ["host_call"]);
    }

    private static Tensor Call(string name, Tensor x) => name switch
    {
        "while" => While(x),
        "do" => Do(x),
        "for" => For(x),
        "range" => Range(x),
        "rows" => Rows(x),
        "break" => Break(x),
        "nested" => Nested(x),
        "return" => Return(x),
        "recurrent" => Recurrent(x),
        "array" => Array(x),
        "array in branch" => ArrayInBranch(x),
        "in branch" => InBranch(x),
        "variable" => Powers(x, 3),
        "assigned variable" => Assigned(x),
        "descent" => Descent(x),
        "variable in branch" => VariableInBranch(x),
        _ => CarriedTuple(x),
    };

    private static Tensor Outside(string name, Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient(Call(name, x), x)!;
    }

    [GraphFunction]
    private static Tensor Inside(string name, Tensor x) => Outside(name, x);

    private static Tensor SecondOutside(string name, Tensor x)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        return outer.Gradient(Weighted(Outside(name, x)), x) ?? Ops.ZerosLike(x);
    }

    [GraphFunction]
    private static Tensor SecondInside(string name, Tensor x) => SecondOutside(name, x);

    private static Tensor InsideOutside(string name, Tensor x)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        return outer.Gradient(Weighted(Inside(name, x)), x) ?? Ops.ZerosLike(x);
    }

    private static Tensor Weighted(Tensor gradient) => (gradient * Ops.Sin(Ops.Iota(3).Cast(DType.F64) + 1)).Sum();

    private static T Imperatively<T>(Func<T> program) => Modes.Run(program, imperatively: true).Result;

    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) < 1e-9;

        public int GetHashCode(double obj) => 0;
    }

    [GraphFunction]
    private static Tensor While(Tensor x)
    {
        Tensor y = x * x + 1;
        while (y.Sum() > 3.01)
            y = y * 0.6 + Ops.Sin(x) * 0.1;
        return (y * x).Sum();
    }

    [GraphFunction]
    private static Tensor Do(Tensor x)
    {
        Tensor y = x;
        do
        {
            y = y * y * 0.5 + x;
        }
        while (y.Sum() < 5 && y.Sum() > -5 && y[0] > 0.2);
        return y.Sum();
    }

    [GraphFunction]
    private static Tensor For(Tensor x)
    {
        Tensor y = x;
        for (Tensor i = 0; i < 4; i++)
        {
            if (i == 2)
                continue;
            y = Ops.Tanh(y * x + i.Cast(DType.F64));
        }

        return (y * y).Sum();
    }

    [GraphFunction]
    private static Tensor Range(Tensor x)
    {
        Tensor y = 1.0;
        foreach (Tensor i in Ops.Range(3))
            y = y * x[i] + y;
        return y;
    }

    [GraphFunction]
    private static Tensor Rows(Tensor x)
    {
        Tensor y = 0.5;
        foreach (Tensor element in x)
            y = Ops.Tanh(y + element * y);
        return y;
    }

    [GraphFunction]
    private static Tensor Break(Tensor x)
    {
        Tensor y = x;
        foreach (Tensor i in Ops.Range(10))
        {
            y = y * 1.5 * x.Sum();
            if (Ops.Abs(y).Sum() > 4.03)
                break;
            y = y + 0.1;
        }

        return y.Sum();
    }

    [GraphFunction]
    private static Tensor Nested(Tensor x)
    {
        Tensor y = x;
        foreach (Tensor i in Ops.Range(3))
        {
            Tensor z = y;
            while (true)
            {
                z = z * 0.7 + x * 0.02;
                if (Ops.Abs(z).Sum() < 0.503)
                    break;
            }

            y = y + z * z * (i + 1).Cast(DType.F64);
            if (y.Sum() > 3.02)
                break;
        }

        return (y * y).Sum();
    }

    [GraphFunction]
    private static Tensor Return(Tensor x)
    {
        Tensor y = x;
        foreach (Tensor i in Ops.Range(5))
        {
            y = y * y + 0.1;
            if (y.Sum() > 2.01)
                return (y * 3).Sum();
        }

        return (y * x).Sum();
    }

    [GraphFunction]
    private static Tensor Recurrent(Tensor x)
    {
        var states = new TensorArray(DType.F64, Shape.Scalar);
        Tensor state = 0.0;
        foreach (Tensor element in x)
        {
            state = Ops.Tanh(state * 0.5 + element);
            states.Add(state);
        }

        Tensor all = states.Stack();
        return (all * all * Ops.Sin(Ops.Iota(3).Cast(DType.F64) + 1)).Sum();
    }

    [GraphFunction]
    private static Tensor Array(Tensor x)
    {
        var list = new TensorArray { x };
        foreach (Tensor i in Ops.Range(3))
        {
            list.Add(list[i] * Ops.Tanh(x));
            if (list.Count > 2)
                list[0] = list[^1] + x;
        }

        Tensor all = list.Stack();
        return (all * all).Sum() + (all[1] * 3).Sum();
    }

    [GraphFunction]
    private static Tensor ArrayInBranch(Tensor x)
    {
        var list = new TensorArray { x, x * x };
        if (x[0] > 0.5)
        {
            foreach (Tensor i in Ops.Range(2))
                list.Add(list[i] * list[i + 1]);
        }

        Tensor sum = 0.0;
        foreach (Tensor element in list)
            sum = sum * 0.5 + (element * element).Sum();
        return sum;
    }

    [GraphFunction]
    private static Tensor InBranch(Tensor x)
    {
        Tensor y = x;
        if (x[0] > 0.5)
        {
            foreach (Tensor i in Ops.Range(3))
                y = Ops.Sin(y * s_weight + x);
        }
        else
        {
            y = y * y;
        }

        return (y * y).Sum();
    }

    [GraphFunction]
    private static Tensor Powers(Tensor x, Tensor n)
    {
        Tensor y = x;
        for (Tensor i = 0; i < n; i++)
            y = y * s_weight;
        return y.Sum();
    }

    [GraphFunction]
    private static Tensor WeightGradient(Tensor x)
    {
        using var tape = new GradientTape();
        return tape.Gradient(Powers(x, 3), s_weight)!;
    }

    [GraphFunction]
    private static Tensor Assigned(Tensor x)
    {
        Tensor y = x;
        s_count.Assign(0);
        while (s_count < 3)
        {
            y = Ops.Tanh(y * (s_count.Value + 1).Cast(DType.F64)) * x;
            s_count.AssignAdd(1);
        }

        return y.Sum();
    }

    [GraphFunction]
    private static Tensor CarriedTuple(Tensor x)
    {
        (Tensor a, Tensor b) = (x, x * 0.5);
        foreach (Tensor i in Ops.Range(3))
            (a, b) = (b * x + a, Ops.Sin(a));
        return (a * b).Sum();
    }

    [GraphFunction]
    private static Tensor VariableInBranch(Tensor x)
    {
        Tensor y = x;
        foreach (Tensor i in Ops.Range(3))
        {
            if (y.Sum() > 0.6)
                y = Ops.Sin(y * s_weight) * s_weight + x;
            else
                y = y * 1.5 - s_weight * x;
        }

        return (y * y).Sum();
    }

    // Each turn differentiates something itself.
    [GraphFunction]
    private static Tensor Descent(Tensor x)
    {
        Tensor y = x * 0.5;
        foreach (Tensor i in Ops.Range(3))
        {
            using var tape = new GradientTape();
            tape.Watch(y);
            Tensor energy = (Ops.Sin(y) * y * x).Sum();
            y = y - tape.Gradient(energy, y)! * 0.1;
        }

        return (y * y).Sum();
    }

    [GraphFunction]
    private static Tensor Noisy(Tensor x, RandomGenerator generator, Tensor n)
    {
        Tensor y = x;
        for (Tensor i = 0; i < n; i++)
        {
            Ops.Print("turn", i);
            s_count.AssignAdd(1);
            y = y * generator.Uniform([2], dtype: DType.F64);
        }

        return y;
    }

    [GraphFunction]
    private static Tensor HostInLoop(Tensor x, bool ask)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        for (Tensor i = 0; i < 3; i++)
            y = Ops.HostCall(values => [values[0] * 2], [y.Type], y)[0];
        return ask ? tape.Gradient(y, x)! : y;
    }

    [GraphFunction]
    private static Tensor Halved(Tensor x, Tensor unused)
    {
        Tensor y = x;
        while (y > 0.3)
            y = y / 2;
        return y;
    }
}
