namespace TensorGraph.Tests;

/// <summary>Row 5.5: a checkpointed block is computed again for its gradient. It gives the same numbers and keeps less.</summary>
[Collection(ProcessState.Name)]
public sealed partial class CheckpointTests
{
    private static readonly Tensor s_x = new[] { 0.75, -1.5, 2.5 };
    private static readonly RandomGenerator s_generator = new(7);
    private static readonly Variable s_weight = new(new[] { 0.5, 1.25, -2 });

    [Theory]
    [InlineData("pure")]
    [InlineData("captured")]
    [InlineData("variable")]
    [InlineData("assigned")]
    [InlineData("random")]
    [InlineData("loop")]
    [InlineData("branch")]
    [InlineData("nested")]
    [InlineData("function")]
    [InlineData("custom")]
    [InlineData("tuple")]
    [InlineData("through")]
    public void Values_and_gradients_are_those_without_it(string name)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            string plain = Modes.Run(() => Text(Inside(name, s_x, s_weight, isPlain: true)), imperatively).Result;
            Assert.Equal(plain, Modes.Run(() => Text(Inside(name, s_x, s_weight, isPlain: false)), imperatively).Result);
            Assert.Equal(plain, Modes.Run(() => Text(Around(name, s_x, s_weight)), imperatively).Result);
        }

        Assert.Equal(
            Modes.Run(() => Text(Inside(name, s_x, s_weight, isPlain: false)), imperatively: true).Result,
            Modes.Run(() => Text(Inside(name, s_x, s_weight, isPlain: false)), imperatively: false).Result);
    }

    [Theory]
    [InlineData("pure")]
    [InlineData("captured")]
    [InlineData("variable")]
    [InlineData("loop")]
    [InlineData("branch")]
    [InlineData("nested")]
    [InlineData("function")]
    public void Second_and_third_derivatives_are_those_without_it(string name)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            Assert.Equal(Modes.Run(() => Text(Higher(name, s_x, s_weight, true)), imperatively).Result,
                Modes.Run(() => Text(Higher(name, s_x, s_weight, false)), imperatively).Result);
        }
    }

    [Fact]
    public void Gradients_agree_with_central_differences()
    {
        double[] at = [0.75, -1.5, 2.5];
        foreach (string name in new[] { "pure", "captured", "loop", "branch", "nested" })
        {
            foreach (bool imperatively in new[] { true, false })
            {
                CentralDifferences.Agree(
                    CentralDifferences.Differences(x => Ops.Sum(Value(name, x, s_weight)), at),
                    Modes.Run(() => Inside(name, at, s_weight, isPlain: false)[1], imperatively).Result, name);
            }
        }
    }

    [Theory]
    [InlineData("vmap")]
    [InlineData("map")]
    [InlineData("scan")]
    [InlineData("custom")]
    [InlineData("device")]
    public void A_function_in_a_block_may_read_variables(string name)
    {
        foreach (bool imperatively in new[] { true, false })
        {
            Tensor[] plain = Modes.Run(() => Reading(name, s_x, s_weight, isPlain: true), imperatively).Result;
            Tensor[] block = Modes.Run(() => Reading(name, s_x, s_weight, isPlain: false), imperatively).Result;
            Assert.Equal(Text(plain), Text(block));
        }
    }

    [GraphFunction]
    private static Tensor[] Reading(string name, Tensor x, Variable weight, bool isPlain)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor Body() => name switch
        {
            "vmap" => Ops.Vmap(x, item => Ops.Sin(item) + (item * weight)),
            "map" => Ops.Map(x, item => Ops.Sin(item) + (item * weight)),
            "scan" => Ops.Scan(Ops.Sum(x), x, (sum, item) => (sum + (item * Ops.Sum(weight)), sum * item)).Outputs,
            "custom" => Ops.CustomGradient(x, v => v * weight, (v, _, g) => g * v * weight),
            _ => Ops.OnDevice(Device.Current, () => Ops.Sin(x) * weight),
        };
        Tensor y = isPlain ? Body() : Ops.Checkpoint(Body);
        Tensor loss = Ops.Sum(y * y);
        return [loss, .. tape.Gradient(loss, [x]).Select(gradient => gradient ?? Ops.ZerosLike(x) / 0)];
    }

    [Fact]
    public void Effects_happen_once()
    {
        foreach (bool imperatively in new[] { true, false })
        {
            var (_, lines) = Modes.Run(() => Inside("print", s_x, s_weight, isPlain: false), imperatively);
            Assert.Equal(["sum 1.75"], lines);
            (_, lines) = Modes.Run(() => Around("print", s_x, s_weight), imperatively);
            Assert.Equal(["sum 1.75"], lines);
        }
    }

    [Fact]
    public void A_block_keeps_its_inputs_alone()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using var mode = new TensorGraphOptions { IsAsynchronous = false }.Use();
        Tensor x = Ops.Full([256, 256], 0.01);
        long[] peaks = [.. new[] { true, false }.Select(isPlain =>
        {
            var concrete = GraphFunction.Of((Func<Tensor, bool, Tensor>)Deep).GetConcreteFunction(x, isPlain);
            concrete.Call(x);
            return concrete.EstimatePeakBytes()!.Value;
        })];
        Assert.True(peaks[1] < 0.5 * peaks[0], $"{peaks[1]} bytes in blocks, {peaks[0]} without");
        Assert.Equal(Text(Deep(x, true)), Text(Deep(x, false)));
    }

    [Fact]
    public void Op_by_op_a_block_keeps_its_inputs_alone()
    {
        if (Device.Current != Devices.Managed)
            return; // Other devices do not count.
        using var mode = new TensorGraphOptions { RunImperatively = true }.Use();
        Tensor x = Ops.Full([512, 512], 0.01);
        long[] kept = [.. new[] { true, false }.Select(isPlain =>
        {
            long before = Devices.Managed.LiveBytes;
            using var tape = new GradientTape();
            tape.Watch(x);
            Tensor y = x;
            for (int i = 0; i < 4; i++)
                y = isPlain ? Block(y) : Ops.Checkpoint(Block, y);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long live = Devices.Managed.LiveBytes - before;
            Assert.Equal(x.Shape, tape.Gradient(Ops.Sum(y), x)!.Shape);
            GC.KeepAlive(y);
            return live;
        })];
        Assert.True(kept[1] < 0.5 * kept[0], $"{kept[1]} bytes in blocks, {kept[0]} without");
    }

    [Fact]
    public void What_is_no_block_is_an_error()
    {
        Expect.Error(DiagnosticIds.NullArgument, () => Ops.Checkpoint((Func<Tensor>)null!));
        Expect.Error(DiagnosticIds.NullArgument, () => Ops.Checkpoint(null!, s_x));
        Expect.Error(DiagnosticIds.NullArgument, () => Ops.Checkpoint(x => x, null!));
        Expect.Error(DiagnosticIds.CarriedTypeChanged, () =>
        {
            using var tape = new GradientTape();
            Ops.Checkpoint(() => 3);
        });
        Modes.Fails(DiagnosticIds.NoGradient, () => Inside("host", s_x, s_weight, isPlain: false)[1].ToString());
    }

    private static string Text(params Tensor[] tensors) => string.Join(" | ", tensors.Select(tensor => $"{tensor:r}"));

    private static Tensor Block(Tensor x)
    {
        for (int i = 0; i < 4; i++)
            x = Ops.Tanh(Ops.MatMul(x, x) * 0.5f);
        return x;
    }

    [GraphFunction]
    private static Tensor Deep(Tensor x, bool isPlain)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        for (int i = 0; i < 12; i++)
            y = isPlain ? Block(y) : Ops.Checkpoint(Block, y);
        return tape.Gradient(Ops.Sum(y), x)!;
    }

    private static Tensor F(string name, Tensor x, Variable w) => name switch
    {
        "pure" => Ops.Sin(x * x) + Ops.Exp(x * 0.5),
        "captured" => Ops.Checkpoint(a => Ops.Sin(a) * x, x * 2),
        "variable" => Ops.Sin(x * w) * w,
        "assigned" => Assigned(x, w),
        "random" => Random(x),
        "loop" => Loop(x, 3),
        "branch" => Branch(x),
        "nested" => Ops.Checkpoint(() => Ops.Sin(Ops.Checkpoint(a => Ops.Exp(a * 0.25) * x, x))),
        "function" => Called(x, w),
        "custom" => Ops.CustomGradient(x * 2, a => a * a, (a, _, g) => g * a * 3),
        "print" => Printed(x),
        "host" => Ops.HostCall(values => [values[0] * 2], [x.Type], x)[0] * x,
        _ => x,
    };

    private static Tensor Assigned(Tensor x, Variable w)
    {
        var before = w.Value;
        w.Assign(before * 2);
        var y = Ops.Sin(x * w) * before;
        w.Assign(before);
        return y;
    }

    private static Tensor Random(Tensor x)
    {
        s_generator.SetSeed(7);
        return x * Ops.Sin(x) * s_generator.Uniform([3], dtype: DType.F64);
    }

    private static Tensor Loop(Tensor x, Tensor n)
    {
        for (Tensor i = 0; i < n; i++)
            x = Ops.Sin(x) * 1.5;
        return x;
    }

    private static Tensor Branch(Tensor x)
    {
        if (Ops.Sum(x) > 0)
            x = x * Ops.Exp(x);
        else
            x = x * x;
        return x;
    }

    [GraphFunction]
    private static Tensor Called(Tensor x, Variable w)
    {
        Ops.Assert(Ops.Sum(x) < 100);
        return Ops.Sin(x * w) * x;
    }

    private static Tensor Printed(Tensor x)
    {
        Ops.Print("sum", Ops.Sum(x));
        return Ops.Sin(x) * x;
    }

    private static Tensor Once(string name, Tensor x, Variable w, bool isPlain)
    {
        if (name is "tuple" or "through")
        {
            var (a, b) = isPlain ? Two(name, x, w) : Ops.Checkpoint(() => Two(name, x, w));
            return a * b;
        }

        return isPlain ? F(name, x, w) : Ops.Checkpoint(() => F(name, x, w));
    }

    private static (Tensor, Tensor) Two(string name, Tensor x, Variable w) => name == "tuple" ? (Ops.Sin(x), Ops.Exp(x) * w) : (x, w.Value);

    [GraphFunction]
    private static Tensor Value(string name, Tensor x, Variable w) => Once(name, x, w, isPlain: false);

    [GraphFunction]
    private static Tensor[] Inside(string name, Tensor x, Variable w, bool isPlain)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        var y = Once(name, x, w, isPlain);
        var loss = Ops.Sum(y * y);
        return [y, tape.Gradient(Ops.Sum(y), x)!, tape.Gradient(loss, w) ?? Ops.ZerosLike(x)];
    }

    private static Tensor[] Around(string name, Tensor x, Variable w)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        var y = Value(name, x, w);
        var loss = Ops.Sum(y * y);
        return [y, tape.Gradient(Ops.Sum(y), x)!, tape.Gradient(loss, w) ?? Ops.ZerosLike(x)];
    }

    [GraphFunction]
    private static Tensor[] Higher(string name, Tensor x, Variable w, bool isPlain)
    {
        Tensor First(Tensor at) => Ops.Vjp(a => Once(name, a, w, isPlain), at).Gradient;
        Tensor Second(Tensor at) => Ops.Vjp(First, at).Gradient;
        return [First(x), Second(x), Ops.Vjp(Second, x).Gradient];
    }
}
