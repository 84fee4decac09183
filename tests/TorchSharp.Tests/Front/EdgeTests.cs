namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

/// <summary>Values and gradients at ties, bounds, zeros and infinities are TorchSharp's.</summary>
public sealed partial class EdgeTests
{
    private const float Infinity = float.PositiveInfinity;

    [TorchFact]
    public void Ties_and_bounds_have_the_gradients_of_TorchSharp()
    {
        Same(x => Cases.Bounds(x), tensor(new float[,] { { -3, -1, 0, 1 }, { 3, 6, 1, 1 }, { 0, 0, 0, 0 } }));
        Same(x => Cases.Bounds(x), tensor(new float[,] { { -0f, 0.1f, -3, 3 }, { 2, 2, 2, 2 }, { 7, 1e-8f, -4, 0.5f } }));
    }

    [TorchFact]
    public void Zeros_have_the_gradients_of_TorchSharp()
    {
        Same(x => Cases.Zeros(x), torch.zeros(2, 3));
        Same(x => Cases.Zeros(x), torch.ones(2, 3));
        Same(x => Cases.Attention(x), torch.linspace(-1, 1, 6).reshape(2, 3));
    }

    [TorchFact]
    public void Logarithms_of_zero_spoil_no_loss()
    {
        torch.Tensor labels = tensor(new long[] { 0, 1, 3 }), weight = tensor(new[] { 1f, 2f, 0.5f, 1f });
        Same(x => Cases.Labelled(x, labels, weight), tensor(new float[,] { { 1, 2, -Infinity, 0 }, { 0, 3, 1, -Infinity }, { -Infinity, 0, 1, 2 } }));
        Same(x => Cases.Binary(x, tensor(new[] { 0f, 1, 0, 1, 0.25f })), tensor(new[] { 0f, 1, 1, 0, 0.5f }));
        Same(t => Cases.Binary(tensor(new[] { 0f, 1, 1, 0, 0.5f }), t), tensor(new[] { 0f, 1, 0, 1, 0.25f }));
    }

    [TorchFact]
    public void Labels_and_numbers_out_of_range_are_refused()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = ones(3, 4), weight = ones(4);
        Assert.ThrowsAny<Exception>(() => Cases.Labelled(x, tensor(new long[] { 0, 1, 4 }), weight)[0].sum());
        Assert.ThrowsAny<Exception>(() => Cases.Labelled(x, tensor(new long[] { 0, -1, 3 }), weight)[0].sum());
        Assert.ThrowsAny<Exception>(() => Cases.Binary(x * 2, x)[0].sum());
    }

    [TorchFact]
    public void Order_is_that_of_TorchSharp()
    {
        using var scope = NewDisposeScope();
        Front.Same.AsEager(() => Cases.Ordered(tensor(new[] { 1f, float.NaN, Infinity, -Infinity, -2f, 0.5f })));
        Front.Same.AsEager(() => Cases.Ordered(tensor(new[] { 3.0, 1.5, double.NaN, -7.25, double.NegativeInfinity, 0 })));
        Front.Same.AsEager(() => Cases.Ordered(tensor(new long[] { 5, long.MinValue, long.MaxValue, 0, -1 })));
        Front.Same.AsEager(() => Cases.Ordered(tensor(new byte[] { 5, 0, 255, 128, 7 })));
    }

    [TorchFact]
    public void Element_types_follow_the_default()
    {
        using var scope = NewDisposeScope();
        torch.Tensor bytes = tensor(new byte[] { 1, 2, 0 });
        Front.Same.AsEager(() => Cases.Made(bytes));
        set_default_dtype(float64);
        try
        {
            Front.Same.AsEager(() => Cases.Made(bytes));
        }
        finally
        {
            set_default_dtype(float32);
        }
    }

    [TorchFact]
    public void What_native_code_alone_knows_is_asked_for_or_refused()
    {
        using var scope = NewDisposeScope();
        torch.Tensor ids = tensor(new long[] { 1, 2, 2, 0 });
        foreach (long? padding in new long?[] { null, 0, 2, 3 })
        {
            var embedding = Embedding(4, 3, padding_idx: padding);
            var cases = new Modules(embedding);
            embedding.weight!.requires_grad = false;
            cases.Run(ids);
            embedding.weight.requires_grad = true;
            List<torch.Tensor> found = [];
            foreach (bool imperatively in new[] { true, false })
            {
                using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
                embedding.weight!.grad = null;
                cases.Run(ids).pow(2).sum().backward();
                found.Add(embedding.weight!.grad!.clone());
            }
            Front.Same.Close(found[0], found[1]);
        }
        Refused(Embedding(4, 3, scale_grad_by_freq: true), ids);
        var zero = TransformerEncoderLayer(8, 2, dropout: 0);
        using (no_grad())
        {
            foreach (var (name, parameter) in zero.named_parameters())
            {
                if (name.Contains("in_proj", StringComparison.Ordinal)) parameter.zero_();
            }
        }
        Refused(zero, ones(2, 1, 8));
        var hooked = Linear(3, 3);
        var runner = new Modules(hooked);
        runner.Run(ones(2, 3));
        hooked.register_forward_hook((_, _, output) => output * 2);
        Assert.Equal("TG1014", Assert.ThrowsAny<GraphException>(() => runner.Run(ones(2, 3))).Id);
    }

    [TorchFact]
    public void Modules_of_doubles_run_in_training()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = linspace(-1, 1, 24).reshape(3, 2, 4).to(float64);
        var cases = new Modules(TransformerEncoderLayer(4, 2, 8, dropout: 0).to(float64));
        Front.Same.AsEager(() => cases.Run(x));
        var transposed = new Modules(ConvTranspose1d(2, 3, 3, stride: 2));
        Front.Same.AsEager(() => transposed.Run(ones(2, 5)));
        var other = new Other(MultiheadAttention(4, 2, kdim: 3, vdim: 3), LSTM(4, 3, numLayers: 2).to(float64));
        Assert.Equal("TG1014", Assert.ThrowsAny<GraphException>(() => other.Attend(ones(2, 1, 4), ones(2, 1, 3))).Id);
        Front.Same.AsEager(() => other.Run(x));
        var weights = Linear(4, 2);
        var applied = new Applied(weights);
        for (int i = 0; i < 3; i++)
        {
            Front.Same.AsEager(() => applied.Run(ones(2, 4)));
            weights.weight = new Parameter(randn(2, 4));
        }
    }

    private static void Refused(Module<torch.Tensor, torch.Tensor> module, torch.Tensor x) =>
        Assert.Equal("TG1014", Assert.ThrowsAny<GraphException>(() => new Modules(module).Run(x)).Id);

    // Values, and gradients of a sum that weighs each element differently.
    private static void Same(Func<torch.Tensor, torch.Tensor[]> call, torch.Tensor start)
    {
        List<torch.Tensor>[] found = [[], []];
        int count = 1;
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            for (int i = 0; i < count; i++)
            {
                torch.Tensor x = start.clone().requires_grad_();
                torch.Tensor[] results = call(x);
                count = results.Length;
                found[mode].Add(results[i].detach());
                (results[i] * arange(1, results[i].numel() + 1).reshape(results[i].shape).cos()).sum().backward();
                found[mode].Add(x.grad!.clone());
            }
        }
        for (int i = 0; i < found[0].Count; i++) Front.Same.Close(found[0][i], found[1][i], what: $"{(i % 2 == 0 ? "value" : "gradient")} {i / 2}");
    }

    internal static partial class Cases
    {
        [GraphFunction]
        public static torch.Tensor[] Bounds(torch.Tensor x) =>
        [
            x.max(1).values, x.min(1).values, x.max(0, true).values, x.clamp(0, 1), x.clamp_min(0), x.clamp_max(1), x.clamp(1, -1), F.relu6(x), F.hardsigmoid(x),
            F.hardswish(x), F.smooth_l1_loss(x, ones(3, 4), Reduction.None, beta: 0), F.smooth_l1_loss(x, ones(3, 4), Reduction.None),
            lerp(x, ones(3, 4) * 0.1f, ones(1)), x.relu(), x.abs(), F.l1_loss(x, ones(3, 4), Reduction.None), F.huber_loss(x, ones(3, 4), 2, Reduction.None),
        ];

        [GraphFunction]
        public static torch.Tensor[] Zeros(torch.Tensor x) =>
        [
            x.std(), x.std(1), x.std(0, false), F.cosine_similarity(x, ones(2, 3)), F.cosine_similarity(x, x * 2), x.norm(), addmm(full(2, 3, float.NaN), ones(2, 2), ones(2, 3) * x, 0, 1),
            F.normalize(x),
        ];

        [GraphFunction]
        public static torch.Tensor[] Attention(torch.Tensor x) =>
        [
            F.scaled_dot_product_attention(x.unsqueeze(0), x.unsqueeze(0), x.unsqueeze(0), tensor(new float[,] { { 0, 0 }, { -Infinity, -Infinity } })),
        ];

        [GraphFunction]
        public static torch.Tensor[] Labelled(torch.Tensor x, torch.Tensor labels, torch.Tensor weight) =>
        [
            F.cross_entropy(x, labels), F.cross_entropy(x, labels, weight), F.cross_entropy(x, labels, reduction: Reduction.None), F.nll_loss(x.log_softmax(1), labels),
            F.cross_entropy(x, labels, weight, ignore_index: 1, reduction: Reduction.Sum), F.nll_loss(x.log_softmax(1), labels, weight, Reduction.None),
        ];

        [GraphFunction]
        public static torch.Tensor[] Binary(torch.Tensor x, torch.Tensor target) =>
            [F.binary_cross_entropy(x, target, reduction: Reduction.Sum)];

        [GraphFunction]
        public static torch.Tensor[] Ordered(torch.Tensor x) =>
        [
            x.topk(3).values, x.topk(3).indexes, x.topk(2, largest: false).values, x.topk(2, largest: false).indexes, x.sort().Values, x.sort().Indices,
            x.sort(descending: true).Values, x.sort(descending: true).Indices, x.argsort(0),
        ];

        [GraphFunction]
        public static torch.Tensor[] Made(torch.Tensor bytes) =>
        [
            zeros(2), ones(1, 2), full(2, 1.5), full(2, 3), arange(3), arange(3.0), tensor(1.5), tensor(2f), tensor(3), tensor(4L), tensor(new[] { 1.5 }), linspace(0, 1, 3), eye(2),
            ones(2, dtype: torch.@bool), zeros(2, dtype: torch.@bool), tensor(new float[,] { { 1, 2 } }), bytes.all(), bytes.any(), bytes.all(0), bytes > 1,
        ];
    }

    internal sealed partial class Modules(Module<torch.Tensor, torch.Tensor> module)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => module.call(x);
    }

    internal sealed partial class Other(MultiheadAttention attention, LSTM lstm)
    {
        [GraphFunction]
        public torch.Tensor Attend(torch.Tensor x, torch.Tensor y) => attention.call(x, y, y).Item1;

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => lstm.call(x).Item1;
    }

    internal sealed partial class Applied(Linear weights)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => F.linear(x, weights.weight!, weights.bias);
    }
}
