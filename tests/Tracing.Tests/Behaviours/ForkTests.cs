namespace TensorGraph.Tests;

/// <summary>Independent branches of a graph run in parallel when it pays: nothing but the time shows it. Behaviour 6.7.</summary>
[Collection(ProcessState.Name)]
public sealed partial class ForkTests : IDisposable
{
    private readonly int _threads = Devices.Managed.Threads;

    public ForkTests() => Devices.Managed.Threads = 2;

    public void Dispose() => Devices.Managed.Threads = _threads;

    [Fact]
    public void Two_towers_give_the_bits_of_the_interpreter()
    {
        Tensor x = Ops.Iota(32 * 64).Cast(DType.I32).Reshape(32, 64) % 11;

        var (found, _) = Modes.Both(() => Towers(x));

        Assert.Contains("fork of 2 groups", Dump(Towers), StringComparison.Ordinal);
        using var device = Device.Use(Devices.Interpreter);
        Assert.Equal(Towers(x.To(Devices.Interpreter)).ToArray<int>(), found.ToArray<int>());
    }

    [Fact]
    public void Loops_that_do_not_need_each_other_run_side_by_side()
    {
        Tensor x = Ops.Ones(32, 32) / 40;

        Modes.Both(() => TwoLoops(x));

        Assert.Contains("fork of 2 groups", Dump(TwoLoops), StringComparison.Ordinal);
    }

    [Fact]
    public void A_training_step_of_two_towers_is_the_same_with_any_number_of_threads()
    {
        Tensor x = (Ops.Iota(32 * 64).Cast(DType.F32).Reshape(32, 64) % 7 / 7) - 0.4f;
        string[] found = [.. new[] { 1, 2, 4 }.Select(threads =>
        {
            Devices.Managed.Threads = threads;
            var model = new Model();
            for (int i = 0; i < 3; i++)
                model.Step(x).ToDouble();
            return string.Join(' ', model.Weights.SelectMany(weight => weight.Value.ToArray<float>()).Select(BitConverter.SingleToInt32Bits));
        })];

        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
    }

    [Fact]
    public void A_failure_in_a_branch_has_the_line_of_the_user()
    {
        Tensor x = Ops.Ones(32, 64).Cast(DType.I32);
        Tensor rows = Ops.Full([32], 5).Cast(DType.I32);

        Modes.Fails(DiagnosticIds.OutOfRange, () => Rows(x, rows * 20).ToArray<int>(), "ForkTests.cs", "position 100");

        Modes.Both(() => Rows(x, rows));
        Assert.Contains("fork of 2 groups", Dump(Rows), StringComparison.Ordinal);
    }

    // Another device has no forks.
    private static string Dump(Delegate method) =>
        Device.Default == Devices.Managed ? GraphFunction.Of(method).ConcreteFunctions[0].Dump() : "fork of 2 groups";

    [GraphFunction]
    private static Tensor Towers(Tensor x)
    {
        Tensor left = x, right = x;
        for (int i = 0; i < 3; i++)
            left = left.MatMul(Weight(3 + i)) % 13;
        for (int i = 0; i < 3; i++)
            right = right.MatMul(Weight(7 + i)) % 17;
        return (left * right).Sum(0);
    }

    [GraphFunction]
    private static (Tensor, Tensor) TwoLoops(Tensor x)
    {
        Tensor y = x, i = 0L;
        while (i < 20)
        {
            y = Ops.Tanh(y.MatMul(x)) + x;
            i = i + 1;
        }

        Tensor z = x, j = 0L;
        while (j < 30)
        {
            z = Ops.Tanh(z.MatMul(x)) - x;
            j = j + 1;
        }

        return (y, z);
    }

    [GraphFunction]
    private static Tensor Rows(Tensor x, Tensor rows)
    {
        Tensor left = x.MatMul(Weight(3)).MatMul(Weight(4)) % 13;
        Tensor right = Ops.Gather(x, rows).MatMul(Weight(5)) % 13;
        return left + right;
    }

    private static Tensor Weight(int step) => Ops.Iota(64 * 64).Cast(DType.I32).Reshape(64, 64) * step % 5;

    private sealed partial class Model
    {
        public Variable[] Weights { get; } = [.. Enumerable.Range(0, 6).Select(i => new Variable(Ops.Cos(Ops.Iota(64 * 64).Cast(DType.F32).Reshape(64, 64) * (i + 1)) / 8))];

        [GraphFunction]
        public Tensor Step(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor left = x, right = x;
            for (int i = 0; i < 3; i++)
                left = Ops.Softmax(left.MatMul(Weights[i]), -1);
            for (int i = 3; i < 6; i++)
                right = Ops.Softmax(right.MatMul(Weights[i]), -1);
            Tensor loss = Ops.Square(left - right).Sum();
            Tensor?[] gradients = tape.Gradient(loss, Weights);
            for (int i = 0; i < 6; i++)
                Weights[i].AssignSub(gradients[i]! * 0.1f);
            return loss;
        }
    }
}
