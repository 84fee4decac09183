using System.Reflection;

namespace TensorGraph.Tests.Front;

using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

/// <summary>The covered functions one by one: values and element types are TorchSharp's.</summary>
public sealed partial class SurfaceTests
{
    // What both have would be the tensor's, which knows no names; the generator knows of T.
    [Fact]
    public void No_member_of_tensors_hides_one_of_the_surface() => Assert.Equal(["T"],
        typeof(TensorGraph.Tensor).GetMembers(BindingFlags.Instance | BindingFlags.Public).Where(member => member is PropertyInfo or MethodInfo { IsSpecialName: false })
            .Select(member => member.Name).Intersect(typeof(Torch.TorchApi).GetMembers().Concat(typeof(Torch.TorchMembers).GetMembers())
            .Where(member => member.DeclaringType != typeof(object)).Select(member => member.Name.Replace("get_", "", StringComparison.Ordinal))));

    [TorchFact]
    public void Functions_give_what_TorchSharp_gives()
    {
        using var scope = NewDisposeScope();
        torch.Tensor x = linspace(-2, 2, 12).reshape(3, 4), positive = linspace(0.1, 2, 12).reshape(3, 4), whole = arange(12).reshape(3, 4);
        Same.AsEager(() => All.Pointwise(x));
        Same.AsEager(() => All.Positive(positive));
        Same.AsEager(() => All.Pairs(x, positive, whole));
        Same.AsEager(() => All.Compared(x, whole));
        Same.AsEager(() => All.Logical(x, whole));
        Same.AsEager(() => All.Arranged(x, whole));
        Same.AsEager(() => All.Reduced(x, whole));
        Same.AsEager(() => All.Made(x, whole));
        Same.AsEager(() => All.Products(x, positive));
        Same.AsEager(() => All.Activations(x));
    }

    [TorchFact]
    public void Losses_give_what_TorchSharp_gives()
    {
        using var scope = NewDisposeScope();
        torch.Tensor logits = linspace(-2, 2, 12).reshape(3, 4).sin(), labels = tensor(new long[] { 1, 3, 0 }), ignored = tensor(new long[] { 1,
            -100, 0 });
        torch.Tensor target = linspace(0.1, 0.9, 12).reshape(3, 4), weight = tensor(new[] { 1f, 2f, 0.5f, 1f });
        foreach (Reduction reduction in new[] { Reduction.Mean, Reduction.Sum, Reduction.None })
            Same.AsEager(() => All.Losses(logits, labels, ignored, target, weight, reduction));
    }

    internal static partial class All
    {
        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Pointwise(torch.Tensor x) =>
        [
            x.abs(), x.sign(), x.floor(), x.ceil(), x.round(), x.trunc(), x.frac(), x.exp(), x.exp2(), x.expm1(), x.square(), x.sin(), x.cos(),
                x.tan(),
            x.atan(), x.sinh(), x.cosh(), x.tanh(), x.sigmoid(), x.erf(), x.neg(), -x, x.clamp(-1, 1.5), x.clamp_min(0), x.clamp_max(0.5),
                x.pow(3), x.relu(),
            torch.exp(x), torch.abs(x), torch.tanh(x), torch.clamp(x, -0.5), x.reciprocal(),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Positive(torch.Tensor x) =>
        [
            x.log(), x.log2(), x.log10(), x.log1p(), x.sqrt(), x.rsqrt(), x.pow(0.5), x.pow(-1.5), (x / 3).asin(), (x / 3).acos(), x.pow(x),
                torch.log(x), torch.sqrt(x),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Pairs(torch.Tensor x, torch.Tensor y, torch.Tensor whole) =>
        [
            x + y, x - y, x * y, x / y, x % y, 2 - x, 1 / y, whole / 3, whole % 3, whole + 1, whole * 0.5, whole + y, 7 - whole, x.add(y, 2),
                x.sub(y), x.mul(y), x.div(y),
            whole.div(3, RoundingMode.floor), x.div(y, RoundingMode.trunc), x.floor_divide(y), x.remainder(0.7), x.fmod(y), torch.maximum(x, y),
                torch.minimum(x, y),
            x.maximum(y), x.atan2(y), x.lerp(y, y), x.addcmul(y, y, 0.5), x.addcdiv(y, y, 0.5), torch.add(x, y), torch.sub(x, y), torch.mul(x,
                y), torch.div(x, y),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Compared(torch.Tensor x, torch.Tensor whole) =>
        [
            x > 0, x >= 0.5, x < whole, x <= 0, x == whole, x != whole, x.eq(0), x.ne(0), x.lt(1), x.le(1), x.gt(whole), x.ge(whole), x.isnan(),
                x.isinf(), x.isfinite(),
            torch.where(x > 0, x, whole), x.masked_fill(x > 0, 9), x.masked_select(x > 0), torch.eq(x, whole),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Logical(torch.Tensor x, torch.Tensor whole) =>
        [
            (x > 0) & (x < 1), (x > 1) | (x < 0), (x > 0) ^ (x > 1), (x > 0).logical_and(x < 1), (x > 0).logical_or(x < -1),
                (x > 0).logical_xor(x > 1), x.logical_not(),
            whole.bitwise_and(whole + 1), whole.bitwise_or(whole + 1), whole.bitwise_xor(whole + 1), whole.bitwise_not(), (x > 0).all(),
                (x > 0).any(), (x > 0).all(1), (x > 0).any(0, true),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Arranged(torch.Tensor x, torch.Tensor whole) =>
        [
            x.reshape(4, -1), x.view(2, 6), x.flatten(), x.unflatten(1, 2, 2), x.unsqueeze(1).squeeze(1), x.transpose(0, 1), x.t(), x.T, x.mT,
                x.permute(1, 0), x.swapaxes(0, 1), x.movedim([0], [1]),
            x.expand(2, 3, 4), x.unsqueeze(1).expand(-1, 2, -1), x.repeat(2, 1), x.repeat_interleave(2, 1), x.narrow(1, 1, 2), x.select(1, 2),
                x.flip(0), x.roll(1, 0), x.roll(1), x.tril(), x.triu(1),
            .. x.split(2, 1), .. x.split([1, 2], 0), .. x.chunk(3, 1), .. x.unbind(0), torch.cat([x, x], 0), torch.stack([x, x], 1),
                torch.hstack(x, x), torch.vstack([x, x]),
            x.gather(1, whole % 4), x.index_select(1, torch.tensor(new long[] { 3, 0 })), x[0], x[.., 1], x[1.., ..2], x[^1],
                x[TensorIndex.Ellipsis, 0], x[TensorIndex.None], x[TensorIndex.Slice(0, 3, 2)],
            x.nonzero(), x.clone(), x.detach(), x.contiguous(), x.view_as(x), x.expand_as(x), torch.flatten(x), torch.unsqueeze(x, 0),
                torch.squeeze(x), torch.transpose(x, 0, 1),
            x.slice(1, 0, 4, 2),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Reduced(torch.Tensor x, torch.Tensor whole)
        {
            var (top, at) = x.topk(2);
            var (sorted, order) = x.sort(1, descending: true);
            var (least, where) = x.min(0);
            return
            [
                x.sum(), x.sum(1), x.sum([0, 1], true), x.mean(), x.mean([0]), whole.sum(), (x > 0).sum(), whole.prod(), x.prod(1), x.max(),
                    x.min(), x.amax(1), x.amin(0, 1), x.argmax(), x.argmax(1, true), x.argmin(0),
                x.var(), x.var(1), x.std(), x.std(0, false), x.norm(), x.norm(1), x.logsumexp(1), x.cumsum(1), x.cumprod(1), whole.cumsum(0),
                    top, at, sorted, order, least, where, x.argsort(1), x.softmax(1),
                x.log_softmax(0), torch.sum(x), torch.mean(x), torch.max(x), torch.argmax(x, 1), torch.softmax(x, 1), x.max(whole),
            ];
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Made(torch.Tensor x, torch.Tensor whole) =>
        [
            torch.zeros(2, 3), torch.ones(3), torch.zeros([2, 2], dtype: torch.int64), torch.full(2, 2, 1.5), torch.full([2], 3),
                torch.arange(5), torch.arange(1, 6, 2), torch.arange(0, 1, 0.25), torch.linspace(0, 1, 5),
            torch.eye(3), torch.tensor(2.5f), torch.tensor(3L), torch.tensor(new[] { 1f, 2f }), torch.zeros_like(x), torch.ones_like(whole),
                torch.full_like(x, 2), x.zeros_like(), x.to(torch.float64), x.to_type(torch.int32),
            whole.@float(), x.@long(), x.type_as(whole), whole.@double(), torch.tensor(true), x.@bool(),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Products(torch.Tensor x, torch.Tensor y)
        {
            torch.Tensor batch = torch.stack([x, y]);
            return
            [
                x.matmul(y.t()), x.mm(y.t()), batch.bmm(batch.transpose(1, 2)), x.mv(y[0]), x[0].dot(y[1]), x[0].outer(y[0]), torch.matmul(x, y.T), torch.einsum("ij,kj->ik", x, y),
                torch.zeros(3, 3).addmm(x, y.t(), 2, 0.5f), F.linear(x, y, y[0, ..3]),
            ];
        }

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Activations(torch.Tensor x) =>
        [
            F.relu(x), F.relu6(x), F.leaky_relu(x), F.elu(x, 1), F.selu(x), F.gelu(x), F.silu(x), F.mish(x), F.sigmoid(x), F.tanh(x),
                F.hardsigmoid(x), F.hardswish(x), F.softplus(x), F.softsign(x),
            F.logsigmoid(x), F.softmax(x, 1), F.log_softmax(x, 1), F.dropout(x, 0.5, false), F.one_hot(torch.arange(3), 4), F.layer_norm(x, [4]),
                F.group_norm(x, 2), F.normalize(x), F.cosine_similarity(x, x * 2),
            F.pad(x, (1, 2)), F.pad(x, new long[] { 0, 1, 2, 0 }, value: 3), F.scaled_dot_product_attention(x, x, x),
                F.avg_pool1d(x.unsqueeze(0), 2), F.max_pool1d(x.unsqueeze(0), 2),
            F.max_pool2d(x.reshape(1, 1, 3, 4), 2, 1), F.avg_pool2d(x.reshape(1, 1, 3, 4), (2, 2)), F.adaptive_avg_pool2d(x.reshape(1, 1, 3, 4),
                2), F.conv1d(x.unsqueeze(0), torch.ones(2, 3, 2)),
            F.conv2d(x.reshape(1, 1, 3, 4), torch.ones(1, 1, 2, 2)), F.conv_transpose2d(x.reshape(1, 1, 3, 4), torch.ones(1, 2, 2, 2)), x.gelu(),
                x.silu(),
        ];

        [TensorGraph.GraphFunction]
        public static torch.Tensor[] Losses(torch.Tensor x, torch.Tensor labels, torch.Tensor ignored, torch.Tensor target, torch.Tensor weight,
            Reduction reduction) =>
        [
            F.cross_entropy(x, labels, reduction: reduction), F.cross_entropy(x, ignored, reduction: reduction), F.cross_entropy(x, labels,
                weight, reduction: reduction),
            F.cross_entropy(x, labels, label_smoothing: 0.1, reduction: reduction), F.cross_entropy(x, target, reduction: reduction),
                F.nll_loss(x.log_softmax(1), labels, reduction: reduction),
            F.mse_loss(x, target, reduction), F.l1_loss(x, target, reduction), F.smooth_l1_loss(x, target, reduction), F.huber_loss(x, target,
                0.7, reduction),
            F.binary_cross_entropy(target, x.sigmoid(), reduction: reduction), F.binary_cross_entropy_with_logits(x, target, reduction: reduction),
            F.binary_cross_entropy_with_logits(x, target, pos_weights: weight, reduction: reduction), F.kl_div(x, target, false, reduction),
                F.kl_div(x, target, true, reduction),
        ];
    }
}
