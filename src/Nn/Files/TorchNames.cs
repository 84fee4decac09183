namespace TensorGraph;

/// <summary>The names and layouts that PyTorch gives the variables of a module.</summary>
internal sealed class TorchNames
{
    private readonly ModuleTree _tree;
    private readonly List<WeightSource> _sources = [];
    private readonly HashSet<Module> _done = new(ReferenceEqualityComparer.Instance);

    private TorchNames(Module root)
    {
        _tree = ModuleTree.Of(root);
        Add(root, "");
    }

    public static IReadOnlyList<WeightSource> Of(Module root) => new TorchNames(root)._sources;

    private void Add(Module module, string path)
    {
        if (!_done.Add(module))
            return;
        switch (module)
        {
            case MultiHeadAttention attention:
                AddAttention(attention, path);
                return;
            case Bidirectional both:
                foreach (var (depth, pair) in new[] { both }.Concat(both.Upper).Index())
                {
                    AddRecurrent(pair.Along, path, $"_l{depth}");
                    AddRecurrent(pair.Against, path, $"_l{depth}_reverse");
                }

                return;
            case Recurrent recurrent:
                foreach (var (depth, layer) in new[] { recurrent }.Concat(recurrent.Upper).Index())
                    AddRecurrent(layer, path, $"_l{depth}");
                return;
        }

        foreach (var (name, part) in Members.Of(module))
        {
            if (part is Variable variable)
                AddOwn(module, variable, path, name);
            else
                Add((Module)part, ModuleTree.Join(path, PartOf(module, ((Module)part).NameIn(name))));
        }
    }

    // Names of attributes in PyTorch.
    private static string PartOf(Module module, string name) => (module, name) switch
    {
        (Sequential, _) when name.StartsWith("layers.", StringComparison.Ordinal) => name["layers.".Length..],
        (TransformerBlock, "attention") => "self_attn",
        (TransformerBlock, "memory_attention") => "multihead_attn",
        (TransformerBlock, "hidden") => "linear1",
        (TransformerBlock, "output") => "linear2",
        (TransformerBlock, "attention_norm") => "norm1",
        (TransformerDecoderBlock, "memory_norm") => "norm2",
        (TransformerDecoderBlock, "output_norm") => "norm3",
        (TransformerBlock, "output_norm") => "norm2",
        _ => name,
    };

    private static string OwnOf(Module module, string name) => (module, name) switch
    {
        (Dense or Convolution or TransposedConvolution, "kernel") => "weight",
        (BatchNorm or LayerNorm or GroupNorm or RMSNorm, "scale") => "weight",
        (BatchNorm or LayerNorm or GroupNorm, "offset") => "bias",
        (BatchNorm, "moving_mean") => "running_mean",
        (BatchNorm, "moving_variance") => "running_var",
        (Embedding or EmbeddingBag or PositionEmbedding, "table") => "weight",
        _ => name,
    };

    private void AddOwn(Module module, Variable variable, string path, string name) => Add(
        variable, [ModuleTree.Join(path, OwnOf(module, name))], module is Dense && name == "kernel" ? parts => Ops.Transpose(parts[0], 1, 0) : null);

    private void AddRecurrent(Recurrent layer, string path, string suffix)
    {
        string Name(string part) => ModuleTree.Join(path, part + suffix);
        Add(layer.Kernel, [Name("weight_ih")], Turned);
        Add(layer.RecurrentKernel, [Name("weight_hh")], Turned);
        if (layer is Gru gru)
        {
            Add(gru.Bias, [Name("bias_ih")], null);
            Add(gru.RecurrentBias, [Name("bias_hh")], null);
        }
        else
        {
            Add(layer.Bias, [Name("bias_ih"), Name("bias_hh")], parts => parts[0] + parts[1]);
        }

        static Tensor Turned(Tensor[] parts) => Ops.Transpose(parts[0], 1, 0);
    }

    // One matrix with the rows of queries, keys and values, unless keys or values have another size.
    private void AddAttention(MultiHeadAttention layer, string path)
    {
        long size = layer.Query.Kernel.Shape[1].Value;
        Dense[] projections = [layer.Query, layer.Key, layer.Value];
        bool isJoined = projections.All(projection => projection.Kernel.Shape[0].Is(size));
        foreach (var (i, projection) in projections.Index())
        {
            int from = (int)(i * size), to = (int)((i + 1) * size);
            if (isJoined)
                Add(projection.Kernel, [ModuleTree.Join(path, "in_proj_weight")], parts => Ops.Transpose(Rows(parts[0], 3 * size)[from..to], 1, 0));
            else
                Add(projection.Kernel, [ModuleTree.Join(path, $"{"qkv"[i]}_proj_weight")], parts => Ops.Transpose(parts[0], 1, 0));
            if (projection.Bias is { } bias)
                Add(bias, [ModuleTree.Join(path, "in_proj_bias")], parts => Rows(parts[0], 3 * size)[from..to]);
        }

        Add(layer.Output, ModuleTree.Join(path, "out_proj"));
    }

    private static Tensor Rows(Tensor joined, long rows)
    {
        if (joined.Rank == 0 || !joined.Shape[0].Is(rows))
            Throw.Shape(SafeTensors.Step, $"got {joined.Type}, not {rows} rows", "Make the module with the sizes of the file.");
        return joined;
    }

    private void Add(Variable variable, string[] names, Func<Tensor[], Tensor>? make) =>
        _sources.Add(new(_tree.PathOf(variable), variable, names, make));
}
