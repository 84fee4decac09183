namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Gradients that torch takes through a graph function are those of the same code on TorchSharp.</summary>
public sealed partial class AutogradTests
{
    [TorchFact]
    public void Gradients_of_arguments_pass_branches_and_loops()
    {
        using var scope = torch.NewDisposeScope();
        foreach (float start in new[] { 0.3f, 3f, -4f })
        {
            torch.Tensor x = torch.tensor(new[] { start, 2f, -0.5f }), y = torch.tensor(new[] { 1f, 2f, 3f });
            SameGradients(() => Functions.Branch(x, y).sum(), [x, y]);
            SameGradients(() => Functions.Loop(x, y).pow(2).sum(), [x, y]);
            SameGradients(() => Functions.Early(x, y).mean(), [x, y]);
        }
    }

    [TorchFact]
    public void Gradients_of_parameters_are_added_to_what_is_there()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(2);
        var net = new Net();
        var model = new Model(net);
        torch.Tensor x = torch.randn(5, 8), y = torch.randint(4, [5], dtype: torch.int64);
        torch.Tensor[] all = [x, .. net.parameters()];
        for (int i = 0; i < 3; i++)
        {
            using ((TensorGraphOptions.Current with { RunImperatively = i > 0 }).Use()) SameGradients(() => Twice(model, x, y), all);
        }

        static torch.Tensor Twice(Model model, torch.Tensor x, torch.Tensor y) =>
            functional.cross_entropy(model.Run(x * 2), y) + functional.cross_entropy(model.Run(x).tanh(), y);
    }

    [TorchFact]
    public void Each_result_has_its_gradient()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.linspace(-1, 2, 6).reshape(2, 3);
        SameGradients(() => Functions.Several(x) is var (a, b, _, _) ? (a * b).sum() : x, [x]);
        SameGradients(() => Functions.Several(x).Item2, [x]);
        SameGradients(() => Functions.Array(x, [x * 2, x.sin()]) is var parts ? parts[0].sum() * parts[1].mean() : x, [x]);
        var (_, _, whole, constant) = Functions.Several(x.requires_grad_());
        Assert.False(whole.requires_grad);
        Assert.Equal(torch.int64, whole.dtype);
        Assert.Equal(6, constant.item<float>());
    }

    [TorchFact]
    public void Training_by_an_optimiser_outside_goes_as_with_TorchSharp()
    {
        using var scope = torch.NewDisposeScope();
        List<torch.Tensor> losses = [], trained = [];
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            torch.manual_seed(4);
            var net = new Net();
            var head = Linear(4, 4);
            var model = new Model(net);
            var optimizer = torch.optim.Adam(net.parameters().Concat(head.parameters()), 0.01);
            for (int step = 0; step < 5; step++)
            {
                torch.Tensor x = torch.randn(16, 8), y = torch.randint(4, [16], dtype: torch.int64);
                optimizer.zero_grad();
                torch.Tensor loss = functional.cross_entropy(head.call(model.Run(x)), y);
                loss.backward();
                optimizer.step();
                losses.Add(loss.detach());
            }
            trained.AddRange(net.parameters());
            trained.AddRange(net.buffers());
        }
        foreach (List<torch.Tensor> both in new[] { losses, trained })
        {
            for (int i = 0; i < both.Count / 2; i++) Same.Close(both[i], both[i + (both.Count / 2)], 1e-4, $"{i}");
        }
    }

    [TorchFact]
    public void Without_gradients_nothing_is_recorded()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.ones(3, requires_grad: true), y = torch.ones(3);
        using (torch.no_grad()) Assert.False(Functions.Branch(x, y).requires_grad);
        using (torch.inference_mode()) Assert.False(Functions.Branch(x, y).requires_grad);
        Assert.False(Functions.Branch(y, y).requires_grad);
        Assert.True(Functions.Branch(x, y).requires_grad);
        var net = new Net();
        foreach (Parameter parameter in net.parameters()) parameter.requires_grad = false;
        Assert.False(new Model(net).Run(torch.ones(2, 8)).requires_grad);
        net.parameters().First().requires_grad = true;
        Assert.True(new Model(net).Run(torch.ones(2, 8)).requires_grad);
    }

    [TorchFact]
    public void A_frozen_parameter_and_an_unused_argument_get_none()
    {
        using var scope = torch.NewDisposeScope();
        var net = new Net();
        Parameter frozen = net.parameters().First();
        frozen.requires_grad = false;
        torch.Tensor x = torch.randn(2, 8, requires_grad: true);
        new Model(net).Run(x).sum().backward();
        Assert.Null(frozen.grad);
        Assert.NotNull(x.grad);
        Assert.All(net.parameters().Skip(1), parameter => Assert.NotNull(parameter.grad));
        torch.Tensor unused = torch.ones(1, 3, requires_grad: true), used = torch.ones(1, 3, requires_grad: true);
        Functions.Several(used).Item1.add(Functions.Unused(used, unused)).sum().backward();
        Assert.Null(unused.grad);
        Assert.NotNull(used.grad);
    }

    // TorchSharp itself refuses such a backward pass; the values at the time of the call are as right.
    [TorchFact]
    public void What_changes_after_the_call_does_not_change_the_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var scaled = new Scaled(new Parameter(torch.full([3], 2f)));
        torch.Tensor leaf = torch.tensor(new[] { 1f, 2f, 3f }, requires_grad: true), x = leaf * 1, y = scaled.Run(x);
        using (torch.no_grad())
        {
            x.add_(100);
            scaled.Weight.add_(100);
            y.add_(100);
        }
        y.sum().backward();
        Same.Close(torch.full([3], 4f), leaf.grad!);
        Same.Close(torch.tensor(new[] { 4f, 8f, 12f }), scaled.Weight.grad!);
    }

    [TorchFact]
    public void A_graph_that_is_kept_gives_its_gradient_again()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.tensor(new[] { 1f, 2f }, requires_grad: true), y = Functions.Branch(x, x), loss = y.sum();
        loss.backward(retain_graph: true);
        torch.Tensor once = x.grad!.clone();
        loss.backward(retain_graph: true);
        Same.Close(once * 2, x.grad!);
        IList<torch.Tensor> asked = torch.autograd.grad([loss], [x], retain_graph: true);
        Same.Close(once, asked[0]);
    }

    [TorchFact]
    public void Dropout_and_its_gradient_have_one_mask()
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor x = torch.ones(1000, requires_grad: true), y = Functions.Dropped(x);
        y.sum().backward();
        Same.Close(y.detach(), x.grad!);
        Assert.InRange((y == 0).sum().item<long>(), 150, 350);
    }

    [TorchFact]
    public void Threads_take_gradients_at_the_same_time()
    {
        var scaled = new Scaled(new Parameter(torch.full([3], 2f)));
        Parallel.For(0, 200, i =>
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor x = torch.full([3], (float)i, requires_grad: true);
            scaled.Run(x).sum().backward();
            Assert.Equal(12, x.grad!.sum().item<float>());
        });
        // Each adds 4 x.
        Assert.Equal(3 * 4 * 19900, scaled.Weight.grad!.sum().item<float>());
    }

    // Compares with TorchSharp: gradients of leaves, and what is added by a second pass.
    private static void SameGradients(Func<torch.Tensor> loss, torch.Tensor[] leaves)
    {
        List<torch.Tensor?> found = [];
        bool[] required = [.. leaves.Select(leaf => leaf.requires_grad)];
        foreach (bool imperatively in new[] { true, false })
        {
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            foreach (torch.Tensor leaf in leaves)
            {
                leaf.requires_grad = true;
                leaf.grad = null;
            }
            for (int pass = 0; pass < 2; pass++)
            {
                torch.Tensor value = loss();
                value.backward();
                found.Add(value.detach());
                found.AddRange(leaves.Select(leaf => leaf.grad?.clone()));
            }
        }
        for (int i = 0; i < leaves.Length; i++) leaves[i].requires_grad = required[i];
        for (int i = 0; i < found.Count / 2; i++)
        {
            torch.Tensor? eager = found[i], traced = found[i + (found.Count / 2)];
            // In a graph the branch that is not taken gives zeros.
            if (traced is not null) Same.Close(eager ?? traced * 0, traced, 1e-4, $"gradient {i}");
            else Assert.Null(eager);
        }
    }

    internal static partial class Functions
    {
        [GraphFunction]
        public static torch.Tensor Branch(torch.Tensor x, torch.Tensor y)
        {
            torch.Tensor z = x * y;
            if ((bool)(x.sum() > 2))
                z = z.pow(2) + x;
            else
                z = z.exp();
            return z;
        }

        [GraphFunction]
        public static torch.Tensor Loop(torch.Tensor x, torch.Tensor y)
        {
            while (x.abs().max().item<float>() > 0.5)
                x = x * 0.5f + y * 0.01f;
            return x.sin();
        }

        [GraphFunction]
        public static torch.Tensor Early(torch.Tensor x, torch.Tensor y)
        {
            if (x.max().item<float>() > 2.5)
                return x.pow(2);
            return x * y.cos();
        }

        [GraphFunction]
        public static (torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor) Several(torch.Tensor x) =>
            (x.tanh(), x.exp().sum(), x.argmax(1), torch.ones(6).sum());

        [GraphFunction]
        public static torch.Tensor[] Array(torch.Tensor x, torch.Tensor[] more) => [x * more[0], more[1].exp() + more[0]];

        [GraphFunction]
        public static torch.Tensor Unused(torch.Tensor x, torch.Tensor y) => x * y.detach();

        [GraphFunction]
        public static torch.Tensor Dropped(torch.Tensor x) => functional.dropout(x, 0.25, training: true);
    }

    internal sealed partial class Scaled(Parameter weight)
    {
        public Parameter Weight => weight;

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => x * weight * weight;
    }

    internal sealed partial class Net : Module<torch.Tensor, torch.Tensor>
    {
        private readonly Linear fc1 = Linear(8, 16, hasBias: false);
        private readonly BatchNorm1d norm = BatchNorm1d(16);
        private readonly Linear fc2 = Linear(16, 4);

        public Net()
            : base("net") => RegisterComponents();

        public override torch.Tensor forward(torch.Tensor x)
        {
            torch.Tensor h = functional.relu(norm.call(fc1.call(x)));
            if ((h.mean() > 0.3).ToBoolean())
                h = h * 0.9;
            return fc2.call(h);
        }
    }

    internal sealed partial class Model(Net net)
    {
        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => net.call(x);
    }
}
