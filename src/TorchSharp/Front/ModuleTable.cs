using TensorGraph.CompilerServices;

namespace TensorGraph.Torch;

using TorchSharp;
using TorchSharp.Modules;
using F = TensorGraph.Torch.TorchApi.nn.functional;
using Module = global::TorchSharp.torch.nn.Module;

/// <summary>Runs a module of TorchSharp, or the twin of one of the program, on tensors of a graph.</summary>
internal static class ModuleTable
{
    public static Tensor Run(object module, params ReadOnlySpan<Tensor> inputs)
    {
        ModuleHooks.Check((Module)Throw.IfNull(module));
        bool ownsInput = inputs.Length == 1 && TorchTrace.Here("forward").Takes(inputs[0]);
        if (module is ITracedModule own)
            return own.Inputs == inputs.Length ? own.Forward(inputs) : throw TorchFront.NotConverted(module, $"its own forward takes {own.Inputs} tensors, not {inputs.Length}");
        return inputs.Length switch
        {
            1 => Run((Module)module, inputs[0], ownsInput).Result,
            2 => Loss((Module)module, inputs[0], inputs[1]),
            3 when module is TransformerEncoderLayer layer => AttentionModules.Encode(layer, inputs[0], inputs[1], inputs[2]),
            _ => throw NotInTable((Module)module),
        };
    }

    // Whether the result is memory of the module's own tells if a next one may overwrite it.
    private static (Tensor Result, bool IsOwn) Run(Module module, Tensor x, bool ownsInput)
    {
        ModuleHooks.Check(module);
        ModuleNumbers.Depend(module);
        switch (module)
        {
            case ITracedModule own:
                return (own.Forward([x]), false);
            case Sequential sequence:
                bool owns = ownsInput;
                foreach ((_, Module part) in sequence.named_children()) (x, owns) = Run(part, x, owns);
                return (x, owns);
            case Identity:
                return (x, ownsInput);
            case Flatten flatten:
                return (TorchApi.flatten(x, flatten.start_dim, flatten.end_dim), ownsInput);
            case Unflatten unflatten:
                return (TorchApi.unflatten(x, unflatten.dim, unflatten.unflattened_size), ownsInput);
            case Dropout dropout:
                InPlace(module, dropout.inplace, ownsInput);
                return (F.dropout(x, dropout.p, TorchFront.Training(module)), ownsInput);
            case Dropout2d dropout:
                InPlace(module, dropout.inplace, ownsInput);
                return (ChannelDropout(x, dropout.p, TorchFront.Training(module)), ownsInput);
        }
        return (Layer(module, x) ?? Activation(module, x, ownsInput) ?? throw NotInTable(module), true);
    }

    private static Tensor? Layer(Module module, Tensor x) => module switch
    {
        Linear linear => F.linear(x, Held(linear, static l => l.weight)!, Held(linear, static l => l.bias)),
        ConvTranspose2d or ConvTranspose1d => Transposed((Convolution)module, x),
        Conv1d or Conv2d => Convolve((Convolution)module, x),
        BatchNorm norm => Normalization.Batch(norm, x),
        LayerNorm norm => F.layer_norm(x, norm.normalized_shape, Held(norm, static n => n.weight), Held(norm, static n => n.bias), norm.eps),
        GroupNorm norm => F.group_norm(x, norm.num_groups, Held(norm, static n => n.weight), Held(norm, static n => n.bias), norm.eps),
        Embedding embedding => Embeddings.Embed(embedding, x),
        MaxPool1d pool => F.max_pool1d(x, pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode),
        MaxPool2d pool => F.max_pool2d(x, pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode),
        AvgPool1d pool => F.avg_pool1d(x, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.count_include_pad),
        AvgPool2d pool => F.avg_pool2d(x, pool.kernel_size, pool.stride, pool.padding, pool.ceil_mode, pool.count_include_pad, pool.divisor_override),
        AdaptiveAvgPool2d pool => F.adaptive_avg_pool2d(x, pool.output_size),
        AdaptiveMaxPool2d pool => F.Adaptive(x, pool.output_size, Ops.ReduceMax),
        TransformerEncoderLayer layer => AttentionModules.Encode(layer, x, null, null),
        _ => null,
    };

    private static Tensor? Activation(Module module, Tensor x, bool ownsInput)
    {
        bool inplace = module switch
        {
            ReLU m => m.inplace,
            ReLU6 m => m.inplace,
            LeakyReLU m => m.inplace,
            ELU m => m.inplace,
            SELU m => m.inplace,
            GELU m => m.inplace,
            SiLU m => m.inplace,
            Mish m => m.inplace,
            Sigmoid m => m.inplace,
            Tanh m => m.inplace,
            Hardtanh m => m.inplace,
            Hardswish m => m.inplace,
            Hardsigmoid m => m.inplace,
            Softsign m => m.inplace,
            _ => false,
        };
        InPlace(module, inplace, ownsInput);
        return module switch
        {
            ReLU => F.relu(x),
            ReLU6 => F.relu6(x),
            LeakyReLU m => F.leaky_relu(x, m.negative_slope),
            ELU m => F.elu(x, m.alpha),
            SELU => F.selu(x),
            GELU m => F.gelu(x, m.approximate),
            SiLU => F.silu(x),
            Mish => F.mish(x),
            Sigmoid => F.sigmoid(x),
            Tanh => F.tanh(x),
            Hardtanh m => F.hardtanh(x, m.min_val, m.max_val),
            Hardswish => F.hardswish(x),
            Hardsigmoid => F.hardsigmoid(x),
            Softplus m => F.softplus(x, m.beta, m.threshold),
            Softsign => F.softsign(x),
            LogSigmoid => F.logsigmoid(x),
            Softmax m => TorchApi.softmax(x, m.dim),
            LogSoftmax m => TorchApi.log_softmax(x, m.dim),
            _ => null,
        };
    }

    private static Tensor Loss(Module module, Tensor input, Tensor target) => module switch
    {
        CrossEntropyLoss loss => F.cross_entropy(input, target, Value(loss.weight), loss.ignore_index ?? -100, loss.reduction, loss.label_smoothing),
        NLLLoss loss => F.nll_loss(input, target, Value(loss.weight), loss.reduction),
        MSELoss loss => F.mse_loss(input, target, loss.reduction),
        L1Loss loss => F.l1_loss(input, target, loss.reduction),
        SmoothL1Loss loss => F.smooth_l1_loss(input, target, loss.reduction, loss.beta),
        HuberLoss loss => F.huber_loss(input, target, loss.delta, loss.reduction),
        BCELoss loss => F.binary_cross_entropy(input, target, Value(loss.weight), loss.reduction),
        BCEWithLogitsLoss loss => F.binary_cross_entropy_with_logits(input, target, Value(loss.weight), loss.reduction, Value(loss.pos_weights)),
        KLDivLoss loss => F.kl_div(input, target, loss.log_target, loss.reduction),
        TransformerEncoderLayer layer => AttentionModules.Encode(layer, input, target, null),
        _ => throw NotInTable(module),
    };

    /// <summary>A parameter of a module; another tensor in its place makes another trace.</summary>
    public static Tensor? Held<T>(T module, Func<T, torch.Tensor?> get)
        where T : Module
    {
        GraphControl.Reads(module, ["parameters"], (owner, state) => state.AddStatic(get((T)owner!) is { } held ? TorchVariable.Of(held) : null));
        return Value(get(module));
    }

    public static Tensor? Value(torch.Tensor? held) => held is null ? null : TorchTrace.Here("value").Read(held);

    private static Tensor Convolve(Convolution layer, Tensor x)
    {
        if (layer.padding_mode != PaddingModes.Zeros)
            Throw.Raise(DiagnosticIds.NotTraceableTorch, layer.GetName(), $"padding mode {layer.padding_mode} is not covered", "Use zeros, or pad the input.");
        long[] padding = layer.padding ?? new long[layer.kernel_size.Length];
        if (layer.padding_type == Padding.Same)
        {
            long[] total = [.. layer.kernel_size.Zip(layer.dilation, (size, step) => step * (size - 1))];
            int spare = x.Rank - total.Length;
            x = Ops.Pad(x, new Shape([.. new long[spare], .. total.Select(all =>
                all / 2)]), new Shape([.. new long[spare], .. total.Select(all => all - (all / 2))]));
        }
        return F.Convolution(
            x, Held(layer, static l => l.weight)!, Held(layer, static l => l.bias), layer.stride, padding, layer.dilation, layer.groups);
    }

    private static Tensor Transposed(Convolution layer, Tensor x) => F.Transposed(
        x, Held(layer, static l => l.weight)!, Held(layer, static l => l.bias), layer.stride, layer.padding ?? new long[layer.kernel_size.Length],
        layer.output_padding, layer.dilation, layer.groups);

    // One draw for each channel of each example.
    private static Tensor ChannelDropout(Tensor x, double p, bool training)
    {
        if (!training || p == 0) return x;
        Dim[] channels = [x.Shape[0], x.Shape[1], .. Enumerable.Repeat((Dim)1, x.Rank - 2)];
        Tensor kept = Ops.GreaterEqual(Ops.RandomUniform(Shape.Create(channels)), (Tensor)(float)p);
        return p == 1 ? TorchApi.zeros_like(x) : Ops.Mul(x, TorchApi.div(Ops.Cast(kept, x.DType), 1 - p));
    }

    private static void InPlace(Module module, bool inplace, bool ownsInput)
    {
        if (inplace && !ownsInput)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, module.GetType().Name, "inplace: true would change a tensor that has another name",
                "Leave inplace out: a graph writes in place where it can. After a layer in the same Sequential it is fine.");
        }
    }

    private static Exception NotInTable(Module module)
    {
        Type type = module.GetType();
        if (type.Assembly != typeof(Module).Assembly)
        {
            Throw.Raise(
                DiagnosticIds.NotTraceableTorch, type.Name, "the class has no form of its forward method for graphs",
                $"Make '{type.Name}' and the types around it partial; forward overrides that of Module<…> and takes tensors alone.");
        }
        Throw.Raise(
            DiagnosticIds.NotTraceableTorch, module.GetType().Name, "no graph function on torch tensors runs this module",
            "Write it as a class of your own with covered functions, or call it outside of the graph function: docs/coming-from-torchsharp.md lists what is covered.");
        return new InvalidOperationException();
    }
}
