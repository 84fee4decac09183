namespace TensorGraph.Tests.Front;

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

/// <summary>Graph functions whose signature has no tensors train as those that have some.</summary>
public sealed partial class VoidTests
{
    [TorchTheory]
    [InlineData("step")]
    [InlineData("rate")]
    [InlineData("split")]
    [InlineData("nested")]
    [InlineData("batch")]
    public void Functions_without_tensors_train_at_each_call(string how)
    {
        int traced = 0;
        Twins.Train(
            () => new Trainer(), t => t.Net, (trainer, i) =>
            {
                traced++;
                switch (how)
                {
                    case "step":
                        trainer.TrainStep();
                        break;
                    case "rate":
                        trainer.TrainScaled(0.5);
                        break;
                    case "nested":
                        trainer.Nested();
                        break;
                    case "batch":
                        trainer.TrainBatch(new Batch(torch.ones(2, 3) * i, torch.ones(2, 1)));
                        break;
                    default:
                        using (torch.NewDisposeScope())
                        {
                            trainer.Optimizer.zero_grad();
                            trainer.Net.call(trainer.X).pow(2).mean().backward();
                        }

                        trainer.Step();
                        break;
                }
                return torch.zeros(1);
            });
        Assert.Equal(12, traced);
    }

    public sealed record Batch(torch.Tensor X, torch.Tensor Y);

    internal sealed partial class Trainer
    {
        public Trainer()
        {
            Net = Linear(3, 1);
            X = torch.linspace(-1, 1, 6).reshape(2, 3);
            Optimizer = torch.optim.Adam(Net.parameters(), 0.05);
        }

        public Linear Net { get; }

        public torch.Tensor X { get; }

        public torch.optim.Optimizer Optimizer { get; }

        [TensorGraph.GraphFunction]
        public void TrainStep()
        {
            Optimizer.zero_grad();
            var loss = Net.call(X).pow(2).mean();
            loss.backward();
            Optimizer.step();
        }

        [TensorGraph.GraphFunction]
        public void TrainScaled(double scale)
        {
            Optimizer.zero_grad();
            var loss = Net.call(X).pow(2).mean() * scale;
            loss.backward();
            Optimizer.step();
        }

        [TensorGraph.GraphFunction]
        public void TrainBatch(Batch batch)
        {
            Optimizer.zero_grad();
            var loss = functional.mse_loss(Net.call(batch.X), batch.Y);
            loss.backward();
            Optimizer.step();
        }

        [TensorGraph.GraphFunction]
        public void Nested() => Inner();

        [TensorGraph.GraphFunction]
        public void Step() => Optimizer.step();

        private void Inner()
        {
            Optimizer.zero_grad();
            Net.call(X).pow(2).mean().backward();
            Optimizer.step();
        }
    }
}
