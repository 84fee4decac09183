namespace TensorGraph.Tests.Layers;

/// <summary>Sequences without entries: empty outputs, the first state, and gradients of zeros by all that a step would have read.</summary>
public sealed partial class EmptySequenceTests
{
    private static readonly Dictionary<string, Func<Net, Tensor, Tensor?[]>> s_programs = new(StringComparer.Ordinal)
    {
        [nameof(Net.Last)] = (net, x) => net.Last(x),
        [nameof(Net.Outputs)] = (net, x) => net.Outputs(x),
        [nameof(Net.ByInputs)] = (net, x) => net.ByInputs(x),
        [nameof(Net.Lengths)] = (net, x) => net.Lengths(x),
        [nameof(Net.Scanned)] = (net, x) => net.Scanned(x),
        [nameof(Net.Mapped)] = (net, x) => net.Mapped(x),
        [nameof(Net.TapeAround)] = (net, x) => net.TapeAround(x),
        [nameof(Net.TapeInStep)] = (net, x) => net.TapeInStep(x),
        [nameof(Net.Second)] = (net, x) => net.Second(x),
        [nameof(Net.Checkpointed)] = (net, x) => net.Checkpointed(x),
    };

    public static TheoryData<string> Programs => [.. s_programs.Keys];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Both_modes_give_the_same(string program)
    {
        foreach (int length in new[] { 0, 2 })
        {
            var runs = new[] { true, false }.Select(imperatively =>
            {
                using var options = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
                return s_programs[program](new Net(), Ops.Ones(2, length, 3));
            }).ToArray();
            Assert.Equal(runs[0].Select(Text), runs[1].Select(Text));
        }
    }

    [Fact]
    public void The_state_is_the_first_one_and_gradients_are_zeros()
    {
        using var options = (TensorGraphOptions.Current with { RunImperatively = true }).Use();
        var last = new Net().Last(Ops.Zeros(2, 0, 3));
        Assert.Equal(["f32[2, 2]", "f32[3, 8]", "f32[2, 8]", "f32[8]"], last.Select(tensor => tensor!.Type.ToString()));
        Assert.All(last, tensor => Assert.Equal(0f, tensor!.Sum().Item<float>()));
        var all = new Net().ByInputs(Ops.Zeros(2, 0, 3));
        Assert.Equal(["f32[2, 0, 2]", "f32[2, 2]", "f32[2, 2]", "f32[2, 0, 3]", "f32[2, 2]", "f32[2, 2]"], all.Select(tensor => tensor!.Type.ToString()));
        Assert.Equal([0f, 4, 4, 0, 12, 0], all.Select(tensor => tensor!.Sum().Item<float>()));
    }

    private static string Text(Tensor? tensor) => tensor is null ? "null" : $"{tensor.Type} {Ops.Round(tensor * 1000)}";

    internal sealed partial class Net
    {
        private readonly Lstm _lstm = new(3, 2, random: new RandomGenerator(1), layers: 2);
        private readonly Lstm _all = new(3, 2, returnSequences: true, random: new RandomGenerator(1));
        private readonly Variable _w = new(new[] { 2f, 3f });

        [GraphFunction]
        public Tensor?[] Last(Tensor x)
        {
            using var tape = new GradientTape();
            var y = _lstm.Call(x, training: true);
            return [y, .. tape.Gradient(y.Sum(), [_lstm.Kernel, _lstm.RecurrentKernel, _lstm.Bias])];
        }

        [GraphFunction]
        public Tensor?[] Outputs(Tensor x)
        {
            using var tape = new GradientTape();
            var y = _all.Call(x, training: true);
            return [y, .. tape.Gradient(y.Sum(), _all.TrainableVariables)];
        }

        [GraphFunction]
        public Tensor?[] ByInputs(Tensor x)
        {
            using var tape = new GradientTape();
            Tensor h = Ops.Ones(2, 2), c = Ops.Ones(2, 2);
            tape.Watch(x);
            tape.Watch(h);
            tape.Watch(c);
            var (outputs, state) = _all.Run(x, state: [h, c]);
            return [outputs, .. state, .. tape.Gradient(outputs.Sum() + (state[0] * 3).Sum(), [x, h, c])];
        }

        [GraphFunction]
        public Tensor?[] Lengths(Tensor x)
        {
            using var tape = new GradientTape();
            var (outputs, state) = _all.Run(x, lengths: Ops.Zeros(2).Cast(DType.I32), reverse: true);
            return [outputs, .. state, .. tape.Gradient(outputs.Sum() + state[0].Sum(), _all.TrainableVariables)];
        }

        [GraphFunction]
        public Tensor?[] Scanned(Tensor x)
        {
            using var tape = new GradientTape();
            var (last, all) = Ops.Scan(Ops.Ones(3), Ops.Transpose(x, 1, 0, 2), (state, item) => (state * _w.Value[0], item.Sum() * state * _w.Value[1]));
            return [last, all, tape.Gradient(last.Sum() + all.Sum(), _w)];
        }

        [GraphFunction]
        public Tensor?[] Mapped(Tensor x)
        {
            using var tape = new GradientTape();
            var all = Ops.Map(Ops.Transpose(x, 1, 0, 2), item => item * _w.Value[1]);
            return [all, tape.Gradient(all.Sum(), _w)];
        }

        [GraphFunction]
        public Tensor?[] TapeAround(Tensor x)
        {
            using var tape = new GradientTape(persistent: true);
            Tensor squares = (_w * _w).Sum();
            return [Ops.Map(Ops.Transpose(x, 1, 0, 2), item => tape.Gradient(squares * item.Sum(), _w)!)];
        }

        [GraphFunction]
        public Tensor?[] TapeInStep(Tensor x) =>
        [
            Ops.Map(Ops.Transpose(x, 1, 0, 2), item =>
            {
                using var tape = new GradientTape();
                tape.Watch(item);
                return tape.Gradient((item * item * _w.Value[0]).Sum(), item)!;
            }),
        ];

        [GraphFunction]
        public Tensor?[] Second(Tensor x)
        {
            using var outer = new GradientTape();
            Tensor? first;
            using (var inner = new GradientTape())
            {
                var (last, all) = Ops.Scan(_w * _w, Ops.Transpose(x, 1, 0, 2), (state, item) => (state * _w, item * _w.Value[0]));
                first = inner.Gradient(last.Sum() + all.Sum(), _w);
            }

            return [first, outer.Gradient(first!.Sum(), _w)];
        }

        [GraphFunction]
        public Tensor?[] Checkpointed(Tensor x)
        {
            using var tape = new GradientTape();
            var y = Ops.Checkpoint(() => Ops.Map(Ops.Transpose(x, 1, 0, 2), item => item * _w.Value[1]).Sum() + _w.Value[0]);
            return [y, tape.Gradient(y, _w)];
        }
    }
}
