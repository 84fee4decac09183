namespace TensorGraph.Tests;

public sealed class TG1017Tests : TemporaryFolder
{
    private static void Refused(Action action, params string[] facts) => Expect.Error(DiagnosticIds.EstimatorMisused, action, facts);

    [Fact]
    public void A_model_function_must_give_a_spec_of_its_mode()
    {
        Refused(() => Of((_, _, _) => null!).Train(Line.Endless, steps: 1), "it gives null");
        Refused(() => Of((x, _, _) => new(EstimatorMode.Predict, predictions: x)).Train(Line.Endless, steps: 1), "called for mode Train and gives a spec for Predict");
        Refused(() => Of((x, _, mode) => new(mode)).Train(Line.Endless, steps: 1), "Missing train_op for mode Train");
    }

    [Fact]
    public void Numbers_of_steps_are_above_zero_and_only_one_is_given()
    {
        var estimator = new Line().Estimator(At("m"));
        Refused(() => estimator.Train(Line.Endless, steps: 1, maxSteps: 1), "steps and maxSteps");
        Refused(() => estimator.Train(Line.Endless, steps: 0), "'steps' is 0");
        Refused(() => estimator.Train(Line.Endless, maxSteps: -1), "'maxSteps' is -1");
        Refused(() => estimator.Evaluate(() => Line.Batches(), steps: 0), "'steps' is 0");
        Refused(() => estimator.Train(() => null!), "the input function gives null");
    }

    [Fact]
    public void The_folder_is_given_in_one_place()
    {
        Refused(() => new Line().Estimator("a", Line.Quiet with { ModelDir = "b" }), "'a'", "'b'");
        Refused(() => new Line().Estimator(""), "its folder is ''");
        Assert.Equal("c", new Line().Estimator(null, Line.Quiet with { ModelDir = "c" }).ModelDir);
        Assert.Equal("c", new Line().Estimator("c", Line.Quiet with { ModelDir = "c" }).Config.ModelDir);
    }

    [Fact]
    public void A_variable_that_is_not_found_would_be_in_no_checkpoint()
    {
        var estimator = new Estimator<Tensor, Tensor>((x, y, mode) =>
        {
            var variable = Outside.Hidden();
            return new(mode, Ops.Mean(x * variable), TrainOp.Of(() => variable.AssignAdd(1f)));
        }, At("m"), Line.Quiet);
        Refused(() => estimator.Train(Line.Endless, steps: 1), "it assigns variable 'hidden', which is not found");
    }

    [Fact]
    public void A_trainable_variable_that_is_only_read_must_be_found_too()
    {
        var dense = new Dense(1, 1);
        var estimator = Of((x, _, mode) => new(mode, Ops.Mean(dense.Call(x) * Outside.Hidden()), TrainOp.Of(() => { })));
        Refused(() => estimator.Train(Line.Endless, steps: 1), "it reads trainable variable 'hidden', which is not found");
    }

    [Fact]
    public void Evaluations_and_predictions_do_not_change_the_model()
    {
        var sum = new Variable(0f, "sum");
        var estimator = Of((x, _, mode) =>
        {
            sum.AssignAdd(1f);
            return new(mode, Ops.Mean(x), predictions: x, trainOp: TrainOp.Of(() => { }));
        });
        estimator.Train(Line.Endless, steps: 1);
        Refused(() => estimator.Evaluate(() => Line.Batches()), "'sum' of the model in mode Evaluate");
        Refused(() => _ = estimator.Predict(() => [Line.X]).First(), "'sum' of the model in mode Predict");
    }

    [Fact]
    public void The_number_of_examples_must_be_known()
    {
        var estimator = new Estimator<(Tensor Adjacency, Tensor Nodes), Tensor>((x, y, mode) => new(mode, Ops.Mean(x.Nodes) + Ops.Mean(x.Adjacency)), At("m"), Line.Quiet);
        Refused(() => estimator.Evaluate(() => [((Ops.Ones(5, 5), Ops.Ones(3, 2)), Ops.Ones(3))]), "'features.0' has 5 entries and 'features.1' 3", "LossWeight");
        var weighted = new Estimator<(Tensor Adjacency, Tensor Nodes), Tensor>(
            (x, y, mode) => new(mode, Ops.Mean(x.Nodes)) { LossWeight = Ops.Size(x.Nodes) }, At("w"), Line.Quiet);
        Assert.Equal(1, weighted.Evaluate(() => [((Ops.Ones(5, 5), Ops.Ones(3, 2)), Ops.Ones(3))]).Loss);
    }

    [Fact]
    public void Collections_of_a_batch_can_be_filled_again()
    {
        var estimator = new Estimator<IReadOnlyDictionary<string, Tensor>, Tensor>((x, _, mode) => new(mode, predictions: x["x"]), At("m"), Line.Quiet);
        var map = new Dictionary<string, Tensor> { ["x"] = Line.X };
        Assert.Equal(0, estimator.Predict(() => [map]).First().Value.ToArray<float>()[0]);
        Refused(() => _ = estimator.Predict(() => [new System.Collections.ObjectModel.ReadOnlyDictionary<string, Tensor>(map)]).First(), "ReadOnlyDictionary", "filled again");
    }

    [Fact]
    public void Two_optimisers_of_one_path_would_share_their_state()
    {
        var model = new Derived();
        Expect.Error(DiagnosticIds.WeightsDoNotFit, () => _ = new Estimator<Tensor, Tensor>(model.Describe, At("m"), Line.Quiet), "two optimisers have the path 'sgd'");
    }

    private class Base
    {
        private readonly Sgd _sgd = new(0.1);

        protected Sgd First => _sgd;
    }

    private sealed class Derived : Base
    {
        private readonly Sgd _sgd = new(0.1);

        public EstimatorSpec Describe(Tensor x, Tensor y, EstimatorMode mode, object? parameters) => new(mode, predictions: x * First.LearningRate * _sgd.LearningRate);
    }

    [Fact]
    public void A_metric_that_is_not_updated_would_be_zero()
    {
        var metric = new Accuracy();
        var estimator = Of((x, _, mode) => new(mode, Ops.Mean(x), evalMetrics: new Dictionary<string, Metric> { ["accuracy"] = metric }));
        Refused(() => estimator.Evaluate(() => Line.Batches()), "metric 'accuracy' is not updated");
    }

    [Fact]
    public void A_hook_asks_for_tensors_that_there_are()
    {
        var estimator = new Line().Estimator(At("m"));
        Refused(() => estimator.Train(Line.Endless, steps: 1, hooks: [new LoggingHook(["no"], steps: 1)]), "there is no tensor 'no'", "guess");
        Refused(() => estimator.Train(Line.Endless, steps: 1, hooks: [new FeedHook(() => new Dictionary<string, Tensor> { ["no"] = 1f })]), "the batch has no 'no'");
    }

    [Fact]
    public void Labels_of_the_wrong_shape_are_an_error_of_the_op_that_finds_them()
    {
        var estimator = new Line().Estimator(At("m"));
        Expect.Error(DiagnosticIds.ShapeMismatch, () => estimator.Train(() => [(Line.X, Ops.Ones(7, 1))], steps: 1));
        Expect.Error(DiagnosticIds.NullArgument, () => estimator.Train(() => [(null!, Line.X)], steps: 1), "'features' of a batch is null");
        Assert.Equal(0, estimator.GlobalStep);
    }

    private Estimator<Tensor, Tensor> Of(Func<Tensor, Tensor, EstimatorMode, EstimatorSpec> modelFn) => new(modelFn, At("of"), Line.Quiet);

    private sealed class Outside
    {
        private static readonly Dictionary<int, Variable> s_variables = new() { [0] = new(1f, "hidden") };

        public static Variable Hidden() => s_variables[0];
    }
}
