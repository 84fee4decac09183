namespace TensorGraph.Tests;

public sealed class LayerTests
{
    [Fact]
    public void Dense_is_a_product_plus_bias()
    {
        var dense = new Dense(2, 3, initializer: Initializers.Ones);
        dense.Bias!.Assign(new[] { 0.5f, 0, -0.5f });
        var forward = new Forward(dense);
        Assert.Equal([3.5f, 3, 2.5f, 7.5f, 7, 6.5f], Both.Agree(() => forward.Run(new float[,] { { 1, 2 }, { 3, 4 } }).ToArray<float>()));
        // More axes in front are more examples.
        Assert.Equal([1, 4, 5, 3], forward.Run(Ops.Ones(1, 4, 5, 2)).Shape.ToArray());
    }

    [Fact]
    public void Dense_without_bias_has_one_variable()
    {
        var dense = new Dense(2, 3, bias: false);
        Assert.Null(dense.Bias);
        Assert.Equal([dense.Kernel], dense.Variables);
    }

    [Fact]
    public void A_layer_with_control_flow_is_converted_inside_other_layers()
    {
        var forward = new Forward(new Sequential(new Activation(Ops.Relu), new Sequential(new ClippedLayer(3))));
        Assert.Equal([0, 2], Both.Agree(() => forward.Run(new float[] { -5, 8 }).ToArray<float>()));
        Assert.Equal([0, 1], Both.Agree(() => forward.Run(new float[] { -5, 1 }).ToArray<float>()));
        Assert.Equal(1, GraphFunction.Of(forward.Run).TraceCount);
    }

    public static TheoryData<string> ActivationNames() => ["relu", "tanh", "sigmoid", "gelu"];

    [Theory]
    [MemberData(nameof(ActivationNames))]
    public void Activations_have_their_closed_form_and_derivative(string name)
    {
        (Func<Tensor, Tensor> function, Func<double, double> expected) = name switch
        {
            "relu" => ((Func<Tensor, Tensor>)Ops.Relu, (Func<double, double>)(x => Math.Max(x, 0))),
            "tanh" => (Ops.Tanh, Math.Tanh),
            "sigmoid" => (Ops.Sigmoid, x => 1 / (1 + Math.Exp(-x))),
            // Φ by its integral: ½ + ∫₀ˣ e^(−t²/2)/√(2π) dt, Simpson's rule.
            _ => (Ops.Gelu, x => x * (0.5 + Simpson(t => Math.Exp(-t * t / 2) / Math.Sqrt(2 * Math.PI), x))),
        };
        float[] xs = [-3.5f, -1, -0.25f, 0.125f, 1, 2.75f, 6];
        var forward = new Forward(new Activation(function));
        Close.Within([.. xs.Select(x => (float)expected(x))], Both.Agree(() => forward.Run(xs).ToArray<float>()), 2e-6, 2e-7);
        const double h = 1e-5;
        float[] slopes = [.. xs.Select(x => (float)((expected(x + h) - expected(x - h)) / (2 * h)))];
        Close.Within(slopes, Both.Agree(() => forward.Gradient(xs, Ops.Ones(7)).ToArray<float>()), 2e-5, 1e-6);
    }

    [Fact]
    public void Relu_has_slope_0_at_0() => Assert.Equal([0f], new Forward(new Activation(Ops.Relu)).Gradient(new[] { 0f }, Ops.Ones(1)).ToArray<float>());

    [Fact]
    public void A_convolution_sums_its_window()
    {
        var conv = new Conv2D(1, 1, window: 2, padding: 1, stride: 2, initializer: Initializers.Ones);
        var image = Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3);
        // Windows begin at rows and columns −1 and 1: of [1], [2 3], [4 7]ᵀ, [5 6; 8 9].
        Assert.Equal([1f, 5, 11, 28], Both.Agree(() => new Forward(conv).Run(image).ToArray<float>()));
    }

    [Fact]
    public void Pools_take_the_largest_or_the_mean_of_windows()
    {
        var image = Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8], 1, 1, 2, 4);
        Assert.Equal([6f, 8], Both.Agree(() => new Forward(new MaxPool2D(2)).Run(image).ToArray<float>()));
        Assert.Equal([3.5f, 5.5f], Both.Agree(() => new Forward(new AveragePool2D(2)).Run(image).ToArray<float>()));
        Assert.Equal([6f, 7, 8], Both.Agree(() => new Forward(new MaxPool2D(2, stride: 1)).Run(image).ToArray<float>()));
    }

    [Fact]
    public void A_sequence_calls_its_layers_in_order_and_owns_their_variables()
    {
        var first = new Dense(4, 2);
        var model = new Sequential(new Reshape(2, 2), new Flatten(), first, new Activation(Ops.Tanh), new Sequential(first, new Dense(4, 1)));
        // A layer used twice counts once.
        Assert.Equal([first.Kernel, first.Bias!, .. ((Sequential)model.Layers[4]).Layers[1].Variables], model.Variables);
    }

    public static TheoryData<string> Models() => ["dense", "conv", "pools"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_agree_with_central_differences(string name)
    {
        var random = new RandomGenerator(7);
        Module model = name switch
        {
            "dense" => new Sequential(new Dense(16, 5, Ops.Gelu, random: random, dtype: DType.F64), new Dense(5, 3, Ops.Sigmoid, random: random, dtype: DType.F64)),
            "conv" => new Sequential(new Reshape(1, 4, 4), new Conv2D(1, 2, 3, padding: 1, activation: Ops.Tanh, random: random, dtype: DType.F64)),
            _ => new Sequential(new Reshape(1, 4, 4), new AveragePool2D(2, stride: 1), new MaxPool2D(2)),
        };
        Tensor x = random.Normal(new Shape(2, 16)).Cast(DType.F64);
        Tensor y = model.Call(x);
        Tensor weights = random.Normal(y.Shape).Cast(DType.F64);
        double[] values = x.ToArray<double>();
        double[] slopes = [.. values.Select((_, i) => (At(i, 1e-6) - At(i, -1e-6)) / 2e-6)];
        var forward = new Forward(model);
        Close.Within(slopes, forward.Gradient(x, weights).ToArray<double>(), 1e-6, 1e-8);
        Close.Within(slopes, Both.Imperatively(() => forward.Gradient(x, weights).ToArray<double>()), 1e-6, 1e-8);

        double At(int i, double h)
        {
            var moved = (double[])values.Clone();
            moved[i] += h;
            return (model.Call(Tensor.From(moved, 2, 16)) * weights).Sum().ToDouble();
        }
    }

    [Fact]
    public void Initialisers_keep_their_range_and_seed()
    {
        float[] Draw(Initializer initializer, int seed) => initializer(new Shape(200, 100), 200, 100, new RandomGenerator(seed)).ToArray<float>();
        Assert.Equal(Draw(Initializers.GlorotUniform, 3), Draw(Initializers.GlorotUniform, 3));
        Assert.NotEqual(Draw(Initializers.GlorotUniform, 3), Draw(Initializers.GlorotUniform, 4));
        Assert.All(Draw(Initializers.GlorotUniform, 3), value => Assert.InRange(Math.Abs(value), 0, Math.Sqrt(6.0 / 300)));
        Assert.All(Draw(Initializers.HeUniform, 3), value => Assert.InRange(Math.Abs(value), 0, Math.Sqrt(6.0 / 200)));
        Assert.InRange(Draw(Initializers.GlorotNormal, 3).Average(value => value * value) * 300 / 2, 0.95, 1.05);
        Assert.InRange(Draw(Initializers.HeNormal, 3).Average(value => value * value) * 200 / 2, 0.95, 1.05);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Dense(4, 2).Call(Ops.Ones(3, 5)), ["[3, 5]", "[4, 2]"]);
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => new Dense(4, 2).Call(Ops.Full(new Shape(3, 4), 1, DType.F64)), []);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Dense(0, 2), ["inputs"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Conv2D(3, 4, 3, groups: 2), ["3", "groups"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Conv2D(1, 1, (3, 3, 3)), ["'window' is (3, 3, 3), 3 numbers for 2 spatial axes"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Conv3D(1, 1, 3, stride: (1, 0, 1)), ["'stride' is (1, 0, 1)", "at least 1"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new MaxPool2D((3, 1), padding: (1, 1)), ["'padding' is 1", "half of the window"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new ConvTranspose2D(1, 1, (3, 1), padding: 1), ["'padding' is 1"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = new Conv1D(1, 1, null!), ["window"]);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => new Dense(4, 2).Call(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = new Sequential(new Flatten(), null!), []);
        Expect.ErrorHere(DiagnosticIds.RankMismatch, () => new MaxPool2D(2).Call(Ops.Ones(4, 4)), ["[4, 4]"]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new MaxPool2D(5).Call(Ops.Ones(1, 1, 4, 4)), []);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Reshape(3).Call(Ops.Ones(2, 4)), []);
    }

    [Fact]
    public void A_layer_says_its_name_and_the_size_it_was_made_for()
    {
        var model = new Sequential(new Dense(5, 3), new Dense(3, 3), new Dense(4, 2));
        string message = Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => model.Call(Ops.Ones(2, 5)),
            ["dense: axis 1 of f32[2, 3] has 3 features, the layer was made for 4", "(sequential/layers.2)"]).Message;
        Assert.Equal(message.Split(", at ")[0], Expect.Error(DiagnosticIds.ShapeMismatch, () => new Forward(model).Run(Ops.Ones(2, 5))).Message.Split(", at ")[0]);
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => new Conv2D(3, 4, 3).Call(Ops.Ones(1, 2, 8, 8)), ["conv2d: axis 1 of f32[1, 2, 8, 8] has 2 channels, the layer was made for 3"]);
    }

    [Fact]
    public void Nodes_carry_the_names_of_layers()
    {
        var forward = new Forward(new Sequential(new Dense(2, 3), new ClippedLayer(3), new Dense(3, 1, bias: false)));
        Both.Agree(() => forward.Run(Ops.Ones(1, 2)).ToArray<float>());
        var nodes = GraphFunction.Of(forward.Run).ConcreteFunctions[0].Graph.Entry.AllNodes();
        Assert.Contains("sequential/layers.1/while", nodes.Select(node => node.Name));
        Assert.Equal(["sequential/layers.0/matmul", "sequential/layers.2/matmul"], nodes.Where(node => node.Op == Ir.OpDefs.MatMul).Select(node => node.Name));
    }

    private static double Simpson(Func<double, double> f, double x)
    {
        const int steps = 2000;
        double h = x / steps, sum = f(0) + f(x);
        for (int i = 1; i < steps; i++)
            sum += f(i * h) * (i % 2 == 0 ? 2 : 4);
        return sum * h / 3;
    }

    [Fact]
    public void Layers_of_a_recurrent_layer_have_names_states_and_dropout_between_them()
    {
        var lstm = new Lstm(3, 2, returnSequences: true, random: new RandomGenerator(1), layers: 2, dropout: 0.5);
        Assert.Equal(["kernel", "recurrent_kernel", "bias", "upper.0.kernel", "upper.0.recurrent_kernel", "upper.0.bias"], lstm.NamedVariables.Keys);
        Tensor x = new RandomGenerator(2).Normal([4, 5, 3]);
        // Two runs, the second from the state of the first, are one run.
        var (whole, last) = lstm.Run(x);
        var (head, state) = lstm.Run(x[.., ..2]);
        var (tail, end) = lstm.Run(x[.., 2..], state: state);
        Close.Within(whole.ToArray<float>(), Ops.Concat([head, tail], axis: 1).ToArray<float>(), 1e-5, 1e-6);
        Assert.Equal(4, end.Count);
        for (int i = 0; i < 4; i++)
            Close.Within(last[i].ToArray<float>(), end[i].ToArray<float>(), 1e-5, 1e-6);
        Assert.Equal(lstm.Call(x).ToArray<float>(), lstm.Call(x).ToArray<float>());
        Assert.NotEqual(lstm.Call(x).ToArray<float>(), lstm.Call(x, training: true).ToArray<float>());
        Assert.NotEqual(lstm.Call(x).ToArray<float>(), lstm.Run(x, training: true).Outputs.ToArray<float>());
        Expect.ErrorHere(DiagnosticIds.ShapeMismatch, () => lstm.Run(x, state: [.. state.Take(2)]), ["2 tensors", "the 4"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Gru(1, 1, dropout: 0.5), ["'dropout' is 0.5", "between layers"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Gru(1, 1, layers: 0), ["'layers' is 0"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => _ = new Bidirectional(new Gru(1, 1, layers: 2), new Gru(1, 1), layers: 2), ["one layer each"]);
    }
}
