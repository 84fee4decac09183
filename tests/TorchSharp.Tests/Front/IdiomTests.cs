namespace TensorGraph.Tests.Front;

using TorchSharp;
using Modules = TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

/// <summary>Programs in the ways in which users of TorchSharp write them give what TorchSharp gives.</summary>
public sealed partial class IdiomTests
{
    [TorchFact]
    public void Tensors_are_indexed_changed_and_promoted()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = linspace(-2, 2, 12).reshape(3, 4), whole = arange(12).reshape(3, 4), weights = randn(4, 5);
        Same.AsEager(() => Programs.Changed(x));
        Same.AsEager(() => Programs.Indexed(x));
        Same.AsEager(() => Programs.Promoted(x, whole));
        Same.AsEager(() => Programs.Chosen(x, whole));
        Same.AsEager(() => Programs.Summed(x, weights));
        Same.AsEager(() => Programs.Scoped(x, weights));
        Same.AsEager(() => Programs.Masked(x));
        Same.AsEager(() => Programs.Taken(x));
    }

    [TorchFact]
    public void Control_flow_is_that_of_the_program()
    {
        using var scope = NewDisposeScope();
        foreach (float start in new[] { 0.3f, 2f, -3f })
        {
            torch.Tensor x = tensor(new[] { start, 1.5f, -0.25f });
            Same.AsEager(() => Programs.Newton(x.abs() + 1));
            Same.AsEager(() => Programs.Early(x));
            Same.AsEager(() => Programs.Broken(x));
            Same.AsEager(() => Programs.Bounded(x));
            Same.AsEager(() => Programs.Lambdas(x));
            foreach (string kind in new[] { "relu", "tanh", "none" }) Same.AsEager(() => Programs.Switched(x, kind));
        }
        foreach (int length in new[] { 3, 5 }) Same.AsEager(() => Programs.Unrolled(randn(length, 2, 4, generator: new Generator(7)), ones(4, 4) * 0.2f));
    }

    [TorchFact]
    public void Arguments_may_be_parameters_and_dictionaries()
    {
        using var scope = NewDisposeScope();
        var parameter = new Modules.Parameter(tensor(new[] { 1f, 2f }));
        Same.AsEager(() => Programs.Parameter(parameter));
        using (no_grad()) parameter.mul_(3);
        Same.AsEager(() => Programs.Parameter(parameter));
        Same.AsEager(() => Programs.Named(new Dictionary<string, torch.Tensor>(StringComparer.Ordinal) { ["a"] = ones(2), ["b"] = arange(2) }));
        Same.AsEager(() => Programs.Listed([ones(2), zeros(2)], ones(2)));
    }

    [TorchFact]
    public void Modules_that_are_added_to_a_list_run()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var stack = new Stack();
        for (int i = 0; i < 3; i++)
        {
            Same.AsEager(() => stack.Run(ones(2, 3)));
            stack.Layers.Add(Linear(3, 3));
        }
    }

    internal sealed partial class Stack
    {
        public Modules.ModuleList<Modules.Linear> Layers { get; } = new(Linear(3, 3));

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x)
        {
            foreach (var layer in Layers) x = layer.call(x).tanh();
            return x * Layers.Count;
        }
    }

    internal static partial class Programs
    {
        [GraphFunction]
        public static torch.Tensor Parameter(Modules.Parameter p) => p * 2;

        [GraphFunction]
        public static torch.Tensor Named(Dictionary<string, torch.Tensor> named) => named["a"] * 2 + named["b"];

        [GraphFunction]
        public static torch.Tensor Listed(IReadOnlyList<torch.Tensor> list, torch.Tensor x)
        {
            using var scope = NewDisposeScope();
            torch.Tensor y = (list[0] + list[1] * x).MoveToOuterDisposeScope();
            scope.Dispose();
            return y;
        }

        private const double Scale = 0.5;
        private static readonly torch.Tensor Offset = torch.tensor(new[] { 1f, 2f, 3f, 4f }).DetachFromDisposeScope();

        [GraphFunction]
        public static torch.Tensor[] Changed(torch.Tensor x)
        {
            torch.Tensor y = x.clone(), z = x * 2;
            y.add_(1).clamp_(0, 2);
            y[0] = 5;
            y[.., 1] = x[.., 2];
            y[1] += 2;
            y[y > 3] = -1;
            z.mul_(y).sub_(0.5f);
            z -= Offset;
            z[2, 3] = z[0, 0] * 2;
            y = y.neg_();
            y.fill_(0).add_(z);
            return [y, z, zeros(2).fill_(3), x.abs().sqrt_()];
        }

        [GraphFunction]
        public static torch.Tensor[] Indexed(torch.Tensor x) =>
        [
            x.index(TensorIndex.Slice(1), TensorIndex.Single(0)), x[TensorIndex.Colon, TensorIndex.Slice(null, -1)], x[1, ..], x[-1], x[.., -2],
            x[TensorIndex.Ellipsis, TensorIndex.Slice(0, null, 2)], x[TensorIndex.None, 0], x[..2, 1..3], x[^2..], x[tensor(new long[] { 0, 2 })],
            x[x.sum(1) > 0], x[0][1], x[1..][0], x.select(0, -1), x.narrow(0, 0, 2)[.., 0],
        ];

        [GraphFunction]
        public static torch.Tensor[] Promoted(torch.Tensor x, torch.Tensor whole) =>
        [
            whole + x, whole * 2.5, whole / 2, whole + 1L, (x > 0) * x, (x > 0) + whole, (x > 0).sum(), x.to(float64) + x, x + tensor(2.0), whole.to(int32) + whole,
            (x > 0).to(float32).mean(), whole.pow(2), x * Scale, 1 - whole, whole.@float() / 3, whole % 5, -whole, x.to(int64) - 1, whole.sqrt(),
            (whole > 3) & (whole < 7), whole.max(), whole.clamp(2, 8), ones(3, 1, dtype: int64) * x, x.sum(0, true) + whole, whole.eq(3).any(),
        ];

        [GraphFunction]
        public static torch.Tensor[] Chosen(torch.Tensor x, torch.Tensor whole)
        {
            torch.Tensor zero = zeros_like(x);
            return
            [
                where(x > 0, x, zero), where(x > 0, x, whole), x.where(x > 0, zero), where(whole % 2 == 0, x, -x), x.masked_fill(x < 0, float.NegativeInfinity).softmax(1),
                maximum(x, zero), x.clamp(min: 0), where((x > 0).logical_and(whole > 5), ones_like(x), zero),
            ];
        }

        [GraphFunction]
        public static torch.Tensor[] Summed(torch.Tensor x, torch.Tensor w)
        {
            torch.Tensor batch = stack([x, x + 1]);
            return
            [
                einsum("ij,jk->ik", x, w), einsum("ij->ji", x), einsum("bij,jk->bik", batch, w), einsum("bij,bkj->bik", batch, batch), einsum("ij->", x),
                einsum("i,j->ij", x[0], w[0]), matmul(batch, w), x.matmul(w).sum(1, keepdim: true) / x.norm(), tensordot(x, w),
            ];

            static torch.Tensor tensordot(torch.Tensor a, torch.Tensor b) => a.reshape(-1, a.shape[^1]).mm(b);
        }

        [GraphFunction]
        public static (torch.Tensor Low, torch.Tensor High) Scoped(torch.Tensor x, torch.Tensor w)
        {
            using var d = NewDisposeScope();
            torch.Tensor low, high;
            using (var inner = NewDisposeScope())
            {
                using torch.Tensor h = x.mm(w);
                using var g = h.tanh();
                h.Dispose();
                (low, high) = (g.min().MoveToOuterDisposeScope(), g.max().MoveToOuterDisposeScope());
            }
            return (low.MoveToOuterDisposeScope(), high.MoveToOuterDisposeScope());
        }

        [GraphFunction]
        public static torch.Tensor Masked(torch.Tensor x)
        {
            long n = x.shape[1];
            torch.Tensor mask = triu(ones(n, n), 1).to(ScalarType.Bool);
            torch.Tensor position = arange(0, n, dtype: float32).unsqueeze(1) * exp(arange(0, 4, 2, dtype: float32) * (-Math.Log(10000.0) / 4));
            torch.Tensor encoding = zeros(n, 4);
            encoding[.., TensorIndex.Slice(0, null, 2)] = sin(position);
            encoding[.., TensorIndex.Slice(1, null, 2)] = cos(position);
            torch.Tensor h = x + encoding[..(int)x.shape[0]];
            return h.t().matmul(h).masked_fill(mask, float.NegativeInfinity).softmax(-1).matmul(h.t());
        }

        [GraphFunction]
        public static torch.Tensor[] Taken(torch.Tensor x)
        {
            var (values, at) = x.max(dim: 1);
            var (top, order) = x.topk(2, dim: -1);
            torch.Tensor[] parts = x.chunk(2, dim: 1);
            (torch.Tensor a, torch.Tensor b) = (parts[0], parts[1]);
            (a, b) = (b, a);
            List<torch.Tensor> all = [a, b];
            all.Add(a * b);
            foreach (torch.Tensor row in x.unbind(0))
                all.Add(row.sum());
            return [values, at, top, order, cat(all.Take(3).ToArray(), 1), stack(all.Skip(3).ToList())];
        }

        [GraphFunction]
        public static torch.Tensor Newton(torch.Tensor x)
        {
            torch.Tensor root = x, before = x + 1;
            while ((root - before).abs().max().item<float>() > 1e-5f)
            {
                before = root;
                root = (root + x / root) * 0.5f;
            }
            return root;
        }

        [GraphFunction]
        public static torch.Tensor Early(torch.Tensor x)
        {
            if (x.sum().item<float>() < 0)
                return x.abs();
            for (int i = 0; i < 4; i++)
            {
                x = x * 1.5f;
                if ((bool)(x.max() > 4))
                    return x - i;
            }
            return x.sum() + x;
        }

        [GraphFunction]
        public static torch.Tensor Broken(torch.Tensor x)
        {
            torch.Tensor total = zeros(1);
            for (int i = 0; i < 6; i++)
            {
                if (x[i % 3].item<float>() < 0)
                    continue;
                total += x[i % 3];
                if (total.ToSingle() > 3)
                    break;
            }
            return total;
        }

        [GraphFunction]
        public static torch.Tensor Bounded(torch.Tensor x)
        {
            torch.Tensor error = x.abs().sum();
            torch.Tensor i = zeros(1);
            while (i.item<float>() < 10 && error.item<float>() > 0.5)
            {
                x = x * 0.7;
                error = x.abs().sum();
                i = i + 1;
            }
            do
                x = x + 1;
            while (!(x.min() > 0).ToBoolean());
            return x;
        }

        [GraphFunction]
        public static torch.Tensor Lambdas(torch.Tensor x)
        {
            Func<torch.Tensor, torch.Tensor> act = t => functional.relu(t), twice = t => t * 2;
            torch.Tensor Inner(torch.Tensor t) => act(t) - x.mean();
            torch.Tensor[] all = [.. new[] { x, x + 1 }.Select(t => twice(Inner(t)))];
            return Applied(all[0], t => t.exp()) + all.Aggregate((a, b) => a + b);
        }

        [GraphFunction]
        public static torch.Tensor Switched(torch.Tensor x, string kind)
        {
            torch.Tensor y = kind switch
            {
                "relu" => functional.relu(x),
                "tanh" => x.tanh(),
                _ => x,
            };
            return kind == "none" ? y : y * 2;
        }

        [GraphFunction]
        public static torch.Tensor Unrolled(torch.Tensor sequence, torch.Tensor w)
        {
            var outputs = new List<torch.Tensor>();
            torch.Tensor h = zeros(sequence.shape[1], w.shape[0]);
            for (int t = 0; t < sequence.shape[0]; t++)
            {
                h = tanh(sequence[t].mm(w) + h.mm(w));
                outputs.Add(h);
            }
            return stack(outputs, 0).mean([0]);
        }

        private static torch.Tensor Applied(torch.Tensor x, Func<torch.Tensor, torch.Tensor> f) => f(x);
    }
}
