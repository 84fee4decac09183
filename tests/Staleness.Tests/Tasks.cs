using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Small tasks, and the schedules of modes.</summary>
internal static class Tasks
{
    /// <summary>Two half moons of numbers with a dense network, without state.</summary>
    public static TrainingTask Dense(int batch = 20) => Of(random => new Sequential(new Dense(8, 16, Ops.Tanh, random: random), new Dense(16, 3, random: random)), batch);

    /// <summary>The same numbers as images, with convolution and batch norm.</summary>
    public static TrainingTask Convolution(int batch = 20) => Of(random => new Sequential(
        new Reshape(1, 2, 4), new Conv2D(1, 4, window: 3, padding: 1, random: random), new BatchNorm(4), new Activation(Ops.Relu), new Flatten(),
        new Dense(32, 3, random: random)), batch);

    public static SimulationSettings Settings(string mode, int workers, long gradients = 60, string compute = "lognormal:1,0.4") => new()
    {
        Mode = TrainingMode.Parse(mode), Workers = SimulationSettings.Equal(workers, new() { Compute = Duration.Parse(compute) }), Gradients = gradients,
    };

    public static Schedule Schedule(string mode, int workers, long gradients = 60, string compute = "lognormal:1,0.4") =>
        Simulator.Run(Settings(mode, workers, gradients, compute));

    public static string Checksum(TrainingTask task, Schedule schedule, Func<Optimizer>? optimizer = null, UpdateRule? rule = null) =>
        Train(task, schedule, optimizer, rule).Weights.Checksum();

    public static TrainingOutcome Train(TrainingTask task, Schedule schedule, Func<Optimizer>? optimizer = null, UpdateRule? rule = null) =>
        TrainingWorkload.Train(task, new() { CreateOptimizer = optimizer ?? (() => new Sgd(0.2)), Rule = rule ?? UpdateRule.None }, schedule);

    /// <summary>Largest difference of any weight.</summary>
    public static double Difference(ModelSnapshot a, ModelSnapshot b) => a.Weights.Zip(b.Weights, (x, y) => (x - y).Abs().Max().ToDouble()).Max();

    private static TrainingTask Of(Func<RandomGenerator, Module> create, int batch)
    {
        var random = new RandomGenerator(5);
        Tensor inputs = random.Normal([400, 8]), labels = (inputs[.., 0] * inputs[.., 1] > 0).Cast(DType.I32) + (inputs[.., 2] > 0.5).Cast(DType.I32);
        return new()
        {
            CreateModel = create, Inputs = inputs[..300], Targets = labels[..300], TestInputs = inputs[300..], TestTargets = labels[300..], BatchSize = batch,
        };
    }
}
