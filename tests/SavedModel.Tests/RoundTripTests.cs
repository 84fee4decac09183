namespace TensorGraph.Tests;

/// <summary>A model that was loaded gives the bits that the saved one gives.</summary>
public sealed class RoundTripTests : TemporaryFolder
{
    private Tensor[] Loaded(ConcreteFunction function, params Tensor[] arguments)
    {
        SavedModel.Save(At("m"), [new("f", function)]);
        var signature = SavedModel.Load(At("m")).Signatures["f"];
        return [.. signature.Call(signature.Inputs.Keys.Zip(arguments).ToDictionary(pair => pair.First, pair => pair.Second)).Values];
    }

    private void IsSame(ConcreteFunction function, params Tensor[] arguments)
    {
        var loaded = Loaded(function, arguments);
        var expected = function.Call(arguments);
        Assert.Equal(expected.Length, loaded.Length);
        Assert.All(expected.Zip(loaded), pair => Assert.Equal(pair.First.ToLiteral(), pair.Second.ToLiteral()));
    }

    [Fact]
    public void A_perceptron_gives_the_same_bits_for_any_batch()
    {
        var network = new Network(new Sequential(new Dense(4, 8, Ops.Relu, random: new RandomGenerator(1)), new Dense(8, 3, random: new RandomGenerator(2))));
        var function = network.For("f32[batch, 4]");
        SavedModel.Save(At("m"), [new("serving_default", function)], network.Module.NamedVariables);
        var model = SavedModel.Load(At("m"));
        Assert.Equal(network.Module.NamedVariables.Keys.Order(StringComparer.Ordinal), model.Variables.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("serving_default(x: f32[batch, 4]) -> output_0: f32[batch, 3]", model.Signatures["serving_default"].ToString());
        foreach (int batch in new[] { 1, 5 })
        {
            Tensor x = new RandomGenerator(9).Normal(new Shape(batch, 4));
            var result = model.Signatures["serving_default"].Call(new Dictionary<string, Tensor> { ["x"] = x });
            Assert.Equal(function.Call(x)[0].ToLiteral(), result["output_0"].ToLiteral());
        }
    }

    [Fact]
    public void A_convolutional_network_gives_the_same_bits() => IsSame(
        new Network(new Sequential(
            new Conv2D(1, 2, 3, random: new RandomGenerator(1)), new BatchNorm(2), new MaxPool2D(2), new Flatten(), new Dense(2 * 3 * 3, 3, random: new RandomGenerator(2)))).For("f32[n, 1, 8, 8]"),
        new RandomGenerator(9).Normal(new Shape(2, 1, 8, 8)));

    [Fact]
    public void A_recurrent_network_gives_the_same_bits() => IsSame(
        new Network(new Lstm(3, 4, random: new RandomGenerator(1))).For("f32[n, steps, 3]"), new RandomGenerator(9).Normal(new Shape(2, 5, 3)));

    [Fact]
    public void Loops_branches_and_lists_come_back()
    {
        var scalar = TensorSpec.Parse("i32[]");
        IsSame(GraphFunction.Of(Programs.Collatz).GetConcreteFunction(scalar), 27);
        IsSame(GraphFunction.Of(Programs.Squares).GetConcreteFunction(scalar), 6);
    }

    [Fact]
    public void Sizes_that_a_run_finds_out_come_back()
    {
        Tensor x = new float[] { 1, -2, 3 };
        IsSame(GraphFunction.Of(Programs.Positive).GetConcreteFunction(TensorSpec.Parse("f32[n]")), x);
        IsSame(GraphFunction.Of(Programs.PositiveTwice).GetConcreteFunction(TensorSpec.Parse("f32[n]")), x);
    }

    [Theory]
    [InlineData("f32[n]")]
    [InlineData("f32[k]")]
    [InlineData("f32[3]")]
    public void A_graph_function_may_call_one_with_sizes_of_a_run_twice(string spec)
    {
        SavedModel.Save(At("m"), [new("f", GraphFunction.Of(Programs.Positive).GetConcreteFunction(TensorSpec.Parse("f32[n]")))]);
        var signature = SavedModel.Load(At("m")).Signatures["f"];
        var twice = GraphFunction.Of(Programs.Twice).GetConcreteFunction(signature, TensorSpec.Parse(spec));
        Assert.Equal([3, 10, 30, 200, 1, 1], twice.Call(new float[] { 1, -2, 3 })[0].ToArray<float>());
    }

    [Theory]
    [InlineData("f32[m]", "f32[n]")]
    [InlineData("f32[2]", "f32[n]")]
    [InlineData("f32[2]", "f32[3]")]
    public void Names_of_sizes_are_those_of_the_function(string x, string y)
    {
        SavedModel.Save(At("m"), [new("f", GraphFunction.Of(Programs.Ones).GetConcreteFunction(TensorSpec.Parse("f32[n]")))]);
        var function = GraphFunction.Of(Programs.OnesOfFirst)
            .GetConcreteFunction(SavedModel.Load(At("m")).Signatures["f"], TensorSpec.Parse(x), TensorSpec.Parse(y));
        Assert.Equal([1, 1], function.Call(Ops.Ones(2), Ops.Ones(3))[0].ToArray<float>());
    }

    [Fact]
    public void Random_numbers_go_on_from_the_state_that_was_saved()
    {
        var program = new Programs();
        Tensor x = new float[] { 0, 0, 0 };
        var function = GraphFunction.Of(program.Noise).GetConcreteFunction(x);
        function.Call(x);
        SavedModel.Save(At("m"), [new("f", function)]);
        var signature = SavedModel.Load(At("m")).Signatures["f"];
        for (int i = 0; i < 2; i++)
            Assert.Equal(function.Call(x)[0].ToLiteral(), signature.Call(new Dictionary<string, Tensor> { ["x"] = x })["output_0"].ToLiteral());
    }

    [Fact]
    public void Captured_tensors_are_saved() =>
        IsSame(GraphFunction.Of(new Programs().Captured).GetConcreteFunction(TensorSpec.Parse("f32[3]")), new float[] { 1, 1, 1 });

    [Fact]
    public void Signatures_share_variables()
    {
        var counter = new Counter();
        var add = GraphFunction.Of(counter.Add).GetConcreteFunction(TensorSpec.Parse("f32[]"));
        var read = GraphFunction.Of(counter.Read).GetConcreteFunction();
        SavedModel.Save(At("m"), [new("add", add), new("read", read) { Method = SignatureMethod.Regress, Outputs = ["count"] }]);
        var model = SavedModel.Load(At("m"));
        Assert.Equal(["count"], model.Variables.Keys);
        model.Signatures["add"].Call(new Dictionary<string, Tensor> { ["x"] = 2f });
        Assert.Equal(3, model.Signatures["read"].Call(new Dictionary<string, Tensor>())["count"].Item<float>());
        model.Variables["count"].Assign(7f);
        Assert.Equal(7, model.Signatures["read"].Call(new Dictionary<string, Tensor>())["count"].Item<float>());
        Assert.Equal(SignatureMethod.Regress, model.Signatures["read"].Method);
        Assert.Equal(1, counter.Read().Item<float>());
    }

    [Fact]
    public void Variables_of_one_name_are_told_apart()
    {
        Network[] networks = [new(new Dense(2, 2, random: new RandomGenerator(1))), new(new Dense(2, 2, random: new RandomGenerator(2)))];
        var functions = networks.Select(network => network.For("f32[n, 2]")).ToArray();
        SavedModel.Save(At("m"), [new("a", functions[0]), new("b", functions[1])]);
        var model = SavedModel.Load(At("m"));
        Tensor x = new float[,] { { 1, 2 } };
        Assert.Equal(functions[0].Call(x)[0].ToLiteral(), model.Signatures["a"].Call(new Dictionary<string, Tensor> { ["x"] = x })["output_0"].ToLiteral());
        Assert.Equal(functions[1].Call(x)[0].ToLiteral(), model.Signatures["b"].Call(new Dictionary<string, Tensor> { ["x"] = x })["output_0"].ToLiteral());
    }

    [Fact]
    public void Assets_are_copied()
    {
        File.WriteAllText(At("words"), "a b");
        var function = GraphFunction.Of(Programs.Collatz).GetConcreteFunction(TensorSpec.Parse("i32[]"));
        SavedModel.Save(At("m"), [new("f", function)], assets: new Dictionary<string, string> { ["text/en.txt"] = At("words") });
        Assert.Equal("a b", File.ReadAllText(SavedModel.Load(At("m")).Assets["text/en.txt"]));
    }

    [Fact]
    public void A_model_that_is_saved_over_itself_keeps_its_assets()
    {
        File.WriteAllText(At("words"), "a b");
        var function = GraphFunction.Of(Programs.Collatz).GetConcreteFunction(TensorSpec.Parse("i32[]"));
        SavedModel.Save(At("m"), [new("f", function)], assets: new Dictionary<string, string> { ["text/en.txt"] = At("words") });
        var model = SavedModel.Load(At("m"));
        model.Save(At("m"));
        model.Save(At("m"));
        Assert.Equal("a b", File.ReadAllText(model.Assets["text/en.txt"]));
        Assert.Equal("a b", File.ReadAllText(SavedModel.Load(At("m")).Assets["text/en.txt"]));
    }
}
