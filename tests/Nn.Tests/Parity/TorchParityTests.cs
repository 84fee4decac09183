using TensorGraph.Tests.Layers;

namespace TensorGraph.Tests.Parity;

/// <summary>Steps of an optimiser on Σ scales · (w − targets)² + Σ sin w, as a graph function.</summary>
internal sealed partial class Descent(Optimizer optimizer, Variable w, Tensor scales, Tensor targets)
{
    [GraphFunction]
    public Tensor Step()
    {
        using var tape = new GradientTape();
        Tensor loss = (scales * Ops.Square(w - targets)).Sum() + Ops.Sin(w).Sum();
        optimizer.Apply([tape.Gradient(loss, w)], [w]);
        return w;
    }
}

/// <summary>
/// Layers, losses and optimisers against what TorchSharp 0.107 (LibTorch 2.10) gives in float64, for weights that are loaded from its files. The
/// values were written by <c>dotnet run --project benchmarks/TorchSharpPeer -- values tests/Nn.Tests/Parity/values</c>.
/// </summary>
public sealed class TorchParityTests
{
    private const double Tolerance = 1e-9;

    private static readonly (string Name, Func<Module> Make)[] s_layers =
    [
        ("linear", () => new Dense(4, 3, dtype: DType.F64)),
        ("conv1d", () => new Conv1D(3, 4, 3, stride: 2, padding: 1, dtype: DType.F64)),
        ("conv2d", () => new Conv2D(2, 4, 3, padding: 1, dtype: DType.F64)),
        ("conv2d_dilated", () => new Conv2D(2, 3, 3, stride: 2, dilation: 2, bias: false, dtype: DType.F64)),
        ("conv2d_depthwise", () => new DepthwiseConv2D(4, 3, multiplier: 2, dtype: DType.F64)),
        ("conv3d", () => new Conv3D(2, 3, 2, dtype: DType.F64)),
        ("conv_transpose1d", () => new ConvTranspose1D(3, 2, 4, stride: 2, padding: 1, dtype: DType.F64)),
        ("conv_transpose2d", () => new ConvTranspose2D(3, 2, 3, stride: 2, padding: 1, outputPadding: 1, dtype: DType.F64)),
        ("batch_norm1d", () => new BatchNorm(3, dtype: DType.F64)),
        ("batch_norm2d", () => new BatchNorm(3, dtype: DType.F64)),
        ("layer_norm", () => new LayerNorm(6, dtype: DType.F64)),
        ("group_norm", () => new GroupNorm(2, 4, dtype: DType.F64)),
        ("max_pool2d", () => new MaxPool2D(3, stride: 2, padding: 1)),
        ("avg_pool2d", () => new AveragePool2D(2)),
        ("embedding", () => new Embedding(7, 3, dtype: DType.F64)),
        ("embedding_bag_mean", () => new EmbeddingBag(7, 3, dtype: DType.F64)),
        ("embedding_bag_sum", () => new EmbeddingBag(7, 3, BagMode.Sum, dtype: DType.F64)),
        ("embedding_bag_max", () => new EmbeddingBag(7, 3, BagMode.Max, dtype: DType.F64)),
        ("rnn", () => new SimpleRnn(3, 4, returnSequences: true, dtype: DType.F64)),
        ("lstm", () => new Lstm(3, 4, returnSequences: true, dtype: DType.F64)),
        ("gru", () => new Gru(3, 4, returnSequences: true, dtype: DType.F64)),
        ("lstm_bidirectional", () => new Bidirectional(new Lstm(3, 4, true, dtype: DType.F64), new Lstm(3, 4, true, dtype: DType.F64))),
        ("attention", () => new MultiHeadAttention(6, 2, dtype: DType.F64)),
        ("attention_causal", () => new MultiHeadAttention(6, 2, isCausal: true, dtype: DType.F64)),
        ("transformer_encoder_relu", () => new TransformerEncoderBlock(6, 2, 8, dropout: 0, dtype: DType.F64)),
        ("transformer_encoder_gelu", () => new TransformerEncoderBlock(6, 2, 8, dropout: 0, activation: Ops.Gelu, dtype: DType.F64)),
    ];

    public static TheoryData<string> LayerNames => [.. s_layers.Select(row => row.Name)];

    private static string File(string name) => Repository.PathOf($"tests/Nn.Tests/Parity/values/{name}.safetensors");

    [Theory]
    [MemberData(nameof(LayerNames))]
    public void A_layer_and_its_gradients_are_those_of_PyTorch(string name)
    {
        var make = s_layers.Single(row => row.Name == name).Make;
        var values = WeightFile.Load(File($"{name}.values"));
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = new TensorGraphOptions { RunImperatively = imperatively }.Use();
            var layer = make();
            layer.Load(File(name), mapping: WeightMapping.PyTorch);
            var called = new CalledLayer(layer, (module, x) => module.Call(x, training: true));
            // The first call only: each one moves averages.
            Agree(values["y"], called.Run(values["x"]));
            if (values.ContainsKey("after.running_mean"))
            {
                var after = make();
                after.Load(File($"{name}.values"), strict: false, WeightMapping.PyTorch.Renamed(key => "after." + key));
                Agree(((BatchNorm)after).MovingMean, ((BatchNorm)layer).MovingMean);
                Agree(((BatchNorm)after).MovingVariance, ((BatchNorm)layer).MovingVariance);
            }

            Agree(values["eval.y"], layer.Call(values["x"]));
            if (values.TryGetValue("gradient.x", out var gradient))
                Agree(gradient, called.InputGradient(values["x"], values["weights"]));
            if (layer.TrainableVariables.Count == 0)
                continue;
            // The file of gradients has the layout of the weights.
            var gradients = make();
            gradients.Load(File($"{name}.values"), strict: false, WeightMapping.PyTorch.Renamed(key => "gradient." + key));
            Tensor?[] ours = called.Gradients(values["x"], values["weights"]);
            var recurrent = layer.Modules.Values.Where(module => module is Lstm or SimpleRnn).Select(module => ((Recurrent)module).Bias).ToHashSet();
            foreach (var (i, variable) in layer.TrainableVariables.Index())
            {
                // PyTorch has two biases that are added, and each has the whole gradient.
                Tensor expected = gradients.TrainableVariables[i].Value / (recurrent.Contains(variable) ? 2 : 1);
                Agree(expected, ours[i]!);
            }
        }
    }

    private static readonly (string Name, Func<IReadOnlyDictionary<string, Tensor>, Tensor, Tensor> Loss)[] s_losses =
    [
        ("cross_entropy", (v, x) => Loss.SparseSoftmaxCrossEntropy(x, v["labels"])),
        ("cross_entropy_weights", (v, x) => Loss.SparseSoftmaxCrossEntropy(x, v["labels"], v["class_weights"])),
        ("cross_entropy_ignored", (v, x) => Loss.SparseSoftmaxCrossEntropy(x, v["some"], ignoredLabel: -100)),
        ("cross_entropy_smoothed", (v, x) => Loss.SparseSoftmaxCrossEntropy(x, v["labels"], labelSmoothing: 0.1)),
        ("cross_entropy_shares", (v, x) => Loss.SoftmaxCrossEntropy(x, v["shares"])),
        ("binary_cross_entropy", (v, x) => Loss.SigmoidCrossEntropy(x, v["bits"])),
        ("mse", (v, x) => Loss.MeanSquaredError(x, v["other"])),
        ("l1", (v, x) => Loss.MeanAbsoluteError(x, v["other"])),
        ("huber", (v, x) => Loss.Huber(x, v["other"], 0.7)),
        ("kl", (v, x) => Loss.KullbackLeibler(Ops.LogSoftmax(x), v["shares"])),
        ("cosine", (v, x) => Loss.Cosine(x, v["other"])),
        ("ctc", (v, x) => Loss.Ctc(x, v["targets"], v["frame_counts"], v["target_lengths"])),
    ];

    public static TheoryData<string> LossNames => [.. s_losses.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(LossNames))]
    public void A_loss_and_its_gradient_are_those_of_PyTorch(string name)
    {
        var values = WeightFile.Load(File("losses"));
        var row = s_losses.Single(row => row.Name == name);
        Tensor x = values[name == "ctc" ? "frames" : "logits"];
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = new TensorGraphOptions { RunImperatively = imperatively }.Use();
            var loss = new LossOf((logits, _) => row.Loss(values, logits));
            Agree(values[name], loss.Run(x, 0f));
            Agree(values[$"{name}.gradient"], loss.Gradient(x, 0f));
        }
    }

    private static readonly (string Name, Func<Optimizer> Make)[] s_optimizers =
    [
        ("sgd", () => new Sgd(0.05)),
        ("sgd_momentum", () => new Sgd(0.05, momentum: 0.9, weightDecay: 0.01)),
        ("sgd_nesterov", () => new Sgd(0.05, momentum: 0.9, nesterov: true)),
        ("adam", () => new Adam(0.05, 0.8, 0.95, 1e-6)),
        ("adamw", () => new AdamW(0.05, weightDecay: 0.1)),
        ("rmsprop", () => new RmsProp(0.02, decay: 0.9)),
        ("rmsprop_centered", () => new RmsProp(0.02, decay: 0.9, momentum: 0.5, isCentered: true)),
        ("adagrad", () => new Adagrad(0.1)),
    ];

    public static TheoryData<string> OptimizerNames => [.. s_optimizers.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(OptimizerNames))]
    public void An_optimiser_goes_the_way_of_PyTorch_for_50_steps(string name)
    {
        var values = WeightFile.Load(File("optimizers"));
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = new TensorGraphOptions { RunImperatively = imperatively }.Use();
            var descent = new Descent(s_optimizers.Single(row => row.Name == name).Make(), new Variable(values["start"]), values["scales"], values["targets"]);
            foreach (Tensor expected in values[name])
                // Near the minimum RMSProp divides a small gradient by a small root, so that roundings grow from step to step.
                Close.Within(expected.ToArray<double>(), descent.Step().ToArray<double>(), 1e-5, 1e-5);
        }
    }

    private static void Agree(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Close.Within(expected.ToArray<double>(), actual.ToArray<double>(), Tolerance, Tolerance);
    }
}
