namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

/// <summary>Changes in place, of tensors and of gradients, leave what TorchSharp leaves, and are refused where it refuses them.</summary>
public sealed partial class ChangeTests
{
    public static TheoryData<string> Clearings() => ["null", "zero", "optional", "if", "before", "halved", "replaced"];

    [TorchTheory]
    [MemberData(nameof(Clearings))]
    public void Gradients_are_cleared_by_hand(string how)
    {
        using var scope = NewDisposeScope();
        List<torch.Tensor?>[] found = [[], []];
        for (int mode = 0; mode < 2; mode++)
        {
            using var options = (TensorGraphOptions.Current with { RunImperatively = mode == 0 }).Use();
            manual_seed(1);
            var program = new ByHand();
            for (int i = 0; i < 4; i++)
            {
                found[mode].Add(program.Step(ones(2, 3) * (i + 1), how).detach());
                found[mode].AddRange(program.Layer.parameters().SelectMany(p => new[] { p.detach().clone(), p.grad?.clone() }));
            }
        }
        Alike(found, how);
    }

    [TorchFact]
    public void An_optimiser_takes_the_loss_as_a_closure()
    {
        foreach (string name in new[] { "SGD", "Adam" })
            Twins.Train(() => new Closed(name), c => c.Layer, (c, i) => c.Step(randn(4, 3)));
    }

    [TorchFact]
    public void The_length_of_gradients_is_a_number() => Twins.Train(() => new Closed("SGD"), c => c.Layer, (c, i) => c.Clipped(randn(4, 3) * (i % 2 == 0 ? 1 : 20)));

    [TorchFact]
    public void A_change_in_place_keeps_the_type()
    {
        using var scope = NewDisposeScope();
        foreach (torch.ScalarType type in new[] { float32, float64, int64, float16 })
        {
            torch.Tensor x = arange(1, 4).to(type);
            Same.AsEager(() => Changes.Kept(x, ones(1, dtype: float64)));
        }
        Same.AsEager(() => Changes.Reshaped(ones(1, 3)));
    }

    [TorchFact]
    public void A_change_in_place_that_TorchSharp_refuses_is_refused()
    {
        using var scope = NewDisposeScope();
        Refused(() => Changes.Added(ones(3), ones(2, 3)));
        Refused(() => Changes.Added(ones(1), ones(3)));
        Refused(() => Changes.Added(arange(3), ones(3)));
        Refused(() => Changes.Added(ones(3) > 0, arange(3)));
        Refused(() => Changes.Scaled(arange(3)));
        Refused(() => Changes.AddedTo(ones(3), ones(2, 3)));
        Refused(() => Changes.AddedTo(arange(3), ones(3)));
        Same.AsEager(() => Changes.AddedTo(ones(2, 3), ones(3)));
        Refused(() => new Held(Linear(3, 3)).Run(ones(2, 3, 3)));
        Refused(() => new Held(Linear(3, 3)).Zero(ones(1)));
        Same.AsEager(() => Changes.Added(ones(2, 3), ones(3)));
        foreach (int size in new[] { 2, 3, 4 }) Same.AsEager(() => Changes.Added(ones(size, 3), ones(size, 1)));
    }

    [TorchFact]
    public void What_TorchSharp_refuses_is_refused()
    {
        using var scope = NewDisposeScope();
        Refused(() => new Own(BatchNorm1d(4)).Run(ones(2, 1)));
        Refused(() => new Own(BatchNorm1d(4)).Run(ones(1, 4)));
        Refused(() => new Own(BatchNorm2d(4)).Run(ones(2, 4)));
        Refused(() => new Own(MaxPool2d(2, 2, 2)).Run(ones(1, 1, 4, 4)));
        Refused(() => new Own(Linear(3, 2)).Run(ones(2, 4)));
        Refused(() => Changes.Divided(arange(3), tensor(0L)));
        Refused(() => Changes.Powers(arange(3)));
        Refused(() => Changes.Dropped(ones(3)));
        Refused(() => Changes.Product(ones(2, 3, 3), ones(3, 3)));
        Refused(() => Changes.Repeated(ones(2, 3)));
        foreach (int at in new[] { -1, 3 })
        {
            Refused(() => Changes.Gathered(ones(3, 3), full(1, 3, at, dtype: int64)));
            Refused(() => Changes.Selected(ones(3, 3), tensor(new long[] { at })));
            Refused(() => Changes.Labels(tensor(new long[] { at })));
            Refused(() => new Own(Embedding(3, 2)).Run(tensor(new long[] { at })));
        }
        Refused(() => Changes.Picked(ones(3, 3), tensor(new long[] { -4 })));
        Refused(() => Changes.Picked(ones(3, 3), tensor(new long[] { 3 })));
        Same.AsEager(() => Changes.Picked(arange(9).reshape(3, 3), tensor(new long[] { -3, -1, 2 })));
        Refused(() => new Own(Dropout(1.5)).Run(ones(3)));
        Refused(() => Changes.Viewed(ones(2, 3)));
        Refused(() => Changes.Softmax(ones(2, 3)));
        Refused(() => Changes.Joined(ones(2, 3), ones(2, 2)));
        Refused(() => Changes.Narrowed(ones(2, 3)));
        Refused(() => Changes.Expanded(ones(2, 3)));
        Refused(() => new Own(LayerNorm(4)).Run(ones(2, 3)));
        Refused(() => new Own(GroupNorm(2, 4)).Run(ones(2, 3, 2)));
        Refused(() => new Own(Conv2d(3, 2, 3)).Run(ones(1, 2, 5, 5)));
        Refused(() => new Own(Conv2d(2, 2, 3)).Run(ones(1, 2, 2, 2)));
        Refused(() => Changes.Losses(ones(2, 3), ones(2, 2)));
        Refused(() => Changes.Crossed(ones(2, 3), tensor(new long[] { 0, 1, 2 })));
        Refused(() => Changes.Flat(ones(3, 3)));
        Refused(() => Changes.Averaged(arange(3)));
        Refused(() => Changes.Transposed(ones(2, 2, 2)));
        Refused(() => Changes.Topped(ones(2)));
        Refused(() => Changes.Split(ones(5)));
        Refused(() => Changes.Normal(ones(2)));
        Refused(() => Changes.Masked(ones(2, 3), ones(4) > 0));
        Refused(() => Changes.Bitwise(ones(2)));
        Refused(() => Changes.Not(ones(2)));
        Refused(() => Changes.Minus(ones(2) > 0));
        Refused(() => new Held(Linear(3, 3)).Backward(ones(2, 3), "vector"));
        Refused(() => new Held(Linear(3, 3)).Backward(ones(2, 3), "constant"));
    }

    [TorchFact]
    public void A_mask_of_bool_says_what_it_says_in_TorchSharp()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        torch.Tensor x = randn(4, 2, 8), mask = tensor(new bool[,] { { true, false, false, true }, { true, true, false, false }, { false, true, true, true }, { true, true, true, true } });
        Same.AsEager(() => Changes.Attention(randn_like(x).zero_().add_(x).transpose(0, 1), mask));
        var attention = new Attending(MultiheadAttention(8, 2));
        torch.Tensor padding = tensor(new bool[,] { { false, false, false, true }, { false, false, true, false } });
        Same.AsEager(() => attention.Run(x, mask, null));
        Same.AsEager(() => attention.Run(x, null, padding));
        Same.AsEager(() => attention.Run(x, zeros(4, 4).masked_fill(mask, -1), null));
        var layer = new Layer(TransformerEncoderLayer(8, 2, 4, dropout: 0));
        Same.AsEager(() => layer.Run(x, mask, padding));
        Same.AsEager(() => layer.Run(x, zeros(4, 4).masked_fill(mask, -1), padding));
    }

    [TorchFact]
    public void A_module_with_a_graph_function_of_its_own_runs_in_others()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var marked = new Marked();
        Same.AsEager(() => marked.call(ones(2, 3)));
        foreach (Module<torch.Tensor, torch.Tensor> module in new[] { marked, (Module<torch.Tensor, torch.Tensor>)Sequential(Linear(3, 3), marked) })
        {
            var own = new Own(module);
            Same.AsEager(() => own.Run(ones(2, 3)));
        }
        Twins.Train(() => new Trained(Sequential(Linear(3, 3), new Marked(), ReLU())), t => t.Model, (t, i) => t.Step(randn(4, 3)));
    }

    // Steps make rows longer than the bound, which they are not at first.
    [TorchTheory]
    [InlineData(1.2, 2.0, null)]
    [InlineData(0.5, 1.0, null)]
    [InlineData(1.5, 3.0, 2L)]
    [InlineData(0.4, double.PositiveInfinity, null)]
    [InlineData(null, 2.0, 1L)]
    public void Rows_of_an_embedding_get_no_longer_than_its_bound(double? most, double power, long? padding)
    {
        Twins.Train(() => new Table(most, power, padding), t => t.Rows, (t, i) => t.Step(tensor(new long[] { 0, 2, 2, i % 4 })), steps: 8);
        Twins.Train(() => new Table(most, power, padding), t => t.Rows, (t, i) => t.Read(tensor(new long[] { i % 4 })));
    }

    [TorchFact]
    public void A_module_that_is_not_partial_is_named()
    {
        using var scope = NewDisposeScope();
        var error = Assert.ThrowsAny<GraphException>(() => new Own(new Whole()).Run(ones(2, 3)));
        Assert.Equal("TG1014", error.Id);
        Assert.Contains("'Whole'", error.Message, StringComparison.Ordinal);
        Assert.Contains("partial", error.Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void Collections_are_made_with_their_entries()
    {
        using var scope = NewDisposeScope();
        Same.AsEager(() => Changes.Entries(ones(2)));
        Same.AsEager(() => Changes.Arrays());
    }

    private static void Refused(Func<torch.Tensor> call)
    {
        using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) Assert.ThrowsAny<Exception>(() => call().sum().item<double>());
        Assert.StartsWith("TG", Assert.ThrowsAny<GraphException>(() => call()).Id, StringComparison.Ordinal);
    }

    private static void Alike(List<torch.Tensor?>[] found, string what)
    {
        for (int i = 0; i < found[0].Count; i++)
        {
            Assert.Equal($"{what} {i} {found[0][i] is null}", $"{what} {i} {found[1][i] is null}");
            if (found[0][i] is { } expected) Same.Close(expected, found[1][i]!, what: $"{what} {i}");
        }
    }

    internal sealed partial class ByHand
    {
        public Linear Layer { get; } = Linear(3, 2);

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, string how)
        {
            if (how == "before")
            {
                foreach (var p in Layer.parameters()) p.grad?.zero_();
            }
            torch.Tensor loss = Layer.call(x).pow(2).sum();
            loss.backward();
            using (no_grad())
            {
                foreach (var p in Layer.parameters()) p.sub_(p.grad! * 0.01f);
            }
            if (how == "null") Layer.weight.grad = null;
            if (how == "zero") Layer.weight.grad!.zero_();
            if (how == "optional") Layer.bias!.grad?.zero_();
            if (how == "halved") Layer.weight.grad!.mul_(0.5).add_(1);
            if (how == "replaced") Layer.weight.grad = ones_like(Layer.weight) * x.sum();
            if (how == "if")
            {
                foreach (var p in Layer.parameters())
                {
                    if (p.grad is not null) p.grad.zero_();
                }
            }
            return loss;
        }
    }

    internal sealed partial class Closed
    {
        private readonly torch.optim.Optimizer _optimizer;

        public Closed(string optimizer) => _optimizer = optimizer == "SGD" ? torch.optim.SGD(Layer.parameters(), 0.05, momentum: 0.5) : torch.optim.Adam(Layer.parameters(), 0.05);

        public Linear Layer { get; } = Linear(3, 2);

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x) => _optimizer.step(() =>
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Layer.call(x).pow(2).mean();
            loss.backward();
            return loss;
        });

        [GraphFunction]
        public torch.Tensor Clipped(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = Layer.call(x).pow(2).mean();
            loss.backward(retain_graph: true);
            double length = nn.utils.clip_grad_norm_(Layer.parameters(), 1.0);
            if (length > 2) loss = loss * length;
            _optimizer.step();
            return loss;
        }
    }

    internal static partial class Changes
    {
        [GraphFunction]
        public static torch.Tensor[] Kept(torch.Tensor x, torch.Tensor y)
        {
            var a = x * 2;
            a.mul_(2).add_(x);
            var b = x.clone();
            if (b.dtype != int64)
            {
                b.add_(y);
                b.div_(2);
            }
            var c = x + 1;
            c.gt_(2);
            var d = (x + 1).add_(x);
            var e = (x + 1).mul_(2).sub_(x).gt_(2);
            var f = x.clone().add_(x.dtype == int64 ? x : y);
            return [a, b, c, d, e, f];
        }

        [GraphFunction]
        public static torch.Tensor Reshaped(torch.Tensor x)
        {
            var a = x * 2;
            a.unsqueeze_(0).add_(1);
            a.squeeze_(0);
            return a;
        }

        [GraphFunction]
        public static torch.Tensor Added(torch.Tensor x, torch.Tensor y)
        {
            var h = x.clone();
            h.add_(y);
            return h;
        }

        [GraphFunction]
        public static torch.Tensor AddedTo(torch.Tensor x, torch.Tensor y)
        {
            if ((bool)(x.sum() > 100)) return x;
            return (x * 2).add_(y).mul_(y);
        }

        [GraphFunction]
        public static torch.Tensor Scaled(torch.Tensor x)
        {
            var h = x.clone();
            h.mul_(1.5);
            return h;
        }

        [GraphFunction]
        public static torch.Tensor Divided(torch.Tensor x, torch.Tensor y) => x.floor_divide(y) + x.remainder(y);

        [GraphFunction]
        public static torch.Tensor Powers(torch.Tensor x) => x.pow(-1);

        [GraphFunction]
        public static torch.Tensor Dropped(torch.Tensor x) => F.dropout(x, 1.5);

        [GraphFunction]
        public static torch.Tensor Product(torch.Tensor x, torch.Tensor y) => x.mm(y);

        [GraphFunction]
        public static torch.Tensor Gathered(torch.Tensor x, torch.Tensor at) => x.gather(0, at);

        [GraphFunction]
        public static torch.Tensor Selected(torch.Tensor x, torch.Tensor at) => x.index_select(0, at);

        [GraphFunction]
        public static torch.Tensor Picked(torch.Tensor x, torch.Tensor at) => x[at];

        [GraphFunction]
        public static torch.Tensor Labels(torch.Tensor x) => F.one_hot(x, 3);

        [GraphFunction]
        public static torch.Tensor Viewed(torch.Tensor x) => x.reshape(4, -1);

        [GraphFunction]
        public static torch.Tensor Softmax(torch.Tensor x) => x.softmax(2);

        [GraphFunction]
        public static torch.Tensor Joined(torch.Tensor x, torch.Tensor y) => torch.cat([x, y]);

        [GraphFunction]
        public static torch.Tensor Narrowed(torch.Tensor x) => x.narrow(1, 2, 2);

        [GraphFunction]
        public static torch.Tensor Expanded(torch.Tensor x) => x.expand(4, 3);

        [GraphFunction]
        public static torch.Tensor Losses(torch.Tensor x, torch.Tensor y) => F.mse_loss(x, y);

        [GraphFunction]
        public static torch.Tensor Crossed(torch.Tensor x, torch.Tensor y) => F.cross_entropy(x, y);

        [GraphFunction]
        public static torch.Tensor Flat(torch.Tensor x) => x.dot(x);

        [GraphFunction]
        public static torch.Tensor Averaged(torch.Tensor x) => x.mean();

        [GraphFunction]
        public static torch.Tensor Transposed(torch.Tensor x) => x.t();

        [GraphFunction]
        public static torch.Tensor Topped(torch.Tensor x) => x.topk(3).values;

        [GraphFunction]
        public static torch.Tensor Split(torch.Tensor x) => x.split([2, 2])[0];

        [GraphFunction]
        public static torch.Tensor Normal(torch.Tensor x) => F.layer_norm(x, [3]);

        [GraphFunction]
        public static torch.Tensor Masked(torch.Tensor x, torch.Tensor mask) => x.masked_fill(mask, 1);

        [GraphFunction]
        public static torch.Tensor Bitwise(torch.Tensor x) => x & x;

        [GraphFunction]
        public static torch.Tensor Not(torch.Tensor x) => ~x;

        [GraphFunction]
        public static torch.Tensor Minus(torch.Tensor x) => x - x;

        [GraphFunction]
        public static torch.Tensor Repeated(torch.Tensor x) => x.repeat(2);

        [GraphFunction]
        public static torch.Tensor Attention(torch.Tensor x, torch.Tensor mask) => F.scaled_dot_product_attention(x, x, x, mask);

        [GraphFunction]
        public static torch.Tensor[] Entries(torch.Tensor x)
        {
            Dictionary<string, torch.Tensor> a = new() { ["a"] = x, ["b"] = x * 2 };
            var b = new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { ["a"] = x + 1 };
            List<torch.Tensor> c = new() { x, x * 3 };
            return [a["a"], a["b"], b["a"], c[1]];
        }

        [GraphFunction]
        public static torch.Tensor[] Arrays() =>
        [
            tensor(new bool[,] { { true, false } }), tensor(new float[,,] { { { 1, 2 } } }), tensor(new byte[] { 1, 2 }), tensor(new short[] { 1 }), tensor(new double[,,] { { { 1 } } }),
            tensor(new long[,,] { { { 1 } } }),
        ];
    }

    internal sealed partial class Held(Linear layer)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x)
        {
            using (no_grad()) layer.weight.add_(x);
            return layer.weight * 1;
        }

        [GraphFunction]
        public torch.Tensor Zero(torch.Tensor x)
        {
            layer.weight.grad!.zero_();
            return x * 1;
        }

        [GraphFunction]
        public torch.Tensor Backward(torch.Tensor x, string kind)
        {
            torch.Tensor loss = kind == "vector" ? layer.call(x) : x.sum();
            loss.backward();
            return loss;
        }
    }

    internal sealed partial class Own(Module<torch.Tensor, torch.Tensor> module)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => module.call(x);
    }

    internal sealed partial class Table
    {
        private readonly torch.optim.Optimizer _optimizer;

        public Table(double? most, double power, long? padding)
        {
            Rows = Embedding(4, 3, padding, most, power);
            using (no_grad()) Rows.weight!.mul_(0.2);
            _optimizer = torch.optim.SGD(Rows.parameters(), 0.3);
        }

        public Embedding Rows { get; }

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor ids)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = -Rows.call(ids).pow(2).sum();
            loss.backward();
            _optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Read(torch.Tensor ids) => Rows.call(ids) * 2;
    }

    internal sealed partial class Attending(MultiheadAttention attention)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x, torch.Tensor? mask, torch.Tensor? padding) => attention.call(x, x, x, padding, attn_mask: mask).Item1;
    }

    internal sealed partial class Layer(TransformerEncoderLayer layer)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x, torch.Tensor mask, torch.Tensor padding) => layer.call(x, mask, padding);
    }

    internal sealed partial class Trained(Module<torch.Tensor, torch.Tensor> model)
    {
        private readonly torch.optim.Optimizer _optimizer = torch.optim.SGD(model.parameters(), 0.05);

        public Module<torch.Tensor, torch.Tensor> Model => model;

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = model.call(x).pow(2).mean();
            loss.backward();
            _optimizer.step();
            return loss;
        }
    }

    internal sealed partial class Marked : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear _layer = Linear(3, 3);

        public Marked()
            : base("marked") => RegisterComponents();

        [GraphFunction]
        public override torch.Tensor forward(torch.Tensor x) => Twice(_layer.call(x));

        private static torch.Tensor Twice(torch.Tensor x) => (bool)(x.sum() > 0) ? x * 2 : x;
    }

    internal sealed class Whole : Module<torch.Tensor, torch.Tensor>
    {
        public Whole()
            : base("whole")
        {
        }

        public override torch.Tensor forward(torch.Tensor x) => Twice(x);

        private static torch.Tensor Twice(torch.Tensor x) => x * 2;
    }
}
