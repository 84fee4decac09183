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
    public void A_damaged_checkpoint_is_no_start()
    {
        new Line().Estimator(At("from")).Train(Line.Endless, steps: 20);
        string latest = Checkpoint.Latest(At("from"))!, before = Directory.GetFiles(At("from")).Single(file => Checkpoint.StepOf(file) == 10);
        byte[] bytes = File.ReadAllBytes(latest);
        bytes[^1] ^= 1;
        File.WriteAllBytes(latest, bytes);
        Expect.Error(DiagnosticIds.BadData, () => new Line().Estimator(At("a"), warmStart: latest).Train(Line.Endless, steps: 1), "checksum");

        var warnings = new StringWriter();
        using var scope = (TensorGraphOptions.Current with { Warnings = warnings }).Use();
        var estimator = new Line().Estimator(At("b"), warmStart: At("from"));
        Assert.Equal(Floats.Of(WeightFile.Load(before)["model/dense.kernel"]), Floats.Of(estimator.VariableValue("dense.kernel")));
        Assert.Contains(Path.GetFileName(latest), warnings.ToString(), StringComparison.Ordinal);
        File.WriteAllText(before, "damaged");
        foreach (string file in Directory.GetFiles(At("from"), "step-*0.safetensors"))
            File.WriteAllText(file, "damaged");
        Expect.Error(DiagnosticIds.BadData, () => new Line().Estimator(At("c"), warmStart: At("from")).Train(Line.Endless, steps: 1), "are damaged");
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
    public void A_file_of_another_program_may_have_the_name_of_a_checkpoint()
    {
        string file = At("step-1000.safetensors");
        var values = new Dictionary<string, Tensor> { ["dense.kernel"] = Tensor.From([2.5f]).Reshape(1, 1), ["dense.bias"] = Tensor.From([0.5f]) };
        WeightFile.Save(file, values);
        var line = new Line();
        line.Estimator(At("m"), warmStart: file).Evaluate(() => Line.Batches());
        Assert.Equal([2.5f], Floats.Of(line.Dense.Variables[0]));
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
    public void Entries_move_with_their_words_and_new_words_keep_what_they_begin_with()
    {
        WeightFile.Save(At("words"), new Dictionary<string, Tensor>
        {
            ["table"] = new float[,] { { 1, 10 }, { 2, 20 }, { 3, 30 }, { 9, 90 } },
            ["output"] = new float[,] { { 1, 2, 3 } },
        });
        // 'of' is new, 'a' is gone, and the last row is for unknown words.
        string[] old = ["a", "the", "to"], now = ["to", "of", "the"];
        var table = new Variable(Ops.Full([4, 2], -1.0), "table");
        var output = new Variable(Ops.Full([1, 3], -1.0), "output");
        Estimator(new(At("words")) { Vocabularies = new Dictionary<string, VocabularyMap> { ["table"] = new(now, old), ["output"] = new(now, old, Axis: 1) } });
        Assert.Equal([3f, 30, -1, -1, 2, 20, -1, -1], Floats.Of(table));
        Assert.Equal([3f, -1, 2], Floats.Of(output));

        void Estimator(WarmStartSettings settings)
        {
            var estimator = new Estimator<Tensor, Tensor>(
                (x, _, mode) => new(mode, Ops.Mean(x) + (Ops.Sum(table) * Ops.Sum(output))), At(Guid.NewGuid().ToString("n")), Line.Quiet, settings);
            estimator.Evaluate(() => Line.Batches());
        }
    }

    [Fact]
    public void Vocabularies_that_do_not_fit_are_errors()
    {
        WeightFile.Save(At("words"), new Dictionary<string, Tensor> { ["table"] = Ops.Zeros(2, 2) });
        var table = new Variable(Ops.Ones(3, 2), "table");
        string[] two = ["a", "b"], three = ["a", "b", "c"];
        Refused(DiagnosticIds.WeightsDoNotFit, new(three, three), "there are 3 words for the 2 entries of the file");
        Refused(DiagnosticIds.WeightsDoNotFit, new([.. three, "d"], two), "there are 4 words for its 3 entries");
        Refused(DiagnosticIds.WeightsDoNotFit, new(three, two, Axis: 1), "the shapes differ along other axes");
        Refused(DiagnosticIds.WeightsDoNotFit, new(three, two, Axis: 2), "it has no axis 2 for the words");
        Refused(DiagnosticIds.NullArgument, null!, "table");
        Refused(DiagnosticIds.EstimatorMisused, new(three, ["a", "a"]), "a vocabulary of 'table' has 'a' twice");
        Refused(DiagnosticIds.EstimatorMisused, new(three, two), "'tabel' was not used", path: "tabel");
        Assert.Equal([1f, 1, 1, 1, 1, 1], Floats.Of(table));

        void Refused(string id, VocabularyMap map, string fact, string path = "table") => Expect.Error(id, () => new Estimator<Tensor, Tensor>(
            (x, _, mode) => new(mode, Ops.Mean(x) + Ops.Sum(table)), At("m"), Line.Quiet,
            new WarmStartSettings(At("words")) { Vocabularies = new Dictionary<string, VocabularyMap> { [path] = map } }).Evaluate(() => Line.Batches()), fact);
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
