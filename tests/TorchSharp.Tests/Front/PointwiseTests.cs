using TorchSharp;

namespace TensorGraph.Tests.Front;

/// <summary>Functions of TorchSharp on tensors alone: the graph gives what TorchSharp gives, in the same element type.</summary>
public sealed partial class PointwiseTests
{
    [TorchFact]
    public void A_function_gives_what_TorchSharp_gives()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.linspace(-2, 2, 12).reshape(3, 4), y = torch.arange(1, 13, dtype: torch.float32).reshape(3, 4);
        Same.AsEager(() => Functions.Mixed(x, y));
        Same.AsEager(() => Functions.Promoted(torch.arange(6), torch.linspace(0, 1, 6)));
        Same.AsEager(() => Functions.Shapes(x));
        Same.AsEager(() => Functions.Indices(x));
        Same.AsEager(() => Functions.Reduced(x));
    }

    [TorchFact]
    public void Branches_and_loops_on_values_are_nodes()
    {
        using var scope = torch.NewDisposeScope();
        foreach (float start in new[] { 0.5f, 3f, -4f })
        {
            torch.Tensor x = torch.tensor(new[] { start, 2f });
            Same.AsEager(() => Control.Branch(x));
            Same.AsEager(() => Control.Loop(x));
        }
        Assert.Single(GraphFunction.Of(Control.Loop).ConcreteFunctions);
    }

    [TorchFact]
    public void A_change_in_place_is_an_assignment()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.linspace(-2, 2, 12).reshape(3, 4);
        torch.Tensor before = x.clone();
        Same.AsEager(() => Functions.InPlace(x));
        Assert.True(x.equal(before).all().item<bool>());
    }

    internal static partial class Functions
    {
        [GraphFunction]
        public static torch.Tensor Mixed(torch.Tensor x, torch.Tensor y)
        {
            torch.Tensor h = x.matmul(y.t()) + 1f;
            var s = torch.nn.functional.relu(h * 2 - 3.0).sum(1).softmax(0);
            return torch.where(s > 0.3, s.exp(), -s) / (1 - s) + s.pow(2).sqrt() + torch.maximum(s, s.neg());
        }

        [GraphFunction]
        public static (torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor) Promoted(torch.Tensor whole, torch.Tensor part)
        {
            torch.Tensor quotient = whole / 4, sum = whole.sum(), both = whole + part;
            return (quotient, sum, both * 2.5, (whole == 3).sum() + (whole % 4 - 1).argmax());
        }

        [GraphFunction]
        public static torch.Tensor[] Shapes(torch.Tensor x)
        {
            var parts = x.chunk(2, 1);
            return
            [
                x.view(-1, 6), x.reshape(2, 2, 3).permute(2, 0, 1), x.flatten(), x.unsqueeze(0).squeeze(), x.transpose(0, 1).contiguous(),
                torch.cat(new[] { x, x }, 1), torch.stack([x, x]), parts[1], x.expand(2, 3, 4), x.flip(1), x.narrow(1, 1, 2), x.view(x.shape[0],
                    -1).T,
            ];
        }

        [GraphFunction]
        public static torch.Tensor[] Indices(torch.Tensor x)
        {
            torch.Tensor y = x * 1;
            y[0] = x[1] + 1;
            return [x[0], x[.., 1], x[1, 2], x[torch.TensorIndex.Ellipsis, torch.TensorIndex.Slice(1, 3)], x[^1], x[1..], y, x[x > 0],
                x.index_select(0, torch.tensor(new long[] { 2, 0 }))];
        }

        [GraphFunction]
        public static torch.Tensor[] Reduced(torch.Tensor x)
        {
            var (values, indexes) = x.max(1);
            return [x.mean(), x.mean([1]), x.std(), x.var(0), values, indexes, x.argmax(1), x.norm(), x.sum(new long[] { 0, 1 }), x.cumsum(1),
                x.logsumexp(1)];
        }

        [GraphFunction]
        public static torch.Tensor InPlace(torch.Tensor x)
        {
            torch.Tensor y = x * 2;
            y.add_(1).relu_();
            y += x;
            return y.clone().mul_(3);
        }
    }

    internal static partial class Control
    {
        [GraphFunction]
        public static torch.Tensor Branch(torch.Tensor x)
        {
            torch.Tensor y = x + 1;
            if ((bool)(x.sum() > 3))
                y = y * 2;
            else if (x[0].item<float>() < 0 && x.max().ToSingle() > 1)
                y = y - 5;
            return y;
        }

        [GraphFunction]
        public static torch.Tensor Loop(torch.Tensor x)
        {
            torch.Tensor steps = torch.zeros(1);
            while (x.abs().max().item<float>() > 0.1)
            {
                x = x / 2;
                steps = steps + 1;
            }
            return steps;
        }
    }
}
