namespace TensorGraph.Tests;

/// <summary>Passes over the data, from one call to the next and beside evaluations.</summary>
public sealed class PassesTests : TemporaryFolder
{
    [Fact]
    public void Steps_that_are_just_those_of_the_data_are_done_in_each_call()
    {
        var estimator = new Line().Estimator(At("m"));
        long[] steps = [.. Enumerable.Range(0, 3).Select(_ => estimator.Train(() => Line.Batches(), steps: 5).GlobalStep)];
        Assert.Equal([5, 10, 15], steps);
        Assert.Equal(20, new Line().Estimator(At("m")).Train(() => Line.Batches(), steps: 5).GlobalStep);
        Assert.Equal([25, 25], ThreadGroup.Run(2, group => new Line().Estimator(At("m"), Line.Quiet with { TrainDistribute = group })
            .Train(() => Line.Batches(), steps: 5).GlobalStep));

        // A maximum may be that of the data, which has ended then.
        var log = new StringWriter();
        Assert.Equal(25, new Line().Estimator(At("m"), Line.Quiet with { Output = log }).Train(() => Line.Batches(), maxSteps: 40).GlobalStep);
        Assert.Contains("at the end of the data", log.ToString(), StringComparison.Ordinal);

        // One process has more data than the other.
        long[][] uneven = ThreadGroup.Run(2, group =>
        {
            var each = new Line().Estimator(At("uneven"), Line.Quiet with { TrainDistribute = group });
            return Enumerable.Range(0, 3).Select(_ => each.Train(() => Line.Batches(group.Rank == 0 ? 4 : 2), steps: 5).GlobalStep).ToArray();
        });
        Assert.All(uneven, each => Assert.Equal([5, 10, 15], each));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Each_pass_of_a_group_has_an_order_of_its_own(int count)
    {
        var orders = ThreadGroup.Run(count, group =>
        {
            var seen = new List<float>();
            var estimator = new Line().Estimator(At($"{count}"), Line.Quiet with { TrainDistribute = group });
            for (int pass = 0; pass < 3; pass++)
                estimator.Train(() => Dataset.FromTensorSlices((Line.X, Line.X)).Shuffle(Line.Count, seed: 3).Map(Sees).Batch(5));
            return seen;

            (Tensor, Tensor) Sees((Tensor X, Tensor Y) pair)
            {
                seen.Add(Floats.Of(pair.X)[0]);
                return pair;
            }
        });
        Assert.All(orders, seen =>
        {
            Assert.Equal(3 * Line.Count, seen.Count);
            Assert.Equal(3, seen.Chunk(Line.Count).Select(pass => string.Join(' ', pass)).Distinct().Count());
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluations_of_the_data_of_a_training_leave_its_passes_as_they_are(bool prefetches)
    {
        float[] straight = Trained("straight", evaluates: false, 40);
        Assert.Equal(straight, Trained("evaluated", evaluates: true, 40));
        Trained("parts", evaluates: true, 20);
        Assert.Equal(straight, Trained("parts", evaluates: true, 40));

        // The order of the batches shows in the last bits.
        float[] Trained(string folder, bool evaluates, int maxSteps)
        {
            var data = Dataset.FromTensorSlices((Line.X, (Line.X * 2) + 1)).Shuffle(Line.Count, seed: 3).Batch(4);
            var line = new Line();
            line.Dense.Variables[0].Assign(Tensor.From([0.5f]).Reshape(1, 1));
            var estimator = line.Estimator(At(folder));
            Func<IEnumerable<(Tensor, Tensor)>> training = () => prefetches ? data.Repeat().Prefetch(2) : data.Repeat();
            if (evaluates)
                estimator.TrainAndEvaluate(new(training, maxSteps), new(() => prefetches ? data.Prefetch(1) : data));
            else
                estimator.Train(training, maxSteps: maxSteps);
            return [.. line.Dense.Variables.SelectMany(variable => Floats.Of(variable.Value))];
        }
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("predict")]
    [InlineData("another evaluates")]
    public void Hooks_may_read_the_data_of_a_training(string call)
    {
        Assert.Equal(Seen("nothing"), Seen(call));

        List<float> Seen(string called)
        {
            var seen = new List<float>();
            var data = Dataset.FromTensorSlices((Line.X, Line.X)).Shuffle(Line.Count, seed: 3).Batch(4);
            var estimator = new Line().Estimator(At(called));
            var other = new Line().Estimator(At($"{called} other"));
            var reads = new Recorder([])
            {
                OnRun = context =>
                {
                    if (context.GlobalStep % 5 != 2)
                        return;
                    if (called == "evaluate")
                        estimator.Evaluate(() => data);
                    else if (called == "predict")
                        Assert.Equal(Line.Count, estimator.Predict(() => data).Count());
                    else if (called == "another evaluates")
                        other.Evaluate(() => data);
                },
            };
            estimator.Train(() => data.Repeat().Map(Sees), steps: 15, hooks: [reads]);
            return seen;

            (Tensor, Tensor) Sees((Tensor X, Tensor Y) batch)
            {
                seen.AddRange(Floats.Of(batch.X));
                return batch;
            }
        }
    }

    [Fact]
    public void A_training_within_an_evaluation_of_another_estimator_has_passes_of_its_own()
    {
        List<float> alone = Seen(), within = [];
        var trains = new Recorder([]) { OnRun = _ => within = Seen() };
        var estimator = new Line().Estimator(At("m"));
        var evaluates = new Recorder([]) { OnRun = _ => estimator.Evaluate(() => Line.Batches(Line.Count), hooks: [trains]) };
        estimator.Train(Line.Endless, steps: 1, hooks: [evaluates]);
        Assert.Equal(alone, within);

        List<float> Seen()
        {
            var seen = new List<float>();
            var data = Dataset.FromTensorSlices((Line.X, Line.X)).Shuffle(Line.Count, seed: 3).Batch(4);
            new Line().Estimator(At(Guid.NewGuid().ToString("n"))).Train(() => data.Repeat().Map(Sees), steps: 15);
            return seen;

            (Tensor, Tensor) Sees((Tensor X, Tensor Y) batch)
            {
                seen.AddRange(Floats.Of(batch.X));
                return batch;
            }
        }
    }

    [Fact]
    public void A_number_of_steps_may_be_as_large_as_numbers_are()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        Assert.Equal(6, estimator.Train(() => Line.Batches(), steps: long.MaxValue).GlobalStep);
        Assert.Equal(11, estimator.Train(() => Line.Batches(), hooks: [new StopAtStepHook(steps: long.MaxValue)]).GlobalStep);
    }

    [Fact]
    public void A_stop_before_the_first_step_is_none_in_one_process_and_in_many()
    {
        Assert.Equal(0, new Line().Estimator(At("a")).Train(Line.Endless, steps: 5, hooks: [new Stops()]).GlobalStep);
        Assert.Equal([0, 0], ThreadGroup.Run(2, group => new Line().Estimator(At("b"), Line.Quiet with { TrainDistribute = group })
            .Train(Line.Endless, steps: 5, hooks: [new Stops()]).GlobalStep));
    }

    private sealed class Stops : EstimatorHook
    {
        public override void Begin(HookContext context) => context.RequestStop();
    }
}
