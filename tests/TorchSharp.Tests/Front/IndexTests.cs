namespace TensorGraph.Tests.Front;

using TorchSharp;
using static TorchSharp.torch;

/// <summary>Indices that are tensors pick and set the elements that TorchSharp would.</summary>
public sealed partial class IndexTests
{
    private static readonly torch.Tensor X = (arange(24).reshape(2, 3, 4) + 0.5).to(float32).DetachFromDisposeScope();
    private static readonly torch.Tensor I = tensor(new long[] { 1, 0, -1 }).DetachFromDisposeScope();
    private static readonly torch.Tensor J = tensor(new long[] { 2, -3, 0 }).DetachFromDisposeScope();

    [TorchFact]
    public void Positions_of_several_axes_go_together()
    {
        using var scope = NewDisposeScope();
        Same.AsEager(() => Cases.Picked(X, I, J));
        torch.Tensor x = X.clone().requires_grad_();
        List<torch.Tensor> gradients = [];
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            x.grad = null;
            foreach (torch.Tensor part in Cases.Picked(x, I, J).Concat(Cases.Changed(x, I, J)).Where(part => part.requires_grad)) part.sin().sum().backward();
            gradients.Add(x.grad!.clone());
        }
        Same.Close(gradients[0], gradients[1]);
    }

    [TorchFact]
    public void Places_of_positions_and_masks_are_set()
    {
        using var scope = NewDisposeScope();
        Same.AsEager(() => Cases.Changed(X, I, J));
        Same.AsEager(() => Cases.Masked(X, X[0] > 4, tensor(new[] { true, false })));
    }

    [TorchFact]
    public void What_TorchSharp_refuses_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.ThrowsAny<GraphException>(() => Cases.Pairs(X, I, tensor(new long[] { 0, 1 })));
        Assert.ThrowsAny<Exception>(() => Cases.Pairs(X, I, tensor(new long[] { 0, 3, 0 })).sum());
        Assert.ThrowsAny<Exception>(() => Cases.Pairs(X, I, tensor(new long[] { 0, -4, 0 })).sum());
        Assert.ThrowsAny<Exception>(() => Cases.Values(X, X > 4, ones(3)).sum());
        Same.AsEager(() => Cases.Values(X, X > 21, ones(3)));
        Same.AsEager(() => Cases.Values(X, X > 100, ones(0)));
    }

    internal static partial class Cases
    {
        [GraphFunction]
        public static torch.Tensor[] Picked(torch.Tensor x, torch.Tensor i, torch.Tensor j) =>
        [
            x[arange(2), j[..2]], x[i, j], x[TensorIndex.Tensor(i), .., TensorIndex.Tensor(j)], x[TensorIndex.Tensor(i), 1, TensorIndex.Tensor(j)], x[.., TensorIndex.Tensor(i), TensorIndex.Tensor(j)], x[.., TensorIndex.Tensor(j), 1..3], x[i, j, j], x[i.unsqueeze(1), j], x[i],
            x[i.unsqueeze(0)], x[TensorIndex.Ellipsis, TensorIndex.Tensor(j), TensorIndex.Tensor(j)], x[TensorIndex.Tensor(i), TensorIndex.None, TensorIndex.Tensor(j)], x[x > 5], x[0][x[0] > 5], x[TensorIndex.Tensor(i), TensorIndex.Tensor(x[0, .., 0] > 0)],
            x[.., TensorIndex.Tensor(x[0] > 3)], x[i[0], j], x[-1, TensorIndex.Tensor(j), ^1], x[TensorIndex.Tensor(i), TensorIndex.Tensor(j), 0..2], x[0, TensorIndex.Tensor(i), 1..], x[tensor(-1L)], x[tensor(-1L), tensor(0L)],
        ];

        [GraphFunction]
        public static torch.Tensor[] Changed(torch.Tensor x, torch.Tensor i, torch.Tensor j)
        {
            torch.Tensor a = x.clone(), b = x.clone(), c = x * 1, d = x.clone(), e = x.clone();
            a[i, j] = 7f;
            b[tensor(new long[] { 0, 1 }), tensor(new long[] { 2, 0 })] += x[0, ..2];
            c[.., TensorIndex.Tensor(tensor(new long[] { 2, 0 }))] = x[.., ..2] * 2;
            d[TensorIndex.Tensor(tensor(new long[] { 1, 0 })), 0, 1..3] = x[0, 0..2, 0..2];
            e[i[1], j[2]] *= 3;
            return [a, b, c, d, e];
        }

        [GraphFunction]
        public static torch.Tensor[] Masked(torch.Tensor x, torch.Tensor mask, torch.Tensor first)
        {
            torch.Tensor a = x.clone(), b = x.clone(), c = x.clone(), d = x.clone(), e = x[0] * 1;
            a[x > 5] += 1;
            a[x > 9] = x[x > 9] * 2;
            b[first] = x[1..] * 2;
            b[first] *= 2;
            c[.., TensorIndex.Tensor(mask)] = -1f;
            d[first] = x[1];
            d[TensorIndex.Tensor(tensor(new long[] { 1, 1, 1 })), 0, 1..3] = x[0, 0..3, 0..2];
            e[mask] -= x[0][mask] / 2;
            return [a, b, c, d, e];
        }

        [GraphFunction]
        public static torch.Tensor Pairs(torch.Tensor x, torch.Tensor i, torch.Tensor j) => x[i, j];

        [GraphFunction]
        public static torch.Tensor Values(torch.Tensor x, torch.Tensor mask, torch.Tensor values)
        {
            torch.Tensor y = x.clone();
            y[mask] = values;
            return y;
        }
    }
}
