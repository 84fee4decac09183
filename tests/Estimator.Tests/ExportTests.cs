namespace TensorGraph.Tests;

public sealed class ExportTests : TemporaryFolder
{
    private static ServingInputReceiver Receiver => ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x");

    [Fact]
    public void An_asset_that_is_missing_is_named()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var receiver = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x");
        Expect.Error(DiagnosticIds.BadData, () => estimator.ExportSavedModel(At("export"), receiver, new Dictionary<string, string> { ["words"] = At("words.txt") }),
            $"'{At("words.txt")}' can't be used: it does not exist");
        Assert.Empty(Directory.GetFileSystemEntries(At("export")));
    }

    [Fact]
    public void No_export_gets_a_name_of_eleven_digits()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        Directory.CreateDirectory(At("export", "9999999999"));
        Expect.Error(DiagnosticIds.BadData, () => estimator.ExportSavedModel(At("export"), ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "x")), "Remove that folder");
        Assert.Single(Directory.GetFileSystemEntries(At("export")));
    }

    [Fact]
    public void A_folder_of_ten_digits_appears_at_once_and_gives_the_same_predictions()
    {
        var time = new ManualTime();
        var estimator = new Line().Estimator(At("m"), Line.Quiet with { Time = time }).Train(Line.Endless, steps: 10);
        File.WriteAllText(At("requests"), "warm-up");
        string folder = estimator.ExportSavedModel(At("export"), Receiver, new Dictionary<string, string> { ["warm/requests"] = At("requests") });
        Assert.Equal(At("export", "1767225600"), folder);
        Assert.Equal([folder], Directory.GetDirectories(At("export")));
        Assert.Equal("warm-up", File.ReadAllText(Path.Combine(folder, "assets.extra", "warm", "requests")));
        var signature = SavedModel.Load(folder).Signatures["serving_default"];
        Assert.Equal("serving_default(x: f32[n, 1]) -> guess: f32[n, 1], twice: f32[n, 1]", signature.ToString());
        Tensor served = signature.Call(new Dictionary<string, Tensor> { ["x"] = Line.X })["guess"];
        Assert.Equal(estimator.Predict(() => [Line.X]).Select(each => each["guess"][0].ToDouble()), Floats.Of(served).Select(value => (double)value));
        Assert.Equal(At("export", "1767225601"), estimator.ExportSavedModel(At("export"), Receiver));
    }

    [Fact]
    public void An_older_checkpoint_can_be_exported()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 10);
        string first = Directory.GetFiles(At("m"), "step-*").Order(StringComparer.Ordinal).First();
        string[] folders = [estimator.ExportSavedModel(At("a"), Receiver), estimator.ExportSavedModel(At("a"), Receiver, checkpointPath: first)];
        Assert.NotEqual(Kernel(folders[0]), Kernel(folders[1]));
        Assert.Equal(Kernel(folders[0]), Floats.Of(estimator.VariableValue("dense.kernel")));

        static float[] Kernel(string folder) => Floats.Of(SavedModel.Load(folder).Variables["dense.kernel"]);
    }

    [Fact]
    public void Several_signatures_and_alternatives_are_functions_of_their_own()
    {
        var dense = new Dense(1, 2);
        var estimator = new Estimator<Dictionary<string, Tensor>, Tensor>((features, _, mode) =>
        {
            Tensor scores = Ops.Softmax(dense.Call(features["x"]));
            return new(mode, predictions: scores, exportOutputs: new Dictionary<string, ExportOutput>
            {
                ["serving_default"] = ExportOutput.Predict(scores),
                ["classes"] = ExportOutput.Classification(scores, Ops.ArgMax(scores)),
                ["value"] = ExportOutput.Regression(scores[.., 0]),
            });
        }, At("m"), Line.Quiet, At("start"));
        dense.Save(At("start"));
        WeightFile.Save(At("start"), WeightFile.Load(At("start")).ToDictionary(entry => $"dense.{entry.Key}", entry => entry.Value));
        var flat = ServingInputReceiver.Parsing(new Dictionary<string, TensorSpec> { ["flat"] = TensorSpec.Parse("f32[n]") },
            inputs => new Dictionary<string, Tensor> { ["x"] = Ops.Reshape(inputs["flat"], -1, 1) });
        var receiver = ServingInputReceiver.Raw(new Dictionary<string, TensorSpec> { ["x"] = TensorSpec.Parse("f32[n, 1]") })
            .WithAlternatives(new Dictionary<string, ServingInputReceiver> { ["flat"] = flat });
        string folder = estimator.ExportSavedModel(At("e"), receiver);
        var model = SavedModel.Load(folder);
        Assert.Equal(["classes", "flat:classes", "flat:serving_default", "flat:value", "serving_default", "value"], model.Signatures.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((SignatureMethod.Classify, SignatureMethod.Regress), (model.Signatures["classes"].Method, model.Signatures["value"].Method));
        Tensor one = model.Signatures["serving_default"].Call(new Dictionary<string, Tensor> { ["x"] = Line.X })["output"];
        Tensor other = model.Signatures["flat:serving_default"].Call(new Dictionary<string, Tensor> { ["flat"] = Line.X.Reshape(-1) })["output"];
        Assert.Equal(Floats.Of(one), Floats.Of(other));
    }

    [Fact]
    public void Training_and_evaluation_go_on_where_the_model_is_loaded()
    {
        var line = new Line();
        var estimator = line.Estimator(At("m")).Train(Line.Endless, steps: 10);
        var whole = estimator.Evaluate(() => Line.Batches());
        var supervised = Receiver.WithLabels(ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "y"));
        string folder = estimator.ExportModes(At("e"), new Dictionary<EstimatorMode, ServingInputReceiver>
        {
            [EstimatorMode.Predict] = Receiver, [EstimatorMode.Train] = supervised, [EstimatorMode.Evaluate] = supervised,
        });
        Assert.Equal(whole["error"], line.AbsoluteError.Value.ToDouble());

        var model = SavedModel.Load(folder);
        Assert.Equal(["eval", "serving_default", "train"], model.Signatures.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("train(x: f32[n, 1], y: f32[n, 1]) -> loss: f32[]", model.Signatures["train"].ToString());
        Assert.Contains("metrics/error/sum", model.Variables.Keys);
        foreach (var (x, y) in Line.Batches(size: 7))
            Assert.Equal(["loss", "metrics/error"], Call(model, "eval", x, y).Keys);
        Assert.Equal(whole["error"], Call(SavedModel.Load(folder), "eval", Line.X, (Line.X * 2) + 1)["metrics/error"].ToDouble(), 1e-6);

        estimator.Train(Line.Endless, steps: 5);
        foreach (var (x, y) in Line.Endless().Take(5))
            Call(model, "train", x, y);
        Assert.Equal(Floats.Of(estimator.VariableValue("dense.kernel")), Floats.Of(model.Variables["dense.kernel"].Value));
        Tensor guess = model.Signatures["serving_default"].Call(new Dictionary<string, Tensor> { ["x"] = Line.X })["guess"];
        Assert.Equal(estimator.Predict(() => [Line.X]).Select(each => (float)each["guess"][0].ToDouble()), Floats.Of(guess));

        static IReadOnlyDictionary<string, Tensor> Call(SavedModel model, string signature, Tensor x, Tensor y) =>
            model.Signatures[signature].Call(new Dictionary<string, Tensor> { ["x"] = x, ["y"] = y });
    }

    [Fact]
    public void Labels_of_a_receiver_are_no_inputs_of_predictions()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        var flat = ServingInputReceiver.Parsing(
            new Dictionary<string, TensorSpec> { ["flat"] = TensorSpec.Parse("f32[n]") }, inputs => inputs["flat"].Reshape(-1, 1));
        var labels = ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "y");
        var alternatives = new Dictionary<string, ServingInputReceiver> { ["flat"] = flat };
        foreach (var receiver in new[] { Receiver.WithLabels(labels).WithAlternatives(alternatives), Receiver.WithAlternatives(alternatives).WithLabels(labels) })
        {
            var model = SavedModel.Load(estimator.ExportSavedModel(At("e"), receiver));
            Assert.Equal(["x"], model.Signatures["serving_default"].Inputs.Keys);
            Assert.Equal(["flat"], model.Signatures["flat:serving_default"].Inputs.Keys);
        }

        Expect.Error(DiagnosticIds.EstimatorMisused, () => Receiver.WithLabels(labels).WithLabels(labels), "it has labels already");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => Receiver.WithLabels(labels.WithAlternatives(alternatives)), "the labels have alternatives");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => Receiver.WithAlternatives(new Dictionary<string, ServingInputReceiver> { [""] = flat }), "the name of an alternative is ''");
    }

    [Fact]
    public void Exports_at_the_same_time_get_numbers_of_their_own()
    {
        new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        string[] folders = new string[8];
        Parallel.For(0, folders.Length, i => folders[i] = new Line().Estimator(At("m")).ExportSavedModel(At("e"), Receiver));
        Assert.Equal(folders.Order(StringComparer.Ordinal), Directory.GetDirectories(At("e")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_training_with_momentum_and_dropout_gives_the_same_bits_where_it_is_loaded()
    {
        var layers = new Sequential(new Dense(1, 8, Ops.Relu), new Dropout(0.5, new RandomGenerator(7)), new Dense(8, 1));
        var adam = new Adam(0.01);
        var estimator = new Estimator<Tensor, Tensor>((x, y, mode) =>
        {
            Tensor guess = layers.Call(x, training: mode == EstimatorMode.Train);
            if (mode == EstimatorMode.Predict)
                return new(mode, predictions: guess);
            Tensor loss = Loss.MeanSquaredError(guess, y);
            return new(mode, loss, TrainOp.Minimize(adam, loss), predictions: guess);
        }, At("m"), Line.Quiet);
        Dataset<(Tensor, Tensor)> Whole() => Line.Batches(Line.Count).Repeat();
        estimator.Train(Whole, steps: 3);
        string folder = estimator.ExportModes(At("e"), new Dictionary<EstimatorMode, ServingInputReceiver>
        {
            [EstimatorMode.Train] = Receiver.WithLabels(ServingInputReceiver.Raw(TensorSpec.Parse("f32[n, 1]"), "y")),
        });
        var losses = new List<float>();
        estimator.Train(Whole, steps: 4, hooks: [new Losses(losses)]);
        var train = SavedModel.Load(folder).Signatures["train"];
        Assert.Equal(["loss", "predictions"], train.Outputs.Keys);
        for (int i = 0; i < 4; i++)
        {
            var result = train.Call(new Dictionary<string, Tensor> { ["x"] = Line.X, ["y"] = (Line.X * 2) + 1 });
            Assert.Equal(losses[i], result["loss"].Item<float>());
        }
    }

    private sealed class Losses(List<float> losses) : EstimatorHook
    {
        public override IReadOnlyList<string> BeforeRun(HookContext context) => ["loss"];

        public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values) => losses.Add(values["loss"].Item<float>());
    }

    [Fact]
    public void Modes_need_labels_and_inputs_of_their_own_names()
    {
        var estimator = new Line().Estimator(At("m")).Train(Line.Endless, steps: 1);
        Refused([], "there is no receiver");
        Refused(new() { [EstimatorMode.Train] = Receiver }, "the receiver for mode Train has no labels");
        Refused(new() { [EstimatorMode.Evaluate] = Receiver.WithAlternatives(new Dictionary<string, ServingInputReceiver>()) }, "mode Evaluate has no labels");
        Refused(new() { [EstimatorMode.Train] = Receiver.WithLabels(ServingInputReceiver.Parsing(
            new Dictionary<string, TensorSpec> { ["y"] = TensorSpec.Parse("f32[n, 1]") }, inputs => "no tensor")) }, "it does not give labels of type Tensor");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => Receiver.WithLabels(Receiver), "features and labels have an input 'x'");
        Assert.False(Directory.Exists(At("e")));

        void Refused(Dictionary<EstimatorMode, ServingInputReceiver> receivers, string fact) =>
            Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.ExportModes(At("e"), receivers), fact);
    }

    [Fact]
    public void Errors_leave_no_folder_behind()
    {
        var estimator = new Line().Estimator(At("m"));
        Expect.Error(DiagnosticIds.BadData, () => estimator.ExportSavedModel(At("e"), Receiver), "Couldn't find trained model at");
        estimator.Train(Line.Endless, steps: 1);
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.ExportSavedModel(At("e"), ServingInputReceiver.Raw(new Dictionary<string, TensorSpec> { ["x"] = TensorSpec.Parse("f32[n, 1]") })),
            "it does not give features of type Tensor");
        Expect.Error(DiagnosticIds.EstimatorMisused, () => estimator.ExportSavedModel(At("e"), Receiver, new Dictionary<string, string> { ["../x"] = At("m") }), "'../x' can't be the name");
        Expect.Error(DiagnosticIds.BadData, () => estimator.ExportSavedModel(At("e"), Receiver, new Dictionary<string, string> { ["x"] = At("none") }));
        Assert.Empty(Directory.GetDirectories(At("e")));
        Expect.Error(DiagnosticIds.EstimatorMisused, () => ServingInputReceiver.Raw(new Dictionary<string, TensorSpec>()), "it has no input");
    }
}
