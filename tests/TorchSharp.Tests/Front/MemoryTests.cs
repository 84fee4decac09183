namespace TensorGraph.Tests.Front;

using TorchSharp;
using static TorchSharp.torch.nn;

/// <summary>Many steps on new tensors of TorchSharp leave nothing behind.</summary>
public sealed partial class MemoryTests
{
    [TorchFact]
    public void Ten_thousand_steps_keep_no_memory()
    {
        torch.manual_seed(1);
        var model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10));
        var trainer = new Trainer(model, torch.optim.Adam(model.parameters(), 1e-3));
        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var scope = torch.NewDisposeScope();
                torch.Tensor x = torch.randn(32, 64), y = torch.randint(10, [32], dtype: torch.int64);
                trainer.Step(x, y);
            }
        }

        AssertKept(Steps, 1000, 10_000);
    }

    [TorchFact]
    public void Steps_in_loops_keep_no_memory()
    {
        var model = Sequential(Linear(8, 16), ReLU(), Linear(16, 4));
        var trainer = new Trainer(model, torch.optim.Adam(model.parameters(), 1e-3));
        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var scope = torch.NewDisposeScope();
                trainer.Loop(torch.ones(4, 8));
            }
        }

        AssertKept(Steps, 100, 500);
    }

    [TorchFact]
    public void Calls_in_a_larger_graph_of_torch_keep_no_memory()
    {
        var runner = new Runner(Sequential(Linear(64, 128), ReLU(), Linear(128, 10)));
        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using var scope = torch.NewDisposeScope();
                torch.Tensor x = torch.randn(32, 64, requires_grad: true), y = runner.Run(x);
                // Some are never asked for a gradient.
                if (i % 3 > 0) y.pow(2).sum().backward();
                runner.ZeroGrad();
            }
        }

        AssertKept(Steps, 300, 3000);
    }

    // A dispose beside TorchSharp's own calls on the tensor ends the process in TorchSharp: here it comes once the memory is borrowed.
    [TorchFact]
    public void Borrowed_memory_may_be_disposed_of_while_a_graph_reads_it()
    {
        for (int i = 0; i < 30; i++)
        {
            torch.manual_seed(i);
            torch.Tensor x = torch.randn(256, 64);
            float[] expected = x.mul(2).data<float>().ToArray();
            Tensor borrowed = Tensor.FromTorch(x);
            var call = Task.Run(() => Doubled(borrowed).ToArray<float>());
            Thread.SpinWait(1 << (i % 18));
            x.Dispose();
            Assert.Equal(expected, call.GetAwaiter().GetResult());
        }
    }

    [GraphFunction]
    private static Tensor Doubled(Tensor x)
    {
        for (Tensor i = 0; i < 20; i++)
            x = x + x - x;
        return x * 2f;
    }

    // What steps leave behind, they leave behind each time; what the runtime keeps for itself, only once.
    private static void AssertKept(Action<int> steps, int warm, int count)
    {
        steps(warm);
        string? grown = null;
        for (int round = 0; round < 2; round++)
        {
            Memory before = Memory.Now();
            steps(count);
            grown = before.Grown(Memory.Now());
            if (grown is null) return;
        }
        Assert.Fail(grown);
    }

    private sealed record Memory(long Native, long Managed, long Live, long Tensors, int Nodes)
    {
        public static Memory Now()
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            return new(Environment.WorkingSet, GC.GetTotalMemory(true), Devices.Managed.LiveBytes, torch.Tensor.TotalCount,
                TensorGraph.Torch.AutogradNode.Count);
        }

        public string? Grown(Memory after) =>
            after.Tensors > Tensors ? $"tensors of TorchSharp: {Tensors} to {after.Tensors}"
            : after.Nodes > Nodes ? $"nodes of torch's graph: {Nodes} to {after.Nodes}"
            : after.Live > Live + (1 << 20) ? $"tensors: {Live:n0} to {after.Live:n0} bytes"
            : after.Managed > Managed + (2 << 20) ? $"managed: {Managed:n0} to {after.Managed:n0} bytes"
            : after.Native > Native + (64 << 20) ? $"process: {Native:n0} to {after.Native:n0} bytes"
            : null;
    }

    internal sealed partial class Runner(TorchSharp.Modules.Sequential model)
    {
        public void ZeroGrad() => model.zero_grad();

        [GraphFunction]
        public torch.Tensor Run(torch.Tensor x) => model.call(x);
    }

    internal sealed partial class Trainer(TorchSharp.Modules.Sequential model, torch.optim.Optimizer optimizer)
    {
        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.forward(x), y);
            loss.backward();
            optimizer.step();
            return loss;
        }

        [GraphFunction]
        public torch.Tensor Loop(torch.Tensor x)
        {
            torch.Tensor count = torch.zeros(1);
            while (count.item<float>() < 3)
            {
                optimizer.zero_grad();
                model.forward(x).pow(2).mean().backward();
                optimizer.step();
                count = count + 1;
            }
            return count;
        }
    }
}
