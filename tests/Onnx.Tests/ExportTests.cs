namespace TensorGraph.Tests;

/// <summary>Functions with control flow, lists, weights and open sizes give the same in ONNX Runtime.</summary>
public sealed class ExportTests : TemporaryFolder
{
    private static void Agrees(Delegate method, string[] specs, params Tensor[][] calls)
    {
        var function = GraphFunction.Of(method).GetConcreteFunction([.. specs.Select(TensorSpec.Parse)]);
        var model = OnnxModel.Of(function);
        foreach (var arguments in calls)
        {
            Literal[] given = [.. arguments.Select(argument => argument.ToLiteral())];
            Literal[] expected = [.. function.Call(arguments).Select(result => result.ToLiteral())];
            Agreement.Same(expected, OnnxRuntime.Run(model, given), method.Method.Name);
            Agreement.Same(ImportedModel.Run(model, given), expected, $"{method.Method.Name}, read back");
        }
    }

    private static Tensor Random(params long[] shape) => new RandomGenerator(3).Normal(new Shape(shape));

    [RuntimeFact]
    public void Loops_and_branches() => Agrees(Programs.Collatz, ["i32[]"], [[1], [7], [27]]);

    [RuntimeFact]
    public void Loops_in_loops_with_branches() => Agrees(Programs.Nested, ["f32[n]", "i32[]"], [[Random(3), 0], [Random(3), 5], [Random(7), 4]]);

    [RuntimeFact]
    public void Lists_that_grow() => Agrees(Programs.Squares, ["i32[]"], [[0], [1], [6]]);

    [RuntimeFact]
    public void Lists_whose_elements_are_replaced() => Agrees(Programs.Replaced, ["f32[n, 2]"], [[Random(1, 2)], [Random(5, 2)]]);

    [RuntimeFact]
    public void Rows_one_after_the_other() => Agrees(Programs.Running, ["f32[n, 3]"], [[Random(1, 3)], [Random(6, 3)]]);

    [RuntimeFact]
    public void Scans_of_an_open_axis()
    {
        Agrees(Programs.Products, ["f32[n, 2]"], [[Random(1, 2)], [Random(6, 2)], [Random(37, 2)]]);
        Agrees(Programs.Recurrence, ["f32[n, 2]"], [[Random(1, 2)], [Random(6, 2)], [Random(37, 2)]]);
    }

    [RuntimeFact]
    public void Sizes_that_depend_on_data() => Agrees(Programs.PositiveTwice, ["f32[n]"], [[Random(9)], [Random(1)]]);

    [RuntimeFact]
    public void Sizes_of_arguments() => Agrees(Programs.Sizes, ["f32[n, k]"], [[Random(1, 1)], [Random(3, 4)]]);

    [RuntimeFact]
    public void Captured_tensors_and_variables() => Agrees(new Programs().Captured, ["f32[n, 3]"], [[Random(2, 3)]]);

    [RuntimeFact]
    public void Arguments_as_results() => Agrees(Programs.Same, ["f32[n]"], [[Random(2)]]);

    [RuntimeFact]
    public void One_value_for_two_results() => Agrees(Programs.Shared, ["f32[n]"], [[Random(2)]]);

    [RuntimeFact]
    public void Text_is_compared_and_joined() => Agrees(Programs.Text, ["string[n]"], [[new[] { "a", "b", "" }]]);

    [RuntimeFact]
    public void A_function_of_a_saved_model()
    {
        var function = GraphFunction.Of(new Programs().Captured).GetConcreteFunction(TensorSpec.Parse("f32[n, 3]"));
        SavedModel.Save(At("model"), [new("scale", function) { Outputs = ["scaled"] }]);
        var signature = SavedModel.Load(At("model")).Signatures["scale"];
        OnnxModel.Save(At("model.onnx"), signature);
        Tensor x = Random(4, 3);
        byte[] file = File.ReadAllBytes(At("model.onnx"));
        Agreement.Same([function.Call(x)[0].ToLiteral()], OnnxRuntime.Run(file, x.ToLiteral()), "scale");
        Assert.Equal("scaled", Assert.Single(OnnxFormat.ModelProto.Parser.ParseFrom(file).Graph.Output).Name);
    }

    [RuntimeTheory]
    [MemberData(nameof(Loops))]
    public void Loops_of_the_gradient_tests(string name)
    {
        var graph = LoopSamples.Graph(name, order: 0);
        foreach (long n in new long[] { 0, 1, 3 })
            Agreement.Exported(graph, LoopSamples.Values(n), $"{name} n={n}");
    }

    public static TheoryData<string> Loops() => [.. LoopSamples.Names];
}
