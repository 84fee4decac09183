using System.Diagnostics;
using System.Globalization;
using TensorGraph;

namespace EstimatorProgram;

/// <summary>
/// Trains a small model to a step and prints it; with a third argument it is killed, as by <c>kill -9</c>, after that step. <c>ResumeTests</c> starts
/// it.
/// </summary>
internal static class Program
{
    private const int Examples = 50, Batch = 8;

    private static void Main(string[] arguments)
    {
        long last = long.Parse(arguments[1], CultureInfo.InvariantCulture);
        long? kill = arguments.Length > 2 ? long.Parse(arguments[2], CultureInfo.InvariantCulture) : null;
        var random = new RandomGenerator(7);
        var model = new Model(random);
        var estimator = new Estimator<Tensor, Tensor>(model.Describe, arguments[0],
            new() { SaveCheckpointsSteps = 50, LogStepCountSteps = null, Seed = 3, Output = TextWriter.Null });
        estimator.Train(Data, maxSteps: last, hooks: kill is { } step ? [new Killer(step)] : null);
        Console.WriteLine(estimator.GlobalStep);
    }

    private static Dataset<(Tensor, Tensor)> Data()
    {
        Tensor x = Ops.Linspace(-1, 1, Examples).Reshape(Examples, 1);
        return Dataset.FromTensorSlices((x, x * x)).Shuffle(20, seed: 5).Batch(Batch).Repeat();
    }

    private sealed class Killer(long step) : EstimatorHook
    {
        public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
        {
            if (context.GlobalStep >= step)
                Process.GetCurrentProcess().Kill();
        }
    }

    private sealed class Model(RandomGenerator random)
    {
        private readonly Dense _hidden = new(1, 8, Ops.Tanh, random: random);
        private readonly Dropout _dropout = new(0.2, random);
        private readonly Dense _last = new(8, 1, random: random);
        private readonly Adam _adam = new(0.01) { Schedule = Schedules.Warmup(20, Schedules.Cosine(300)) };

        public EstimatorSpec Describe(Tensor x, Tensor y, EstimatorMode mode, object? parameters)
        {
            Tensor guess = _last.Call(_dropout.Call(_hidden.Call(x), mode == EstimatorMode.Train));
            if (mode == EstimatorMode.Predict)
                return new(mode, predictions: guess);
            // The generator that ops use when none is given is part of a checkpoint too.
            Tensor noise = RandomGenerator.Default.Normal([]) * 0.01;
            Tensor loss = Loss.MeanSquaredError(guess, y) + noise;
            return new(mode, loss, TrainOp.Minimize(_adam, loss));
        }
    }
}
