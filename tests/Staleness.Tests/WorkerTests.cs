using TensorGraph.Staleness;

namespace TensorGraph.Tests;

/// <summary>Gradients and scores of a worker: random numbers of a model, and labels.</summary>
[Collection(nameof(DefaultGenerator))]
public sealed class WorkerTests
{
    private static readonly TrainingTask s_task = Tasks.Dense();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_schedule_gives_the_same_bits_whatever_the_process_drew_before(bool isSeeded)
    {
        var task = s_task with { CreateModel = start => Dropping(start, isSeeded ? new RandomGenerator(3) : null) };
        var schedule = Tasks.Schedule("asynchronous", 3);
        var worker = new GradientWorker(task.CreateModel(new(0)), task.Loss);
        string first = Tasks.Checksum(task, schedule);
        Ops.RandomUniform([7]);
        Assert.Equal(first, Tasks.Checksum(task, schedule));
        for (int i = 0; i < 2; i++)
            Assert.Equal(first, TrainingWorkload.Train(task, new() { CreateOptimizer = () => new Sgd(0.2) }, schedule, worker: worker).Weights.Checksum());
        Assert.NotEqual(first, Tasks.Checksum(s_task, schedule));
    }

    [Theory]
    [InlineData("delayed:1")]
    [InlineData("synchronous")]
    [InlineData("gossip")]
    public void A_schedule_gives_the_same_bits_on_any_number_of_threads(string mode)
    {
        // Large enough that products and convolutions are shared out.
        Tensor inputs = new RandomGenerator(5).Normal([300, 16 * 16]), labels = (inputs[.., 0] > 0).Cast(DType.I32);
        TrainingTask task = new()
        {
            CreateModel = random => new Sequential(
                new Reshape(1, 16, 16), new Conv2D(1, 8, window: 3, padding: 1, random: random), new BatchNorm(8), new Activation(Ops.Relu), new Flatten(),
                new Dense(8 * 16 * 16, 2, random: random)),
            Inputs = inputs, Targets = labels, TestInputs = inputs[..50], TestTargets = labels[..50], BatchSize = 100,
        };
        var schedule = Tasks.Schedule(mode, 3, gradients: 12);
        string[] checksums = [.. new[] { 1, 2, 4 }.Select(threads =>
        {
            int before = Devices.Managed.Threads;
            try
            {
                Devices.Managed.Threads = threads;
                return Tasks.Checksum(task, schedule);
            }
            finally
            {
                Devices.Managed.Threads = before;
            }
        })];
        Assert.Single(checksums.Distinct());
    }

    [Fact]
    public void Random_numbers_are_those_of_the_seed_and_of_the_gradient()
    {
        var model = Dropping(new(1), null);
        var worker = new GradientWorker(model, s_task.Loss);
        var start = ModelSnapshot.Of(model);
        double Loss(long seed, long gradient) => worker.Compute(start, s_task.Inputs, s_task.Targets, seed, gradient).Loss;
        double loss = Loss(1, 5);
        Assert.NotEqual(loss, Loss(1, 6));
        Assert.NotEqual(loss, Loss(2, 5));
        Assert.Equal(loss, Loss(1, 5));
    }

    [Fact]
    public void The_default_generator_goes_on_as_if_nothing_had_been_computed()
    {
        var worker = new GradientWorker(Dropping(new(1), null), s_task.Loss);
        var start = ModelSnapshot.Of(Dropping(new(1), null));
        long[] before = RandomGenerator.Default.State.Value.ToArray<long>();
        worker.Compute(start, s_task.Inputs, s_task.Targets, 1, 0);
        Assert.Equal(before, RandomGenerator.Default.State.Value.ToArray<long>());
    }

    [Fact]
    public void A_draw_of_a_function_in_the_model_is_found_too()
    {
        var model = new Sequential(new Dense(8, 3, random: new(1)), new Activation(x => x + Ops.RandomNormal(x.Shape)));
        var worker = new GradientWorker(model, s_task.Loss);
        double Loss() => worker.Compute(ModelSnapshot.Of(model), s_task.Inputs, s_task.Targets, 1, 0).Loss;
        double loss = Loss();
        Assert.Equal(loss, Loss());
        Assert.Equal(loss, Loss());
    }

    [Theory]
    [InlineData(DType.U8)]
    [InlineData(DType.I8)]
    [InlineData(DType.I16)]
    [InlineData(DType.I32)]
    [InlineData(DType.I64)]
    public void Labels_of_any_integer_type_have_an_accuracy(DType dtype)
    {
        var model = s_task.CreateModel(new(1));
        var worker = new GradientWorker(model, (outputs, targets) => Loss.SparseSoftmaxCrossEntropy(outputs, targets.Cast(DType.I32)));
        var outcome = worker.Evaluate(ModelSnapshot.Of(model), s_task.TestInputs, s_task.TestTargets.Cast(dtype));
        Assert.Equal(worker.Evaluate(ModelSnapshot.Of(model), s_task.TestInputs, s_task.TestTargets).Accuracy, outcome.Accuracy);
        Assert.InRange(outcome.Accuracy, 0.01, 1);
    }

    [Fact]
    public void Without_labels_there_is_no_accuracy()
    {
        var model = s_task.CreateModel(new(1));
        var worker = new GradientWorker(model, (outputs, targets) => (outputs - targets).Square().Mean());
        Assert.Equal(double.NaN, worker.Evaluate(ModelSnapshot.Of(model), s_task.TestInputs, Ops.OneHot(s_task.TestTargets, 3)).Accuracy);
    }

    private static Sequential Dropping(RandomGenerator start, RandomGenerator? random) =>
        new(new Dense(8, 16, Ops.Tanh, random: start), new Dropout(0.5, random), new Dense(16, 3, random: start));
}

/// <summary>Tests of the generator of the process, which others use too.</summary>
[CollectionDefinition(nameof(DefaultGenerator), DisableParallelization = true)]
public sealed class DefaultGenerator;
