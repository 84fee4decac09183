namespace TensorGraph.Tests;

/// <summary>Row 5.5: beyond a budget the gradient of a loop computes iterations again, and gives the same numbers.</summary>
[Collection(ProcessState.Name)]
public sealed partial class LoopMemoryBudgetTests
{
    // Bytes of one iteration are 24 to 72 here: segments of one iteration, of some, and of all.
    private const long Tiny = 1, Some = 200, Ample = 1 << 30;

    private static readonly RandomGenerator s_generator = new(3);
    private static readonly Tensor s_x = new[] { 0.75, -1.5, 2.5 };

    [Theory]
    [InlineData("while")]
    [InlineData("nested")]
    [InlineData("array")]
    [InlineData("scan")]
    [InlineData("variable")]
    [InlineData("random")]
    [InlineData("break")]
    [InlineData("print")]
    public void Values_and_gradients_do_not_depend_on_it(string name)
    {
        var w = new Variable(new[] { 0.5, 1.25, -0.5 });
        foreach (int n in new[] { 0, 1, 5, 11 })
        {
            var (expected, lines) = Modes.Run(() => Unlimited(name, s_x, n, w), imperatively: false);
            foreach (var method in new[] { OfTiny, OfSome, (Func<string, Tensor, Tensor, Variable, Tensor[]>)OfAmple })
            {
                foreach (bool imperatively in new[] { true, false })
                {
                    var (got, printed) = Modes.Run(() => method(name, s_x, n, w), imperatively);
                    Assert.Equal(Text(expected[0]), Text(got[0]));
                    Close(expected[1], got[1], 1e-13);
                    Close(expected[2], got[2], 1e-13);
                    Assert.Equal(lines, printed);
                }
            }
        }
    }

    [Fact]
    public void Third_derivatives_do_not_depend_on_it()
    {
        foreach (int n in new[] { 1, 5 })
            Close(Third(s_x, n), ThirdInSegments(s_x, n), 1e-13);
    }

    [Fact]
    public void With_sizes_of_any_number()
    {
        using var mode = new TensorGraphOptions { IsAsynchronous = false }.Use();
        foreach (int size in new[] { 3, 4, 7, 2 })
        {
            Tensor x = Ops.Full([size, 2], 0.5, DType.F64);
            Close(Plain(x, 9), Segmented(x, 9), 1e-13);
        }

        Assert.InRange(GraphFunction.Of((Func<Tensor, Tensor, Tensor>)Segmented).TraceCount, 1, 2);
    }

    [Fact]
    public void The_peak_goes_down()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using var mode = new TensorGraphOptions { IsAsynchronous = false }.Use();
        Tensor x = Ops.Full([128, 128], 0.01);
        foreach (var (unlimited, limited) in new (Func<Tensor, Tensor, Tensor>, Func<Tensor, Tensor, Tensor>)[]
            { (Large, LargeInSegments), (LargeScan, LargeScanInSegments) })
        {
            long[] peaks = [.. new[] { unlimited, limited }.Select(method =>
            {
                var concrete = GraphFunction.Of(method).GetConcreteFunction(x, (Tensor)64);
                concrete.Call(x, 64);
                // Elements of lists are free at the next garbage collection, so that what was measured says little.
                return concrete.EstimatePeakBytes(x.Shape, Shape.Scalar)!.Value;
            })];
            Assert.True(peaks[1] < 0.6 * peaks[0], $"{peaks[1]} bytes with a budget, {peaks[0]} without");
            Close(unlimited(x, 64).Cast(DType.F64), limited(x, 64).Cast(DType.F64), 1e-5);
        }
    }

    private static string Text(params Tensor[] tensors) => string.Join(" | ", tensors.Select(tensor => $"{tensor:r}"));

    // A gradient that is a sum over iterations is summed by segments.
    private static void Close(Tensor expected, Tensor actual, double relative)
    {
        double scale = Ops.ReduceMax(Ops.Abs(expected)).Item<double>() + 1e-30;
        Assert.InRange(Ops.ReduceMax(Ops.Abs(expected - actual)).Item<double>(), 0, relative * scale);
    }

    private static Tensor F(string name, Tensor x, Tensor n, Variable w)
    {
        Tensor y = x;
        switch (name)
        {
            case "while":
                for (Tensor i = 0; i < n; i++)
                    y = Ops.Sin(y) * Ops.Exp(y * 0.5) * x;
                return y;
            case "nested":
                for (Tensor i = 0; i < n; i++)
                {
                    Tensor j = 0;
                    while (j < i)
                    {
                        y = Ops.Sin(y * x);
                        j = j + 1;
                    }

                    y = y * 1.5;
                }

                return y;
            case "array":
                var rows = new TensorArray(DType.F64, [3]);
                for (Tensor i = 0; i < n; i++)
                {
                    y = Ops.Sin(y) * x;
                    rows.Add(y * y);
                }

                return Ops.Sum(rows.Stack(), [0]) + y;
            case "scan":
                var (last, outputs) = Ops.Scan(y, Ops.Full([7], 0.5, DType.F64), (state, i) => (Ops.Sin(state + i) * x, Ops.Exp(state)));
                return last + Ops.Sum(outputs, [0]);
            case "variable":
                for (Tensor i = 0; i < n; i++)
                    y = Ops.Sin(y * w) * w;
                return y;
            case "random":
                s_generator.SetSeed(3);
                for (Tensor i = 0; i < n; i++)
                    y = Ops.Sin(y) * s_generator.Uniform([3], dtype: DType.F64);
                return y;
            case "break":
                for (Tensor i = 0; i < n; i++)
                {
                    y = Ops.Sin(y) * x;
                    if (Ops.Sum(y) > 3.9)
                        break;
                }

                return y;
            default:
                for (Tensor i = 0; i < n; i++)
                {
                    Ops.Print("iteration", i);
                    y = Ops.Sin(y) * x;
                }

                return y;
        }
    }

    private static Tensor[] Gradients(string name, Tensor x, Tensor n, Variable w)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        var y = F(name, x, n, w);
        var loss = Ops.Sum(y);
        return [y, tape.Gradient(loss, x)!, tape.Gradient(loss, w) ?? Ops.ZerosLike(x)];
    }

    [GraphFunction]
    private static Tensor[] Unlimited(string name, Tensor x, Tensor n, Variable w) => Gradients(name, x, n, w);

    [GraphFunction(LoopMemoryBudget = Tiny)]
    private static Tensor[] OfTiny(string name, Tensor x, Tensor n, Variable w) => Gradients(name, x, n, w);

    [GraphFunction(LoopMemoryBudget = Some)]
    private static Tensor[] OfSome(string name, Tensor x, Tensor n, Variable w) => Gradients(name, x, n, w);

    [GraphFunction(LoopMemoryBudget = Ample)]
    private static Tensor[] OfAmple(string name, Tensor x, Tensor n, Variable w) => Gradients(name, x, n, w);

    private static Tensor Steps(Tensor x, Tensor n)
    {
        Tensor y = x;
        for (Tensor i = 0; i < n; i++)
            y = Ops.Sin(y) * x;
        return y;
    }

    private static Tensor GradientOfThird(Tensor x, Tensor n)
    {
        Tensor First(Tensor at) => Ops.Vjp(a => Steps(a, n), at).Gradient;
        Tensor Second(Tensor at) => Ops.Vjp(First, at).Gradient;
        return Ops.Vjp(Second, x).Gradient;
    }

    [GraphFunction]
    private static Tensor Third(Tensor x, Tensor n) => GradientOfThird(x, n);

    [GraphFunction(LoopMemoryBudget = Some)]
    private static Tensor ThirdInSegments(Tensor x, Tensor n) => GradientOfThird(x, n);

    [GraphFunction]
    private static Tensor Plain(Tensor x, Tensor n) => Ops.Vjp(a => Steps(a, n), x).Gradient;

    [GraphFunction(LoopMemoryBudget = Some)]
    private static Tensor Segmented(Tensor x, Tensor n) => Ops.Vjp(a => Steps(a, n), x).Gradient;

    private static Tensor ManySteps(Tensor x, Tensor n)
    {
        Tensor y = x;
        for (Tensor i = 0; i < n; i++)
            y = Ops.Tanh(Ops.MatMul(Ops.Sigmoid(y) * y, x)) + Ops.Sin(y);
        return y;
    }

    private static Tensor ScanSteps(Tensor x) =>
        Ops.Scan(x, Ops.Ones(64), (y, _) => (Ops.Tanh(Ops.MatMul(Ops.Sigmoid(y) * y, x)) + Ops.Sin(y), default(ValueTuple))).State;

    [GraphFunction]
    private static Tensor Large(Tensor x, Tensor n) => Ops.Vjp(a => ManySteps(a, n), x).Gradient;

    [GraphFunction(LoopMemoryBudget = 1 << 21)]
    private static Tensor LargeInSegments(Tensor x, Tensor n) => Ops.Vjp(a => ManySteps(a, n), x).Gradient;

    [GraphFunction]
    private static Tensor LargeScan(Tensor x, Tensor n) => Ops.Vjp(ScanSteps, x).Gradient + n.Cast(DType.F32);

    [GraphFunction(LoopMemoryBudget = 1 << 21)]
    private static Tensor LargeScanInSegments(Tensor x, Tensor n) => Ops.Vjp(ScanSteps, x).Gradient + n.Cast(DType.F32);
}
