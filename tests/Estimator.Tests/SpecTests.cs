namespace TensorGraph.Tests;

public sealed class SpecTests : TemporaryFolder
{
    private static readonly TrainOp s_step = TrainOp.Of(() => { });

    private static void Refused(Func<EstimatorSpec> spec, params string[] facts) => Expect.Error(DiagnosticIds.EstimatorMisused, () => spec(), facts);

    [Fact]
    public void A_dictionary_of_features_keeps_its_comparer()
    {
        var dense = new Dense(1, 1);
        var sgd = new Sgd(0.1);
        EstimatorSpec Model(Dictionary<string, Tensor> features, Tensor labels, EstimatorMode mode)
        {
            Tensor loss = Loss.MeanSquaredError(dense.Call(features["x"]), labels);
            return new(mode, loss, TrainOp.Minimize(sgd, loss));
        }

        var estimator = new Estimator<Dictionary<string, Tensor>, Tensor>(Model, At("m"), Line.Quiet);
        estimator.Train(() => [(new(StringComparer.OrdinalIgnoreCase) { ["X"] = Line.X }, Line.X)], steps: 1);
        Assert.Equal(1, estimator.GlobalStep);
    }

    [Fact]
    public void A_mode_names_the_part_that_it_misses()
    {
        Refused(() => new(EstimatorMode.Train, trainOp: s_step), "Missing loss for mode Train");
        Refused(() => new(EstimatorMode.Train, loss: 1f), "Missing train_op for mode Train");
        Refused(() => new(EstimatorMode.Evaluate, trainOp: s_step), "Missing loss for mode Evaluate");
        Refused(() => new(EstimatorMode.Predict, loss: 1f), "Missing predictions for mode Predict");
        Refused(() => new((EstimatorMode)7), "the mode is 7");
    }

    [Fact]
    public void Each_mode_takes_the_parts_of_all()
    {
        foreach (var mode in Enum.GetValues<EstimatorMode>())
        {
            var spec = new EstimatorSpec(mode, loss: 1f, trainOp: s_step, predictions: (Tensor)1f);
            Assert.Equal(mode, spec.Mode);
            Assert.Equal(2, (spec with { LossWeight = 2f }).LossWeight!.ToDouble());
        }
    }

    [Fact]
    public void A_loss_is_one_number()
    {
        Assert.Equal(0, new EstimatorSpec(EstimatorMode.Evaluate, loss: new[] { 1f }).Loss!.Rank);
        Refused(() => new(EstimatorMode.Evaluate, loss: new[] { 1f, 2f }), "loss must be scalar");
        Refused(() => new(EstimatorMode.Evaluate, loss: 1), "the loss is i32[]");
    }

    [Fact]
    public void Metrics_have_names_of_their_own()
    {
        var metric = new MeanMetric();
        Refused(() => new(EstimatorMode.Evaluate, loss: 1f, evalMetrics: new Dictionary<string, Metric> { ["loss"] = metric }), "'loss'");
        Refused(() => new(EstimatorMode.Evaluate, loss: 1f, evalMetrics: new Dictionary<string, Metric> { ["global_step"] = metric }), "'global_step'");
        Expect.Error(DiagnosticIds.NullArgument, () => _ = new EstimatorSpec(EstimatorMode.Evaluate, loss: 1f, evalMetrics: new Dictionary<string, Metric> { ["a"] = null! }));
    }

    [Fact]
    public void One_export_output_is_the_default_and_several_need_one()
    {
        Tensor x = 1f;
        ExportOutput output = ExportOutput.Predict(x);
        Assert.Equal(["serving_default"], SpecParts.Signatures(new(EstimatorMode.Predict, predictions: x)).Keys);
        Assert.Equal(["a", "serving_default"], Keys(new() { ["a"] = output }));
        Assert.Equal(["a", "serving_default"], Keys(new() { ["a"] = output, ["serving_default"] = output }));
        Refused(() => With(new() { ["a"] = output, ["b"] = output }), "none is called 'serving_default'");
        Refused(() => With([]), "the export outputs are empty");
        // Only Predict looks at them.
        Assert.NotNull(new EstimatorSpec(EstimatorMode.Evaluate, loss: 1f, exportOutputs: new Dictionary<string, ExportOutput>()));

        EstimatorSpec With(Dictionary<string, ExportOutput> outputs) => new(EstimatorMode.Predict, predictions: x, exportOutputs: outputs);
        IEnumerable<string> Keys(Dictionary<string, ExportOutput> outputs) => SpecParts.Signatures(With(outputs)).Keys;
    }
}
