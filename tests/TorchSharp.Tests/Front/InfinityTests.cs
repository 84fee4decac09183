namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Infinite logits, bool operands, lengths of gradients as numbers, and modules that are not there.</summary>
public sealed partial class InfinityTests
{
    [TorchFact]
    public void Logits_that_are_infinite_give_what_TorchSharp_gives()
    {
        using var scope = NewDisposeScope();
        foreach (ScalarType type in new[] { float32, float64 })
        {
            torch.Tensor x = linspace(-1, 2, 12, dtype: type).reshape(4, 3);
            x[0, 1] = double.PositiveInfinity;
            x[1, 0] = double.NegativeInfinity;
            torch.Tensor labels = tensor(new long[] { 0, 2, 1, 2 }), ignored = tensor(new long[] { -100, 1, 2, 0 }), weight = tensor(new[] { 1.0, 2, 3 }).to(type);
            torch.Tensor chances = softmax(linspace(1, 0, 12, dtype: type).reshape(4, 3), 1);
            foreach (torch.Tensor target in new[] { labels, ignored, chances })
            {
                foreach (Reduction reduction in new[] { Reduction.None, Reduction.Mean, Reduction.Sum })
                {
                    foreach (double smoothing in new[] { 0, 0.1 })
                    {
                        foreach (torch.Tensor given in new[] { x, x[1..4], x[2..4] })
                        {
                            torch.Tensor its = target[(4 - (int)given.shape[0])..4];
                            Same.AsEager(() => Programs.Entropy(given, its, weight, smoothing, reduction));
                            Check(given, x => Programs.Entropy(x, its, weight, smoothing, reduction)[0].sum());
                        }
                    }
                }
            }
            x[2] = double.NegativeInfinity;
            Same.AsEager(() => Programs.Softmax(x));
            Check(x, x => Programs.Logarithms(x).sum());
        }
    }

    [TorchFact]
    public void Bool_is_squared_to_a_number_and_is_not_between_others()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = tensor(new[] { true, false });
        Same.AsEager(() => Programs.Squared(x));
        Same.AsEager(() => Programs.Squared(arange(3)));
        foreach (torch.Tensor y in new[] { x, arange(2), arange(2).to(uint8) })
        {
            using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) Assert.ThrowsAny<Exception>(() => Programs.Between(y));
            Assert.Equal("TG2002", Assert.ThrowsAny<GraphException>(() => Programs.Between(y)).Id);
        }
    }

    [TorchFact]
    public void The_length_of_gradients_may_be_read_as_a_number()
    {
        foreach (string kind in new[] { "float", "double", "condition", "loop" })
            Twins.Train(() => new Trainer(), t => t.Layer, (t, i) => t.Step(linspace(-1, 1, 6).reshape(2, 3) * (i + 1), kind));
    }

    [TorchFact]
    public void A_module_that_is_not_there_is_named()
    {
        using var scope = NewDisposeScope();
        var error = Assert.ThrowsAny<GraphException>(() => Programs.Runs(null!, ones(2)));
        Assert.Equal("TG1002", error.Id);
        Assert.Contains("module", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, Programs.Runs(null, ones(2), isThere: false).numel());
    }

    private static void Check(torch.Tensor x, Func<torch.Tensor, torch.Tensor> loss)
    {
        torch.Tensor[] gradients = [.. new[] { true, false }.Select(mode =>
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode }).Use();
            torch.Tensor leaf = x.clone().requires_grad_();
            loss(leaf).backward();
            return leaf.grad!;
        })];
        Same.Close(gradients[0], gradients[1]);
    }

    internal static partial class Programs
    {
        [GraphFunction]
        public static torch.Tensor[] Entropy(torch.Tensor x, torch.Tensor target, torch.Tensor weight, double smoothing, Reduction reduction) =>
        [
            functional.cross_entropy(x, target, reduction: reduction, label_smoothing: smoothing),
            functional.cross_entropy(x, target, weight, reduction: reduction, label_smoothing: smoothing),
        ];

        [GraphFunction]
        public static torch.Tensor[] Softmax(torch.Tensor x) => [functional.softmax(x, 1), x.log_softmax(0), x.softmax(-1)];

        [GraphFunction]
        public static torch.Tensor Logarithms(torch.Tensor x) => x.log_softmax(1);

        [GraphFunction]
        public static torch.Tensor Squared(torch.Tensor x) => x.square();

        [GraphFunction]
        public static torch.Tensor Between(torch.Tensor x) => x.lerp(x, x);

        [GraphFunction]
        public static torch.Tensor Runs(Module<torch.Tensor, torch.Tensor>? module, torch.Tensor x, bool isThere = true) => isThere ? module!.call(x) : x;
    }

    internal sealed partial class Trainer
    {
        private readonly torch.optim.Optimizer _optimizer;

        public Trainer() => _optimizer = torch.optim.SGD(Layer.parameters(), 0.1);

        public Linear Layer { get; } = Linear(3, 2);

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string kind)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Layer.call(x).pow(2).mean();
            loss.backward();
            if (kind == "float")
            {
                float norm = (float)nn.utils.clip_grad_norm_(Layer.parameters(), 1.0);
                loss = loss * norm;
            }
            else if (kind == "double")
            {
                double norm = nn.utils.clip_grad_norm_(Layer.parameters(), 1.0);
                float half = (float)norm;
                loss = loss + (half + 1) * x.sum();
            }
            else if (kind == "condition")
            {
                double norm = nn.utils.clip_grad_norm_(Layer.parameters(), 1.0);
                if ((float)norm > 2) _optimizer.zero_grad();
            }
            else
            {
                while (nn.utils.clip_grad_norm_(Layer.parameters(), 0.5) > 0.6) loss = loss * 2;
            }
            _optimizer.step();
            return loss;
        }
    }
}
