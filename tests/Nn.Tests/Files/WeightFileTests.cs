using System.Buffers.Binary;
using System.Text;

namespace TensorGraph.Tests.Files;

/// <summary>Weight files in the format safetensors.</summary>
public sealed class WeightFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-weights-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string File(string name) => Path.Combine(_folder, name);

    private static Sequential Model(int seed) => new(
        new Conv2D(1, 2, 3, random: new RandomGenerator(seed)), new BatchNorm(2), new Flatten(), new Dense(8, 3, random: new RandomGenerator(seed + 1)));

    [Fact]
    public void A_disk_that_is_full_is_told_with_its_own_remedy()
    {
        int full = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28;
        var fault = Assert.Throws<GraphException>(() => DataFile.Try("checkpoint", "folder/step-1", () => throw new IOException("No space left on device", full)));
        Assert.Equal(DiagnosticIds.BadData, fault.Id);
        Assert.Contains("'folder/step-1' can't be written", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Make room", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_has_the_bytes_of_the_format()
    {
        WeightFile.Save(File("a"), new Dictionary<string, Tensor> { ["x"] = new[] { 1f, 2 }, ["y"] = true }, new Dictionary<string, string> { ["made"] = "here" });
        byte[] bytes = System.IO.File.ReadAllBytes(File("a"));
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(
            """{"__metadata__":{"made":"here"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}""",
            Encoding.UTF8.GetString(bytes, 8, header).TrimEnd());
        Assert.Equal(0, header % 8);
        Assert.Equal([0, 0, 128, 63, 0, 0, 0, 64, 1], bytes[(8 + header)..]);
        Assert.Equal("here", WeightFile.Metadata(File("a"))["made"]);
        Assert.Equal("f32[2]", WeightFile.List(File("a"))["x"].ToString());
    }

    [Fact]
    public void Every_dtype_but_text_comes_back()
    {
        var tensors = DTypes.All.Where(dtype => dtype != DType.String).ToDictionary(dtype => dtype.Name(), dtype => Ops.Reshape(new[] { 0, 1, 1, 0, 1, 0 }, 2, 3).Cast(dtype));
        tensors["empty"] = Ops.Zeros(0, 3);
        WeightFile.Save(File("all"), tensors);
        var loaded = WeightFile.Load(File("all"));
        Assert.Equal(tensors.Keys, loaded.Keys);
        Assert.All(tensors, entry =>
        {
            Assert.Equal(entry.Value.Type, loaded[entry.Key].Type);
            Assert.Equal(entry.Value.ToLiteral(), loaded[entry.Key].ToLiteral());
        });
        Expect.ErrorHere(DiagnosticIds.DTypeMismatch, () => WeightFile.Save(File("text"), new Dictionary<string, Tensor> { ["t"] = "text" }), ["'t'"]);
        Assert.False(System.IO.File.Exists(File("text")));
    }

    [Fact]
    public void A_module_comes_back_and_nothing_is_set_when_something_does_not_fit()
    {
        Sequential saved = Model(1), loaded = Model(5);
        saved.Save(File("m"));
        Assert.Empty(loaded.Load(File("m")).Missing);
        Tensor x = new RandomGenerator(9).Normal(new Shape(2, 1, 4, 4));
        Assert.Equal(saved.Call(x).ToArray<float>(), loaded.Call(x).ToArray<float>());

        var other = new Sequential(new Conv2D(1, 2, 3), new BatchNorm(2), new Flatten(), new Dense(8, 4));
        float[] before = ((Conv2D)other.Layers[0]).Kernel.Value.ToArray<float>();
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => other.Load(File("m")), ["'layers.3.kernel' is f32[8, 4], in the file f32[8, 3]", "'layers.3.bias' is f32[4]"]);
        Assert.Equal(before, ((Conv2D)other.Layers[0]).Kernel.Value.ToArray<float>());
    }

    [Fact]
    public void A_part_is_loaded_when_asked_for()
    {
        Model(1).Save(File("m"));
        var other = new Sequential(new Conv2D(1, 2, 3), new BatchNorm(2, affine: false), new Dense(2, 2) { Name = "head" });
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => other.Load(File("m")), ["'head.kernel' is not in the file", "no variable takes 'layers.1.scale' of the file"]);
        var result = other.Load(File("m"), strict: false);
        Assert.Equal(["head.kernel", "head.bias"], result.Missing);
        Assert.Equal(["layers.1.offset", "layers.1.scale", "layers.3.bias", "layers.3.kernel"], result.Unexpected.Order(StringComparer.Ordinal));
        Assert.Equal(((Conv2D)Model(1).Layers[0]).Kernel.Value.ToArray<float>(), ((Conv2D)other.Layers[0]).Kernel.Value.ToArray<float>());
    }

    [Fact]
    public void Floats_of_another_width_are_converted_and_other_dtypes_are_not()
    {
        WeightFile.Save(File("d"), new Dictionary<string, Tensor> { ["kernel"] = new double[,] { { 1.5 }, { -2 } } });
        var dense = new Dense(2, 1, bias: false);
        dense.Load(File("d"));
        Assert.Equal([1.5f, -2], dense.Kernel.Value.ToArray<float>());
        WeightFile.Save(File("i"), new Dictionary<string, Tensor> { ["kernel"] = new int[,] { { 1 }, { 2 } } });
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => dense.Load(File("i")), ["in the file i32[2, 1]"]);
    }

    [Fact]
    public void Names_and_layouts_of_PyTorch_are_mapped()
    {
        var random = new RandomGenerator(3);
        Tensor Made(params long[] sizes) => random.Normal(new Shape(sizes));
        var state = new Dictionary<string, Tensor>
        {
            ["model.0.weight"] = Made(3, 4), ["model.0.bias"] = Made(3), ["model.1.running_mean"] = Made(3), ["model.1.running_var"] = Made(3), ["model.1.weight"] = Made(3),
            ["model.1.bias"] = Made(3), ["model.1.num_batches_tracked"] = 7L,
        };
        WeightFile.Save(File("t"), state);
        var model = new Sequential(new Dense(4, 3), new BatchNorm(3));
        model.Load(File("t"), mapping: WeightMapping.PyTorch.Renamed(name => "model." + name));
        Assert.Equal(Ops.Transpose(state["model.0.weight"]).ToArray<float>(), ((Dense)model.Layers[0]).Kernel.Value.ToArray<float>());
        Assert.Equal(state["model.1.running_var"].ToArray<float>(), ((BatchNorm)model.Layers[1]).MovingVariance.Value.ToArray<float>());
        Expect.ErrorHere(DiagnosticIds.WeightsDoNotFit, () => model.Load(File("t"), mapping: WeightMapping.PyTorch), ["(as 0.weight)"]);
    }

    /// <summary>A block with the members that an attribute of PyTorch would have.</summary>
    private sealed class Block : Module
    {
        public TransformerEncoderBlock Encoder { get; } = new(4, 2, 5);

        public TransformerDecoderBlock Decoder { get; } = new(4, 2, 5);

        public Bidirectional Rnn { get; } = new(new Lstm(4, 3), new Lstm(4, 3), layers: 2);

        public Gru Gru { get; } = new(4, 3, layers: 2);

        public Embedding Words { get; } = new(6, 4);
    }

    [Fact]
    public void Attention_and_recurrent_layers_have_the_names_of_PyTorch()
    {
        var random = new RandomGenerator(3);
        Tensor Made(params long[] sizes) => random.Normal(new Shape(sizes));
        var state = new Dictionary<string, Tensor>();
        foreach (string block in new[] { "encoder", "decoder" })
        {
            foreach (string attention in block == "encoder" ? ["self_attn"] : new[] { "self_attn", "multihead_attn" })
            {
                state[$"{block}.{attention}.in_proj_weight"] = Made(12, 4);
                state[$"{block}.{attention}.in_proj_bias"] = Made(12);
                state[$"{block}.{attention}.out_proj.weight"] = Made(4, 4);
                state[$"{block}.{attention}.out_proj.bias"] = Made(4);
            }

            state[$"{block}.linear1.weight"] = Made(5, 4);
            state[$"{block}.linear1.bias"] = Made(5);
            state[$"{block}.linear2.weight"] = Made(4, 5);
            state[$"{block}.linear2.bias"] = Made(4);
            foreach (string norm in block == "encoder" ? ["norm1", "norm2"] : new[] { "norm1", "norm2", "norm3" })
                (state[$"{block}.{norm}.weight"], state[$"{block}.{norm}.bias"]) = (Made(4), Made(4));
        }

        foreach (string suffix in new[] { "l0", "l0_reverse", "l1", "l1_reverse" })
        {
            (state[$"rnn.weight_ih_{suffix}"], state[$"rnn.weight_hh_{suffix}"]) = (Made(12, suffix[1] == '0' ? 4 : 6), Made(12, 3));
            (state[$"rnn.bias_ih_{suffix}"], state[$"rnn.bias_hh_{suffix}"]) = (Made(12), Made(12));
        }

        (state["gru.weight_ih_l0"], state["gru.weight_hh_l0"], state["gru.bias_ih_l0"], state["gru.bias_hh_l0"]) = (Made(9, 4), Made(9, 3), Made(9), Made(9));
        (state["gru.weight_ih_l1"], state["gru.weight_hh_l1"], state["gru.bias_ih_l1"], state["gru.bias_hh_l1"]) = (Made(9, 3), Made(9, 3), Made(9), Made(9));
        state["words.weight"] = Made(6, 4);
        WeightFile.Save(File("b"), state);
        var block2 = new Block();
        block2.Load(File("b"), mapping: WeightMapping.PyTorch);
        Assert.Equal(Ops.Transpose(state["decoder.multihead_attn.in_proj_weight"][4..8]).ToArray<float>(), block2.Decoder.MemoryAttention.Key.Kernel.Value.ToArray<float>());
        Assert.Equal(state["encoder.self_attn.in_proj_bias"][8..].ToArray<float>(), block2.Encoder.Attention.Value.Bias!.Value.ToArray<float>());
        Assert.Equal(state["decoder.norm2.weight"].ToArray<float>(), block2.Decoder.MemoryNorm.Scale.Value.ToArray<float>());
        Assert.Equal((state["rnn.bias_ih_l0_reverse"] + state["rnn.bias_hh_l0_reverse"]).ToArray<float>(), block2.Rnn.Against.Bias.Value.ToArray<float>());
        Assert.Equal(state["gru.bias_hh_l0"].ToArray<float>(), block2.Gru.RecurrentBias.Value.ToArray<float>());
        Assert.Equal(Ops.Transpose(state["rnn.weight_ih_l1_reverse"]).ToArray<float>(), block2.Rnn.Upper[0].Against.Kernel.Value.ToArray<float>());
        Assert.Equal(state["gru.bias_ih_l1"].ToArray<float>(), block2.Gru.Upper[0].Bias.Value.ToArray<float>());
    }

    public static TheoryData<string, string> DamagedHeaders() => new()
    {
        { "not JSON", "{\"a\":" },
        { "no object", "[1, 2, 3] " },
        { "twice", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""" },
        { "unknown dtype", """{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}""" },
        { "no dtype", """{"a":{"shape":[1],"data_offsets":[0,1]}}""" },
        { "negative size", """{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}""" },
        { "huge size", """{"a":{"dtype":"F64","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]}}""" },
        { "sizes that overflow to 0", """{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""" },
        { "more than the file", """{"a":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]}}""" },
        { "offsets back to front", """{"a":{"dtype":"U8","shape":[0],"data_offsets":[5,5]}}""" },
        { "a hole", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""" },
        { "overlap", """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}""" },
        { "a fraction", """{"a":{"dtype":"U8","shape":[1.5],"data_offsets":[0,1]}}""" },
        { "three offsets", """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,2]}}""" },
        { "metadata that is no text", """{"__metadata__":{"a":1}}""" },
        { "deep", "{\"a\":" + new string('[', 200) + new string(']', 200) + "}" },
    };

    [Theory]
    [MemberData(nameof(DamagedHeaders))]
    public void A_damaged_file_is_an_error_with_its_path(string name, string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        System.IO.File.WriteAllBytes(File("x"), [.. BitConverter.GetBytes((long)text.Length), .. text, 1, 2, 3, 4]);
        Assert.NotEmpty(name);
        Expect.ErrorHere(DiagnosticIds.BadData, () => WeightFile.Load(File("x")), [File("x")]);
    }

    [Fact]
    public void A_file_that_is_cut_short_anywhere_is_an_error()
    {
        WeightFile.Save(File("a"), new Dictionary<string, Tensor> { ["x"] = new[] { 1f, 2 }, ["flag"] = true });
        byte[] whole = System.IO.File.ReadAllBytes(File("a"));
        for (int length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File("cut"), whole[..length]);
            Expect.Error(DiagnosticIds.BadData, () => WeightFile.Load(File("cut")));
        }

        // Any byte of the header may be damaged.
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            System.IO.File.WriteAllBytes(File("cut"), damaged);
            try
            {
                WeightFile.Load(File("cut"));
            }
            catch (GraphException fault)
            {
                Assert.Equal(DiagnosticIds.BadData, fault.Id);
            }
        }

        Expect.ErrorHere(DiagnosticIds.BadData, () => WeightFile.Load(File("none")), ["it does not exist"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => WeightFile.Load(_folder), []);
    }

    [Fact]
    public void Nothing_is_left_beside_a_file_and_an_old_one_is_replaced()
    {
        new Dense(2, 2).Save(Path.Combine(_folder, "new", "w"));
        new Dense(3, 3).Save(Path.Combine(_folder, "new", "w"));
        Assert.Equal(["w"], Directory.GetFiles(Path.Combine(_folder, "new")).Select(Path.GetFileName));
        Assert.Equal("f32[3, 3]", WeightFile.List(Path.Combine(_folder, "new", "w"))["kernel"].ToString());
    }
}
