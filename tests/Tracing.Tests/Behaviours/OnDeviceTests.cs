namespace TensorGraph.Tests;

/// <summary>Parts of a program on another device, and tensors that are sent to one.</summary>
public sealed partial class OnDeviceTests
{
    private static Device Here => Device.Default;

    private static Device There => Here == Devices.Interpreter ? Devices.Managed : Devices.Interpreter;

    [Fact]
    public void A_part_runs_there_and_its_results_come_back()
    {
        Tensor x = new[] { 1f, 2, 3 };

        var (result, _) = Modes.Both(() => Part(x, There));

        Assert.Equal([5f, 9, 13], result.ToArray<float>());
        Assert.Equal(Here, result.Device);
        Assert.Contains(GraphFunction.Of(Part).GetConcreteFunction(x, There).Graph.Entry.AllNodes(), node => node.Op.Name == "on_device");
    }

    [Fact]
    public void Imperatively_each_op_runs_there()
    {
        Tensor x = new[] { 1f, 2, 3 };
        Device? made = null, read = null, inner = null;

        Tensor y = Ops.OnDevice(There, () =>
        {
            made = Ops.Ones(3).Device;
            read = (x + 1).Device;
            inner = Ops.OnDevice(Here, () => x * 2).Device;
            return x;
        });

        Assert.Equal([There, There, There], [made, read, inner]);
        Assert.Equal(Here, y.Device);
    }

    [Fact]
    public void Control_flow_and_several_results_are_part_of_it()
    {
        foreach (float start in new[] { -1f, 1, 50 })
            Modes.Both(() => Flow(start, There));
        Assert.Equal(100, Flow(1f, There).Steps.Item<float>() + 96);
    }

    [Fact]
    public void Symbolic_sizes_come_along()
    {
        foreach (int n in new[] { 0, 1, 5 })
        {
            var (result, _) = Modes.Both(() => Sized(Ops.Ones(n, 2), There));
            Assert.Equal(new Shape(n + 1, 2), result.Shape);
        }

        Assert.Equal(1, GraphFunction.Of(Sized).TraceCount);
    }

    [Fact]
    public void A_size_that_depends_on_data_leaves_it()
    {
        var (result, _) = Modes.Both(() => Positive(new[] { 1f, -2, 3, 0 }, There));
        Assert.Equal([2f, 6], result.ToArray<float>());
    }

    [Fact]
    public void Gradients_are_computed_there_and_come_back()
    {
        Tensor x = new[] { 1f, 2, 3 };

        var (gradients, _) = Modes.Both(() => Gradients(x, There));

        Assert.Equal([6f, 24, 54], gradients.First.ToArray<float>());
        Assert.Equal([12f, 24, 36], gradients.Second.ToArray<float>());
        Assert.Equal([Here, Here], [gradients.First.Device, gradients.Second.Device]);
    }

    [Fact]
    public void Variables_stay_where_they_are()
    {
        var (result, _) = Modes.Both(() =>
        {
            var state = new Counter();
            return new[] { state.Step(2f, There), state.Step(3f, There), state.Total.Value };
        });
        Assert.Equal([2f, 11, 5], result.Select(value => value.Item<float>()));
        Assert.All(result, value => Assert.Equal(Here, value.Device));
    }

    [Fact]
    public void A_variable_gets_its_gradient()
    {
        var model = new Counter();
        var (gradient, _) = Modes.Both(() => model.Gradient(new[] { 1f, 2 }, There));
        Assert.Equal(3, gradient.Item<float>());
    }

    [Fact]
    public void Random_numbers_are_the_same_as_without()
    {
        var (result, _) = Modes.Both(() =>
        {
            var model = new Counter();
            return new[] { model.Draw(There), model.Draw(Here) };
        });
        Assert.NotEqual(result[0].ToArray<float>(), result[1].ToArray<float>());
    }

    [Fact]
    public void Arrays_of_tensors_grow_in_it()
    {
        var (result, _) = Modes.Both(() => Collect(new[] { 1f, 2 }, There));
        Assert.Equal(new Shape(3, 2), result.Shape);
    }

    [Fact]
    public void A_result_goes_where_it_is_sent()
    {
        Tensor x = new[] { 1f, 2, 3 };

        var ((sent, kept), _) = Modes.Both(() => Send(x, There));

        Assert.Equal((There, Here), (sent.Device, kept.Device));
        Assert.Equal(sent.ToArray<float>(), kept.ToArray<float>());
        Assert.Equal([2f, 2, 2], SendGradient(x, There).ToArray<float>());
    }

    [Fact]
    public void A_tape_follows_a_copy()
    {
        Tensor x = new[] { 1f, 2, 3 };
        using var tape = new GradientTape();
        tape.Watch(x);

        Tensor loss = Ops.Sum(Ops.Exp(x.To(There) * 2));
        Tensor gradient = tape.Gradient(loss, x)!;

        Assert.Equal((There, Here), (loss.Device, gradient.Device));
        Assert.Equal(2 * Math.Exp(6), gradient[2].Item<float>(), 1e-3);
    }

    [Fact]
    public async Task Queued_calls_run_parts_elsewhere()
    {
        Tensor x = Ops.Ones(300, 300);
        var results = new List<Tensor>();
        for (int i = 0; i < 8; i++)
            results.Add(Part(x * i, There));

        for (int i = 0; i < results.Count; i++)
            Assert.Equal(4f * i + 1, (await results[i])[0, 0].Item<float>());
    }

    [Fact]
    public void An_error_of_a_part_names_the_line()
    {
        Modes.Fails("TG3002", () => Part(new[] { float.NaN }, There).ToArray<float>(), "not a number");
    }

    [GraphFunction]
    private static Tensor Part(Tensor x, Device device)
    {
        Tensor scale = 2f;
        Tensor y = Ops.OnDevice(device, () =>
        {
            Ops.Assert(Ops.All(x < 1e9f), "not a number");
            return x * scale;
        });
        return y + y + 1;
    }

    [GraphFunction]
    private static (Tensor Value, Tensor Steps) Flow(Tensor x, Device device) => Ops.OnDevice(device, () =>
    {
        Tensor steps = 0f;
        if (x < 0)
            x = -x;
        while (x < 10)
        {
            x *= 2;
            steps += 1;
        }

        return (x, steps);
    });

    [GraphFunction(InputSignature = ["f32[n,2]"])]
    private static Tensor Sized(Tensor x, Device device)
    {
        Tensor y = Ops.OnDevice(device, () => Ops.Concat([x, Ops.Zeros(1, 2)], 0));
        return Ops.OnDevice(device, () => Ops.Zeros(y.Type) + 1f + Ops.Sum(x)) + y;
    }

    [GraphFunction]
    private static Tensor Positive(Tensor x, Device device) => Ops.OnDevice(device, () =>
    {
        var kept = new TensorArray();
        foreach (Tensor entry in x)
        {
            if (entry > 0)
                kept.Add(entry);
        }

        return kept.Stack();
    }) * 2;

    [GraphFunction]
    private static (Tensor First, Tensor Second) Gradients(Tensor x, Device device)
    {
        using var outer = new GradientTape();
        outer.Watch(x);
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = Ops.OnDevice(device, () => x * x * x) * 2;
        Tensor first = tape.Gradient(Ops.Sum(y), x)!;
        return (first, outer.Gradient(Ops.Sum(first), x)!);
    }

    [GraphFunction]
    private static Tensor Collect(Tensor x, Device device)
    {
        var rows = new TensorArray();
        rows.Add(x);
        Tensor sum = Ops.OnDevice(device, () =>
        {
            rows.Add(x * 2);
            return Ops.Sum(x);
        });
        rows.Add(x + sum);
        return rows.Stack();
    }

    [GraphFunction]
    private static (Tensor Sent, Tensor Kept) Send(Tensor x, Device device)
    {
        Tensor y = x * 2;
        return (y.To(device), y);
    }

    private static Tensor SendGradient(Tensor x, Device device)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor sent = Send(x, device).Sent;
        Assert.Equal(device, sent.Device);
        return tape.Gradient(Ops.Sum(sent), x)!;
    }

    private sealed partial class Counter
    {
        private readonly RandomGenerator _random = new(7);

        public Variable Total { get; } = new(0f, "total");

        [GraphFunction]
        public Tensor Step(Tensor x, Device device) => Ops.OnDevice(device, () =>
        {
            Tensor before = Total;
            Total.AssignAdd(x);
            return before * x + Total;
        }) - x * 0;

        [GraphFunction]
        public Tensor Gradient(Tensor x, Device device)
        {
            using var tape = new GradientTape();
            Tensor loss = Ops.OnDevice(device, () => Ops.Sum(Total * x));
            return tape.Gradient(loss, Total)!;
        }

        [GraphFunction]
        public Tensor Draw(Device device) => Ops.OnDevice(device, () => _random.Uniform([4]));
    }
}
