namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Parameters have the values that TorchSharp would give them, whichever thread, device or size of batch a call has.</summary>
public sealed partial class VariableTests
{
    [TorchFact]
    public void Threads_train_models_of_their_own()
    {
        const int Threads = 4, Steps = 40;
        torch.Tensor[] xs = [.. Enumerable.Range(0, Threads).Select(i => torch.randn(16, 8, generator: new torch.Generator((ulong)i)))];
        torch.Tensor y = torch.arange(16) % 4;
        float[] expected = [.. xs.Select(x => Run(new Trainer(), x, imperatively: true))];
        for (int round = 0; round < 3; round++)
        {
            Trainer[] trainers = [.. xs.Select(_ => new Trainer())];
            float[] found = new float[Threads];
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(i => new Thread(() => found[i] = Run(trainers[i], xs[i], imperatively: false)))];
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            for (int i = 0; i < Threads; i++) Assert.Equal(expected[i], found[i], 1e-3f);
        }

        float Run(Trainer trainer, torch.Tensor x, bool imperatively)
        {
            using var scope = torch.NewDisposeScope();
            using var mode = (TensorGraphOptions.Current with { RunImperatively = imperatively }).Use();
            float sum = 0;
            for (int i = 0; i < Steps; i++) sum += (i % 2 == 0 ? trainer.Step(x, y) : Trainer.Static.Step(trainer, x, y)).item<float>();
            return sum;
        }
    }

    [TorchFact]
    public void Threads_may_share_a_model()
    {
        var trainer = new Trainer();
        torch.Tensor x = torch.randn(16, 8), y = torch.arange(16) % 4;
        float before = trainer.Step(x, y).item<float>();
        Parallel.For(0, 200, _ =>
        {
            using var scope = torch.NewDisposeScope();
            trainer.Step(x, y);
        });
        Assert.InRange(trainer.Step(x, y).item<float>(), 0, before);
    }

    [TorchTheory]
    [InlineData("interpreter")]
    [InlineData("torch:cpu")]
    [InlineData("torch:nodes")]
    public void A_device_without_shared_memory_trains(string device)
    {
        using IDisposable use = Device.Use(Devices.Find(device));
        Twins.Train(() => new Trainer(), t => t.Model, (trainer, i) => trainer.Step(torch.randn(4, 8), torch.arange(4)));
    }

    [TorchFact]
    public void A_model_goes_from_one_device_to_another()
    {
        int call = 0;
        Twins.Train(
            () => new Trainer(), t => t.Model, (trainer, i) =>
            {
                using IDisposable use = Device.Use(Devices.Find(call++ % 4 < 2 ? "torch:nodes" : "managed"));
                return trainer.Step(torch.randn(4, 8), torch.arange(4));
            });
    }

    [TorchFact]
    public void A_shape_is_read_in_calls_of_many_sizes()
    {
        for (int size = 1; size < 6; size++)
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor x = torch.ones(size, 2);
            Same.AsEager(() => Trainer.Static.Sized(x));
        }
    }

    internal sealed partial class Trainer
    {
        private readonly Sequential _model;
        private readonly torch.optim.Optimizer _optimizer;

        public Trainer()
        {
            var init = new torch.Generator(5);
            _model = Sequential(Linear(8, 16), ReLU(), Linear(16, 4));
            using (torch.no_grad())
            {
                foreach (Parameter p in _model.parameters()) p.copy_(torch.randn(p.shape, generator: init) * 0.3);
            }
            _optimizer = torch.optim.Adam(_model.parameters(), 0.01);
        }

        public Module Model => _model;

        [GraphFunction]
        public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
        {
            _optimizer.zero_grad();
            torch.Tensor loss = functional.cross_entropy(_model.forward(x), y);
            loss.backward();
            _optimizer.step();
            return loss;
        }

        internal static partial class Static
        {
            [GraphFunction]
            public static torch.Tensor Step(Trainer trainer, torch.Tensor x, torch.Tensor y)
            {
                trainer._optimizer.zero_grad();
                torch.Tensor loss = functional.cross_entropy(trainer._model.forward(x), y);
                loss.backward();
                trainer._optimizer.step();
                return loss;
            }

            [GraphFunction]
            public static torch.Tensor[] Sized(torch.Tensor x) => [x * x.shape[0], x.sum() / x.shape[0], x.view(x.shape[0], -1), x + torch.zeros(x.shape[0], 1)];
        }
    }
}
