using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TensorGraph.Benchmarks;

/// <summary>
/// Results of TorchSharp's layers, losses and optimisers in float64, for tests that compare with them. A layer has two files: its
/// <c>state_dict</c>, and the inputs, outputs and gradients of Σ outputs · weights.
/// </summary>
internal sealed class ParityValues(string folder)
{
    private const int Steps = 50;

    public void Write()
    {
        Directory.CreateDirectory(folder);
        random.manual_seed(1);
        Layers();
        Recurrent();
        Attention();
        Losses();
        Optimizers();
    }

    private static Tensor Numbers(params long[] shape) => randn(shape, float64);

    private void Layers()
    {
        Layer("linear", Linear(4, 3, dtype: float64), Numbers(5, 4));
        Layer("conv1d", Conv1d(3, 4, 3, stride: 2, padding: 1, dtype: float64), Numbers(2, 3, 7));
        Layer("conv2d", Conv2d(2, 4, 3, padding: 1, dtype: float64), Numbers(2, 2, 5, 6));
        Layer("conv2d_dilated", Conv2d(2, 3, 3, stride: 2, dilation: 2, bias: false, dtype: float64), Numbers(2, 2, 8, 7));
        Layer("conv2d_depthwise", Conv2d(4, 8, 3, groups: 4, dtype: float64), Numbers(2, 4, 5, 5));
        Layer("conv3d", Conv3d(2, 3, 2, dtype: float64), Numbers(1, 2, 3, 4, 3));
        Layer("conv_transpose1d", ConvTranspose1d(3, 2, 4, stride: 2, padding: 1, dtype: float64), Numbers(2, 3, 5));
        Layer("conv_transpose2d", ConvTranspose2d(3, 2, 3, stride: 2, padding: 1, output_padding: 1, dtype: float64), Numbers(2, 3, 4, 3));
        Layer("batch_norm1d", BatchNorm1d(3, dtype: float64), Numbers(6, 3));
        Layer("batch_norm2d", BatchNorm2d(3, dtype: float64), Numbers(4, 3, 2, 3));
        Layer("layer_norm", LayerNorm(6, dtype: float64), Numbers(4, 3, 6));
        Layer("group_norm", GroupNorm(2, 4, dtype: float64), Numbers(3, 4, 5));
        Layer("max_pool2d", MaxPool2d(3, stride: 2, padding: 1), Numbers(2, 3, 7, 6));
        Layer("avg_pool2d", AvgPool2d(2, stride: 2), Numbers(2, 3, 6, 4));
        Layer("embedding", Embedding(7, 3, dtype: float64), randint(0, 7, [4, 5], int64));
        foreach (EmbeddingBagMode mode in new[] { EmbeddingBagMode.Mean, EmbeddingBagMode.Sum, EmbeddingBagMode.Max })
        {
            EmbeddingBag bag = EmbeddingBag(7, 3, mode: mode, dtype: float64);
            Layer($"embedding_bag_{mode}".ToLowerInvariant(), bag, randint(0, 7, [4, 5], int64), x => bag.call(x));
        }
    }

    private void Recurrent()
    {
        Tensor x = Numbers(2, 5, 3);
        RNN rnn = RNN(3, 4, batchFirst: true, dtype: float64);
        Layer("rnn", rnn, x, input => rnn.call(input).Item1);
        LSTM lstm = LSTM(3, 4, batchFirst: true, dtype: float64);
        Layer("lstm", lstm, x, input => lstm.call(input).Item1);
        GRU gru = GRU(3, 4, batchFirst: true, dtype: float64);
        Layer("gru", gru, x, input => gru.call(input).Item1);
        LSTM both = LSTM(3, 4, batchFirst: true, bidirectional: true, dtype: float64);
        Layer("lstm_bidirectional", both, x, input => both.call(input).Item1);
    }

    // TorchSharp's attention has the sequence first.
    private void Attention()
    {
        Tensor x = Numbers(2, 5, 6);
        MultiheadAttention attention = MultiheadAttention(6, 2);
        attention.to(float64);
        Layer("attention", attention, x, Self(null));
        // The module adds the mask, so that true would be 1 and not "masked".
        Tensor causal = full([5, 5], double.NegativeInfinity, float64).triu(1);
        Layer("attention_causal", attention, x, Self(causal));
        foreach (Activations activation in new[] { Activations.ReLU, Activations.GELU })
        {
            TransformerEncoderLayer encoder = TransformerEncoderLayer(6, 2, dim_feedforward: 8, dropout: 0, activation: activation);
            encoder.to(float64);
            Layer($"transformer_encoder_{activation}".ToLowerInvariant(), encoder, x,
                input => encoder.call(input.transpose(0, 1), null!, null!).transpose(0, 1));
        }

        Func<Tensor, Tensor> Self(Tensor? mask) => input =>
        {
            Tensor first = input.transpose(0, 1);
            return attention.call(first, first, first, null!, false, mask!).Item1.transpose(0, 1);
        };
    }

    private void Losses()
    {
        var values = new Dictionary<string, Tensor>();
        Tensor logits = Numbers(6, 4), labels = randint(0, 4, [6], int64), weights = rand(4, float64) + 0.5;
        Tensor some = labels.clone();
        some[1] = -100;
        Tensor shares = Numbers(6, 4).softmax(1), bits = randint(0, 2, [6, 4], int64).to(float64), other = Numbers(6, 4);
        (values["logits"], values["labels"], values["some"], values["class_weights"]) = (logits, labels, some, weights);
        (values["shares"], values["bits"], values["other"]) = (shares, bits, other);
        Loss("cross_entropy", x => functional.cross_entropy(x, labels));
        Loss("cross_entropy_weights", x => functional.cross_entropy(x, labels, weights));
        Loss("cross_entropy_ignored", x => functional.cross_entropy(x, some, ignore_index: -100));
        Loss("cross_entropy_smoothed", x => functional.cross_entropy(x, labels, label_smoothing: 0.1));
        Loss("cross_entropy_shares", x => functional.cross_entropy(x, shares));
        Loss("binary_cross_entropy", x => functional.binary_cross_entropy_with_logits(x, bits));
        Loss("mse", x => functional.mse_loss(x, other));
        Loss("l1", x => functional.l1_loss(x, other));
        Loss("huber", x => functional.huber_loss(x, other, delta: 0.7));
        Loss("kl", x => functional.kl_div(x.log_softmax(1), shares, log_target: false, reduction: Reduction.Sum) / x.shape[0]);
        Loss("cosine", x => 1 - functional.cosine_similarity(x, other, dim: 1).mean());
        Tensor frames = Numbers(3, 7, 4), targets = randint(1, 4, [3, 3], int64), lengths = tensor([3L, 2L, 0L]), counts = tensor([7L, 5L, 6L]);
        (values["frames"], values["targets"], values["target_lengths"], values["frame_counts"]) = (frames, targets, lengths, counts);
        Loss("ctc", x => functional.ctc_loss(x.transpose(0, 1).log_softmax(2), targets, counts, lengths, reduction: Reduction.Mean), frames);
        SafeTensorsFile.Write(Path.Combine(folder, "losses.safetensors"), values);

        void Loss(string name, Func<Tensor, Tensor> loss, Tensor? of = null)
        {
            Tensor x = (of ?? logits).clone().requires_grad_();
            Tensor value = loss(x);
            value.backward();
            (values[name], values[name + ".gradient"]) = (value, x.grad!);
        }
    }

    private void Optimizers()
    {
        var values = new Dictionary<string, Tensor>();
        Tensor start = Numbers(7), scales = rand(7, float64) * 3, targets = Numbers(7);
        (values["start"], values["scales"], values["targets"]) = (start, scales, targets);
        Run("sgd", w => optim.SGD([w], 0.05));
        Run("sgd_momentum", w => optim.SGD([w], 0.05, momentum: 0.9, weight_decay: 0.01));
        Run("sgd_nesterov", w => optim.SGD([w], 0.05, momentum: 0.9, nesterov: true));
        Run("adam", w => optim.Adam([w], 0.05, beta1: 0.8, beta2: 0.95, eps: 1e-6));
        Run("adamw", w => optim.AdamW([w], 0.05, weight_decay: 0.1));
        Run("rmsprop", w => optim.RMSProp([w], 0.02, alpha: 0.9));
        Run("rmsprop_centered", w => optim.RMSProp([w], 0.02, alpha: 0.9, momentum: 0.5, centered: true));
        Run("adagrad", w => optim.Adagrad([w], 0.1));
        SafeTensorsFile.Write(Path.Combine(folder, "optimizers.safetensors"), values);

        // Minimises Σ scales · (w − targets)² + sin w.
        void Run(string name, Func<Parameter, optim.Optimizer> make)
        {
            var w = new Parameter(start.clone());
            optim.Optimizer optimizer = make(w);
            var path = new List<Tensor>();
            for (int step = 0; step < Steps; step++)
            {
                optimizer.zero_grad();
                ((scales * (w - targets).square()).sum() + w.sin().sum()).backward();
                optimizer.step();
                path.Add(w.detach().clone());
            }

            values[name] = stack(path);
        }
    }

    private void Layer(string name, Module<Tensor, Tensor> layer, Tensor x) => Layer(name, layer, x, layer.call);

    private void Layer(string name, Module layer, Tensor x, Func<Tensor, Tensor> call)
    {
        Dictionary<string, Tensor> state = layer.state_dict().Where(entry => entry.Value.numel() > 0 && entry.Value.dtype == float64)
            .ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        // Scales and offsets that start as 1 and 0 would hide a mistake; the state is what the run begins with.
        using (no_grad())
        {
            foreach (var (key, value) in layer.state_dict())
            {
                if (value.dtype == float64 && (key.EndsWith("bias", StringComparison.Ordinal) || key.Contains("norm", StringComparison.Ordinal) || state.Count <= 4 && value.dim() == 1))
                    value.copy_(rand_like(value) + 0.5);
                if (state.ContainsKey(key))
                    state[key] = value.clone();
            }
        }

        layer.train();
        layer.zero_grad();
        Tensor input = x.clone();
        if (input.is_floating_point())
            input.requires_grad_();
        Tensor y = call(input), weights = Numbers(y.shape);
        (y * weights).sum().backward();
        var values = new Dictionary<string, Tensor> { ["x"] = x, ["y"] = y, ["weights"] = weights };
        if (input.is_floating_point())
            values["gradient.x"] = input.grad!;
        foreach (var (key, parameter) in layer.named_parameters())
            values["gradient." + key] = parameter.grad!;
        foreach (var (key, buffer) in layer.named_buffers().Where(entry => entry.buffer.dtype == float64))
            values["after." + key] = buffer;
        layer.eval();
        values["eval.y"] = call(x);
        SafeTensorsFile.Write(Path.Combine(folder, $"{name}.safetensors"), state);
        SafeTensorsFile.Write(Path.Combine(folder, $"{name}.values.safetensors"), values);
    }
}
