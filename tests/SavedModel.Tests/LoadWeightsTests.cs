namespace TensorGraph.Tests;

/// <summary>Values of variables from other files; signatures that train.</summary>
public sealed partial class LoadWeightsTests : TemporaryFolder
{
    private sealed partial class Linear
    {
        private readonly Variable _weights = new(new float[] { 1, 2 }, "weights"), _offset = new(0.5f, "offset");

        [GraphFunction]
        public Tensor Predict(Tensor x) => (x * _weights).Sum(1) + _offset;

        [GraphFunction]
        public Tensor Train(Tensor x, Tensor y)
        {
            using var tape = new GradientTape(persistent: true);
            Tensor loss = Ops.MeanSquaredError(Predict(x), y);
            _weights.AssignSub(tape.Gradient(loss, _weights)! * 0.1f);
            _offset.AssignSub(tape.Gradient(loss, _offset)! * 0.1f);
            return loss;
        }
    }

    private SavedModel Model()
    {
        var linear = new Linear();
        SavedModel.Save(At("m"),
        [
            new("predict", GraphFunction.Of(linear.Predict).GetConcreteFunction(TensorSpec.Parse("f32[n, 2]"))),
            new("train", GraphFunction.Of(linear.Train).GetConcreteFunction(TensorSpec.Parse("f32[n, 2]"), TensorSpec.Parse("f32[n]"))),
        ]);
        return SavedModel.Load(At("m"));
    }

    private static float Predict(SavedModel model) =>
        model.Signatures["predict"].Call(new Dictionary<string, Tensor> { ["x"] = new float[,] { { 1, 1 } } })["output_0"].ToArray<float>()[0];

    [Fact]
    public void Weights_of_a_file_and_of_a_model_take_the_place_of_those_that_are_there()
    {
        var model = Model();
        Assert.Equal(3.5f, Predict(model));
        WeightFile.Save(At("w.safetensors"), new Dictionary<string, Tensor> { ["weights"] = new float[] { 10, 20 }, ["offset"] = Ops.Cast(1f, DType.F64) });
        model.LoadWeights(At("w.safetensors"));
        Assert.Equal(31, Predict(model));
        model.LoadWeights(At("m"));
        Assert.Equal(3.5f, Predict(model));
    }

    [Fact]
    public void All_fits_or_nothing_is_set()
    {
        var model = Model();
        void Fails(string fact, params (string Name, Tensor Value)[] tensors)
        {
            WeightFile.Save(At("w.safetensors"), tensors.ToDictionary(pair => pair.Name, pair => pair.Value));
            Expect.Error(DiagnosticIds.WeightsDoNotFit, () => model.LoadWeights(At("w.safetensors")), "does not fit the saved model", fact);
            Assert.Equal(3.5f, Predict(model));
        }

        Fails("'offset' is f32[], in the file f32[1]", ("weights", new float[] { 10, 20 }), ("offset", new float[] { 1 }));
        Fails("'offset' is not in the file", ("weights", new float[] { 10, 20 }));
        Fails("no variable takes 'more'", ("weights", new float[] { 10, 20 }), ("offset", 1f), ("more", 1f));
        Expect.Error(DiagnosticIds.BadData, () => model.LoadWeights(At("none")), "it does not exist");
        Directory.CreateDirectory(At("empty"));
        Expect.Error(DiagnosticIds.BadData, () => model.LoadWeights(At("empty")));
        Expect.Error(DiagnosticIds.NullArgument, () => model.LoadWeights(null!));
        var loaded = model.LoadWeights(At("w.safetensors"), strict: false);
        Assert.Equal(["more"], loaded.Unexpected);
    }

    [Fact]
    public void A_signature_that_trains_goes_on_after_each_save()
    {
        var model = Model();
        float Train()
        {
            var inputs = new Dictionary<string, Tensor> { ["x"] = new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }, ["y"] = new float[] { 1, -1, 0 } };
            return model.Signatures["train"].Call(inputs)["output_0"].Item<float>();
        }

        float first = Train(), last = first;
        for (int i = 0; i < 3; i++)
        {
            for (int step = 0; step < 10; step++)
                last = Train();
            model.Save(At($"after{i}"));
            float before = Predict(model);
            model = SavedModel.Load(At($"after{i}"));
            Assert.Equal(before, Predict(model));
        }

        Assert.True(last < first / 10, $"{first}, then {last}");
    }
}
