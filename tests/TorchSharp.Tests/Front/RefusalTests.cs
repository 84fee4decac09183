namespace TensorGraph.Tests.Front;

using TorchSharp;
using static TorchSharp.torch.nn;

/// <summary>Arguments that TorchSharp refuses are refused, and those at its edges are taken.</summary>
public sealed partial class RefusalTests
{
    [TorchFact]
    public void Losses_refuse_targets_that_TorchSharp_refuses()
    {
        torch.Tensor logits = torch.rand(4, 3), column = torch.rand(4, 1), four = torch.ones(4);
        Refused(() => Losses.Logits(column, four));
        Refused(() => Losses.Binary(column, four));
        Refused(() => Losses.Likelihood(logits, torch.zeros(1, dtype: torch.int64)));
        Refused(() => Losses.Likelihood(logits, four));
        Refused(() => Losses.Entropy(logits, torch.ones(1, 3)));
        Refused(() => Losses.Entropy(logits, torch.ones(4, dtype: torch.@bool)));
        Same.AsEager(() => Losses.Smooth(column, four));
    }

    [TorchFact]
    public void No_axes_and_scalars_stay_as_they_are()
    {
        torch.Tensor x = torch.rand(2, 3);
        Same.AsEager(() => Losses.Flip(x));
        Same.AsEager(() => Losses.Swap(torch.tensor(3f)));
    }

    [TorchFact]
    public void A_table_of_its_padding_alone_and_sparse_gradients()
    {
        var padded = new Table(Embedding(1, 3, padding_idx: 0));
        Same.AsEager(() => padded.Run(torch.zeros(2, dtype: torch.int64)));
        var sparse = new Table(Embedding(4, 3, sparse: true));
        Assert.Contains("sparse: true", Assert.Throws<GraphException>(() => sparse.Run(torch.zeros(2, dtype: torch.int64))).Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void A_dictionary_of_modules_runs()
    {
        var map = new Map();
        torch.Tensor x = torch.rand(2, 3);
        Same.AsEager(() => map.Run(x));
        map.Parts["a"] = Linear(3, 3);
        Same.AsEager(() => map.Run(x));
    }

    [TorchFact]
    public void Scalars_have_one_axis_where_an_op_wants_one() => Same.AsEager(() => Losses.Scalar(torch.tensor(2f)));

    [TorchFact]
    public void Bool_has_an_order()
    {
        torch.Tensor x = torch.tensor(new[] { true, false, true, false }).reshape(2, 2);
        Same.AsEager(() => Losses.Bool(x));
        Same.AsEager(() => Losses.Sigmoid(torch.arange(3)));
    }

    [TorchFact]
    public void Items_of_another_type_are_refused()
    {
        torch.Tensor floats = torch.tensor(2f), longs = torch.tensor(2L), bits = torch.tensor(true), doubles = torch.tensor(2.0);
        Same.AsEager(() => (Losses.OfSingle(floats), Losses.OfLong(longs), Losses.OfBool(bits), Losses.Cast(floats), Losses.ToNumber(floats)));
        foreach (torch.Tensor x in new[] { floats, bits, doubles }) Refused(() => Losses.OfLong(x));
        foreach (torch.Tensor x in new[] { longs, doubles }) Refused(() => Losses.OfSingle(x));
        Refused(() => Losses.OfBool(floats));
    }

    private static void Refused(Func<torch.Tensor> call)
    {
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) Assert.ThrowsAny<Exception>(call);
        Assert.StartsWith("TG200", Assert.Throws<GraphException>(call).Id, StringComparison.Ordinal);
    }

    internal static partial class Losses
    {
        [TensorGraph.GraphFunction]
        public static torch.Tensor OfSingle(torch.Tensor x)
        {
            if (x.item<float>() > 1.5f) return x * 2;
            return x;
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor OfLong(torch.Tensor x)
        {
            if (x.item<long>() == 2 && !(x.item<long>() < 1)) return x * 2;
            return x;
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor OfBool(torch.Tensor x)
        {
            if (x.item<bool>()) return torch.ones(1);
            return torch.zeros(1);
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor Cast(torch.Tensor x)
        {
            if ((int)x > 1) return x * 2;
            return x;
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor ToNumber(torch.Tensor x)
        {
            if (x.ToInt32() > 1) return x * 2;
            return x;
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor Logits(torch.Tensor x, torch.Tensor y) => functional.binary_cross_entropy_with_logits(x, y);

        [TensorGraph.GraphFunction]
        public static torch.Tensor Binary(torch.Tensor x, torch.Tensor y) => functional.binary_cross_entropy(x, y);

        [TensorGraph.GraphFunction]
        public static torch.Tensor Likelihood(torch.Tensor x, torch.Tensor y) => functional.nll_loss(x, y);

        [TensorGraph.GraphFunction]
        public static torch.Tensor Entropy(torch.Tensor x, torch.Tensor y) => functional.cross_entropy(x, y);

        [TensorGraph.GraphFunction]
        public static torch.Tensor Smooth(torch.Tensor x, torch.Tensor y) => functional.smooth_l1_loss(x, y, beta: 0);

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Scalar(torch.Tensor x) =>
            [x.softmax(0), x.log_softmax(-1), x.cumsum(0), x.cumprod(0), x.sort(0).Values, x.sort(0).Indices, x.argmax(0), x.argmin(-1)];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Bool(torch.Tensor x) =>
            [x.max(), x.min(), x.amax(0), x.amin(1), x.max(1).values, x.min(0).indexes, x.sign()];

        [TensorGraph.GraphFunction]
        public static torch.Tensor Sigmoid(torch.Tensor x) => functional.sigmoid(x);

        [TensorGraph.GraphFunction]
        public static torch.Tensor Flip(torch.Tensor x) => x.flip(new long[] { }) * 1;

        [TensorGraph.GraphFunction]
        public static torch.Tensor Swap(torch.Tensor x) => x.transpose(0, -1) * 2;
    }

    internal sealed partial class Table(Module<torch.Tensor, torch.Tensor> rows)
    {
        [TensorGraph.GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => rows.call(x);
    }

    internal sealed partial class Map
    {
        public TorchSharp.Modules.ModuleDict<Module<torch.Tensor, torch.Tensor>> Parts { get; } = ModuleDict<Module<torch.Tensor, torch.Tensor>>(("a", Linear(3, 3)), ("b", ReLU()));

        [TensorGraph.GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => Parts["b"].call(Parts["a"].call(x));
    }
}
