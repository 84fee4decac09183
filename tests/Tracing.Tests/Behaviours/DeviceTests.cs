namespace TensorGraph.Tests;

/// <summary>The same program on each device, and tensors that move between devices.</summary>
public sealed partial class DeviceTests
{
    private static Device Other => Device.Default == Devices.Interpreter ? Devices.Managed : Devices.Interpreter;

    [Fact]
    public void A_program_gives_the_same_on_each_device()
    {
        string[] results = [.. new[] { Devices.Managed, Devices.Interpreter }.Select(device =>
        {
            using var there = Device.Use(device);
            var (result, lines) = Modes.Both(() => new Model().Step(Ops.Iota(6).Reshape(2, 3).Cast(DType.F32) / 4, 3));
            Assert.Equal(device, result.Device);
            return $"{result} {string.Join('|', lines)}";
        })];

        Assert.Equal(results[0], results[1]);
        Assert.Contains("loss", results[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_runs_on_each_device()
    {
        var function = GraphFunction.Of(Twice);
        Tensor x = new[] { 1f, 2, 3 };

        foreach (var device in new[] { Devices.Managed, Devices.Interpreter, Devices.Managed })
        {
            Tensor result = Twice(x.To(device));
            Assert.Equal(device, result.Device);
            Assert.Equal([4f, 6, 8], result.ToArray<float>());
        }

        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public async Task The_current_device_follows_the_flow_of_control()
    {
        var before = Device.Current;
        using (Device.Use(Other))
        {
            Assert.Equal(Other, Ops.Ones(2).Device);
            await Task.Yield();
            Assert.Equal(Other, Device.Current);
            using (Device.Use(before))
                Assert.Equal(before, ((Tensor)1f).Device);
            Assert.Equal(Other, (await Task.Run(() => Ops.Zeros(2))).Device);
        }

        Assert.Equal(before, Device.Current);
        Assert.Equal(before, Ops.Ones(2).Device);
    }

    [Fact]
    public void Ops_run_where_their_inputs_are()
    {
        Tensor x = ((Tensor)new[] { 1f, 2, 3 }).To(Other);

        Tensor y = 2 * Ops.Softmax(x + 1, 0) - x[..2].Sum();

        Assert.Equal(Other, y.Device);
        Assert.Equal(y.ToArray<float>(), (2 * Ops.Softmax(x.To(Device.Default) + 1, 0) - 3).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_are_where_the_target_is(bool imperatively)
    {
        Tensor x = ((Tensor)new[] { 1f, 2, 3 }).To(Other);

        Tensor gradient = Modes.Run(() => Slope(x), imperatively).Result;

        Assert.Equal(Other, gradient.Device);
        Assert.Equal([7.5f, 10.5f, 13.5f], gradient.ToArray<float>());
    }

    [Fact]
    public void A_tensor_that_is_there_is_not_copied()
    {
        Tensor x = new[] { 1f, 2, 3 }, text = "a";

        Assert.Same(x, x.To(Device.Default));
        Assert.Same(text, text.To(Other));
        Assert.Null(text.Device);
        Assert.NotSame(x, x.To(Other));
        Assert.Equal(x.ToArray<float>(), x.To(Other).To(Device.Default).ToArray<float>());
    }

    [Fact]
    public void An_open_tape_does_not_lose_a_copy()
    {
        Tensor x = new[] { 1f, 2, 3 };
        using var tape = new GradientTape();
        tape.Watch(x);

        Tensor copy = x.To(Other);

        Assert.Equal([2f, 4, 6], tape.Gradient(Ops.Sum(copy * copy), x)!.ToArray<float>());
        Assert.Same(x, x.To(Device.Default));
    }

    [GraphFunction]
    private static Tensor Twice(Tensor x) => 2 * (x + 1);

    [GraphFunction]
    private static Tensor Slope(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor y = x;
        for (int i = 0; i < 2; i++)
            y = y + x * x / 2;
        return tape.Gradient((y * 1.5 + 0.5 * (7 * x - x)).Sum(), x)!;
    }

    private sealed partial class Model
    {
        private readonly Variable _weights = new(Ops.Ones(3));

        [GraphFunction]
        public Tensor Step(Tensor x, Tensor steps)
        {
            Tensor total = Ops.Zeros(2);
            foreach (Tensor i in Ops.Range(steps))
            {
                using var tape = new GradientTape();
                Tensor loss = (x * _weights).Sum();
                if (loss > 2)
                    total = total + (x * _weights).Sum(1);
                _weights.AssignSub(tape.Gradient(loss, _weights)! / 8);
            }

            Ops.Print("loss {0}", total);
            return total;
        }
    }
}
