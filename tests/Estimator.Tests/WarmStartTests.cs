namespace TensorGraph.Tests;

public sealed class WarmStartTests : TemporaryFolder
{
    private (string Folder, float[] Kernel) Trained()
    {
        var line = new Line();
        line.Estimator(At("old")).Train(Line.Endless, steps: 20);
        return (At("old"), Floats.Of(line.Dense.Variables[0]));
    }

    [Fact]
    public void A_checkpoint_a_folder_and_a_saved_model_give_the_variables()
    {
        var (folder, kernel) = Trained();
        string model = new Line().Estimator(folder).ExportSavedModel(At("export"), ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]")));
        foreach (string source in new[] { folder, Checkpoint.Latest(folder)!, model })
        {
            var line = new Line();
            var estimator = line.Estimator(null, Line.Quiet with { ModelDir = At(Guid.NewGuid().ToString("n")) }, source);
            estimator.Evaluate(() => Line.Batches());
            Assert.Equal(kernel, Floats.Of(line.Dense.Variables[0]));
            Assert.Equal(0, estimator.GlobalStep);
        }
    }

    [Fact]
    public void It_is_ignored_where_there_is_a_checkpoint()
    {
        var (folder, _) = Trained();
        var first = new Line();
        first.Estimator(At("m")).Train(Line.Endless, steps: 3);
        var line = new Line();
        Assert.Equal(3, line.Estimator(At("m"), warmStart: folder).Evaluate(() => Line.Batches()).GlobalStep);
        Assert.Equal(Floats.Of(first.Dense.Variables[0]), Floats.Of(line.Dense.Variables[0]));
    }

    [Fact]
    public void Regular_expressions_choose_and_names_map()
    {
        var (folder, kernel) = Trained();
        WeightFile.Save(At("foreign.safetensors"), new Dictionary<string, Tensor> { ["linear.w"] = new float[,] { { 5 } } });
        var line = new Line();
        float[] bias = Floats.Of(line.Dense.Variables[1]);
        line.Estimator(At("a"), warmStart: new(folder) { Variables = ["dense\\.k"] }).Evaluate(() => Line.Batches());
        Assert.Equal(kernel, Floats.Of(line.Dense.Variables[0]));
        Assert.Equal(bias, Floats.Of(line.Dense.Variables[1]));
        line.Estimator(At("b"), warmStart: new(At("foreign.safetensors")) { Variables = ["dense.kernel"], Names = new Dictionary<string, string> { ["dense.kernel"] = "linear.w" } })
            .Evaluate(() => Line.Batches());
        Assert.Equal([5f], Floats.Of(line.Dense.Variables[0]));
        line.Estimator(At("c"), warmStart: new(folder) { Variables = ["dense.kernel"], Rename = path => path }).Evaluate(() => Line.Batches());
        Assert.Equal(kernel, Floats.Of(line.Dense.Variables[0]));
    }

    [Fact]
    public void What_does_not_fit_is_an_error_and_changes_nothing()
    {
        var (folder, _) = Trained();
        WeightFile.Save(At("wide.safetensors"), new Dictionary<string, Tensor> { ["dense.kernel"] = Ops.Zeros(1, 2), ["dense.bias"] = Ops.Zeros(1) });
        Refused(DiagnosticIds.WeightsDoNotFit, At("wide.safetensors"), "'dense.kernel' is f32[1, 1], 'dense.kernel' in");
        Refused(DiagnosticIds.WeightsDoNotFit, new(folder) { Rename = path => "x." + path }, "('x.dense.kernel') is not in");
        Refused(DiagnosticIds.EstimatorMisused, new(folder) { Variables = ["dence"] }, "'dence' was not used", "Perhaps you misspelled it?");
        Refused(DiagnosticIds.EstimatorMisused, new(folder) { Names = new Dictionary<string, string> { ["dence"] = "a" } }, "'dence' was not used");
        Refused(DiagnosticIds.EstimatorMisused, new(folder) { Variables = ["("] }, "no regular expression");
        Refused(DiagnosticIds.BadData, At("none"), "does not exist");

        void Refused(string id, WarmStartSettings settings, params string[] facts)
        {
            var line = new Line();
            float[] before = Floats.Of(line.Dense.Variables[1]);
            Expect.Error(id, () => line.Estimator(At("m"), warmStart: settings).Evaluate(() => Line.Batches()), facts);
            Assert.Equal(before, Floats.Of(line.Dense.Variables[1]));
        }
    }
}
