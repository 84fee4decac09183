using System.Collections.Immutable;
using TensorGraph.Ir;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace TensorGraph.Backends.Torch;

internal static partial class TorchKernels
{
    // Windows may lie far apart in padding that is not there.
    private const double MostPadded = 1 << 28;

    private static torch.Tensor? Dot(KernelCall c)
    {
        Attrs attrs = c.Node.Attrs;
        if (!c.IsFloat) return null;
        (long[] batchA, long[] batchB) = ([.. attrs.Longs("left_batch")], [.. attrs.Longs("right_batch")]);
        (long[] sumA, long[] sumB) = ([.. attrs.Longs("left_contract")], [.. attrs.Longs("right_contract")]);
        (torch.Tensor a, torch.Tensor b) = (c.X[0], c.X[1]);
        (long[] freeA, long[] freeB) = (Free(a, batchA, sumA), Free(b, batchB, sumB));
        (long batch, long m, long n, long k) = (Count(a, batchA), Count(a, freeA), Count(b, freeB), Count(a, sumA));
        a = a.permute([.. batchA, .. freeA, .. sumA]).reshape(batch, m, k);
        b = b.permute([.. batchB, .. sumB, .. freeB]).reshape(batch, k, n);
        return a.bmm(b).reshape(c.Sizes);
    }

    private static torch.Tensor? Conv(KernelCall c)
    {
        Attrs attrs = c.Node.Attrs;
        (long[] low, long[] high) = (c.Bound("low"), c.Bound("high"));
        (long[] stride, long[] dilation) = (Each(attrs.Longs("stride"), low.Length), Each(attrs.Longs("dilation"), low.Length));
        bool isPlain = c.IsFloat && c.Node.Types[0].Rank is 3 or 4 or 5 && attrs.Longs("input_dilation").All(spread => spread == 1)
            && low.Concat(high).All(size => size >= 0) && c.X.All(x => x.numel() > 0) && c.Sizes.All(size => size > 0);
        if (!isPlain) return null;
        double padded = c.X[0].numel();
        for (int axis = 0; axis < low.Length; axis++) padded *= ((double)low[axis] + high[axis]) / c.X[0].shape[2 + axis] + 1;
        if (padded > MostPadded) return null;
        torch.Tensor x = functional.pad(c.X[0], [.. low.Zip(high).Reverse().SelectMany(pair => new[] { pair.First, pair.Second })]);
        long groups = attrs.Get<long>("groups");
        return low.Length switch
        {
            1 => functional.conv1d(x, c.X[1], stride: stride[0], dilation: dilation[0], groups: groups),
            2 => functional.conv2d(x, c.X[1], strides: stride, dilation: dilation, groups: groups),
            _ => functional.conv3d(x, c.X[1], strides: stride, dilation: dilation, groups: groups),
        };
    }

    private static long[] Each(ImmutableArray<long> given, int axes) => given.Length == 0 ? [.. Enumerable.Repeat(1L, axes)] : [.. given];

    private static long[] Free(torch.Tensor x, long[] batch, long[] contract) =>
        [.. Enumerable.Range(0, (int)x.dim()).Select(axis => (long)axis).Except(batch).Except(contract)];

    private static long Count(torch.Tensor x, long[] axes) => axes.Aggregate(1L, (count, axis) => count * x.shape[axis]);
}
