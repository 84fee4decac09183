using Grpc.Core;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowError;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Tests;

/// <summary>Classify, regress, multi-inference, metadata and status.</summary>
public sealed class TaskTests : ServingTest
{
    [Fact]
    public async Task Regress_and_classify_read_examples()
    {
        var server = await StartHalfPlusTwoAsync();
        var client = ClientOf(server);
        var regression = await client.RegressAsync(new() { ModelSpec = Spec("regress_x_to_y"), Input = Examples(2, 4) });
        Assert.Equal([3f, 4], regression.Result.Regressions.Select(row => row.Value));
        Assert.Equal(123, regression.ModelSpec.Version);
        var classes = await client.ClassifyAsync(new() { ModelSpec = Spec("classify_x_to_y"), Input = Examples(2) });
        Assert.Equal([("", 2f), ("", 4f)], classes.Result.Classifications.Single().Classes.Select(found => (found.Label, found.Score)));
        Assert.Equal("""{"results":[3.0,4.0]}""", Compact((await PostAsync(
            server, "v1/models/half_plus_two:regress", """{"signature_name": "regress_x_to_y", "examples": [{"x": 2.0}, {"x": [4.0]}]}""")).Body));
        Assert.Equal("""{"results":[[["",2.0],["",4.0]]]}""", Compact((await PostAsync(
            server, "v1/models/half_plus_two:classify", """{"signature_name": "classify_x_to_y", "context": {"x": 2.0}, "examples": [{}]}""")).Body));
    }

    [Fact]
    public async Task Context_is_merged_into_each_example()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync());
        var input = new Input { ExampleListWithContext = new() { Context = Example(6), Examples = { Example(2), new Example() } } };
        var reply = await client.RegressAsync(new() { ModelSpec = Spec("regress_x_to_y"), Input = input });
        Assert.Equal([3f, 5], reply.Result.Regressions.Select(row => row.Value));
    }

    // Examples of two bytes, and one context of 400 kB, would be 400 MB.
    [Fact]
    public async Task A_context_is_not_copied_into_many_examples()
    {
        SavedModel.Save(At("wide", "1"), [new("serving_default", GraphFunction.Of(Programs.Scores).GetConcreteFunction(TensorSpec.Parse("f32[n, m]"))) { Outputs = ["scores"], Method = SignatureMethod.Classify }]);
        var client = ClientOf(await StartAsync(OptionsFor(At("wide"), "wide")));
        var context = new Example { Features = new() { Feature = { ["x"] = new Feature { FloatList = new() { Value = { Enumerable.Repeat(1f, 100_000) } } } } } };
        var input = new Input { ExampleListWithContext = new() { Context = context, Examples = { Enumerable.Range(0, 1000).Select(_ => new Example()) } } };
        await AssertFailsAsync(StatusCode.InvalidArgument, "100000 values are there for 100000000 elements", async () =>
            await client.ClassifyAsync(new() { ModelSpec = new() { Name = "wide" }, Input = input }));
    }

    [Fact]
    public async Task Tasks_of_one_model_are_answered_in_order()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync());
        var request = new MultiInferenceRequest
        {
            Input = Examples(2),
            Tasks = { Task("regress_x_to_y", "regress"), Task("classify_x_to_y", "classify") },
        };
        var reply = await client.MultiInferenceAsync(request);
        Assert.Equal(3, reply.Results[0].RegressionResult.Regressions.Single().Value);
        Assert.Equal(2, reply.Results[1].ClassificationResult.Classifications.Single().Classes.Count);
        Assert.Equal("regress_x_to_y", reply.Results[0].ModelSpec.SignatureName);
        request.Tasks[1] = Task("regress_x_to_y", "regress");
        await AssertFailsAsync(StatusCode.InvalidArgument, "Duplicate evaluation of signature: regress_x_to_y", async () => await client.MultiInferenceAsync(request));
        request.Tasks[1] = Task("serving_default", "predict");
        await AssertFailsAsync(StatusCode.Unimplemented, "Unsupported signature", async () => await client.MultiInferenceAsync(request));
        request.Tasks[1].ModelSpec.Name = "other";
        await AssertFailsAsync(StatusCode.InvalidArgument, "must access the same model name", async () => await client.MultiInferenceAsync(request));
    }

    [Fact]
    public async Task Wrong_examples_are_explained()
    {
        var server = await StartHalfPlusTwoAsync();
        var client = ClientOf(server);
        await Fails(StatusCode.InvalidArgument, "Input is empty.", Spec("regress_x_to_y"), null);
        await Fails(StatusCode.InvalidArgument, "Input is empty.", Spec("regress_x_to_y"), Examples());
        await Fails(StatusCode.InvalidArgument, "No signature was found with the name: x", Spec("x"), Examples(1));
        await Fails(StatusCode.InvalidArgument, "Feature: x (data type: float) is required but could not be found.", Spec("regress_x_to_y"), new() { ExampleList = new() { Examples = { new Example() } } });
        await Fails(StatusCode.InvalidArgument, "Expected Tensor shape", Spec("classify_x_to_y"), Examples(1));
        const string Path = "v1/models/half_plus_two:regress";
        foreach (string examples in new[] { "[]", "1", "[1]", """[{"x": null}]""", """[{"x": [10, 10.0]}]""", """[{"x": [[1.0]]}]""", """[{"x": 1}]""", """[{"x": [1.0, 2.0]}]""" })
            Assert.Equal(400, (await PostAsync(server, Path, $"{{\"signature_name\": \"regress_x_to_y\", \"examples\": {examples}}}")).Code);

        Task Fails(StatusCode status, string text, ModelSpec spec, Input? input) =>
            AssertFailsAsync(status, text, async () => await client.RegressAsync(new() { ModelSpec = spec, Input = input }));
    }

    [Fact]
    public async Task Metadata_has_the_signatures()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync());
        var request = new GetModelMetadataRequest { ModelSpec = Spec("") };
        await AssertFailsAsync(StatusCode.InvalidArgument, "metadata_field", async () => await client.GetModelMetadataAsync(request));
        request.MetadataField.Add("signature_def");
        var reply = await client.GetModelMetadataAsync(request);
        Assert.Equal(("half_plus_two", 123L, ""), (reply.ModelSpec.Name, reply.ModelSpec.Version!.Value, reply.ModelSpec.SignatureName));
        var any = Assert.Single(reply.Metadata);
        Assert.Equal(("signature_def", "type.googleapis.com/tensorflow.serving.SignatureDefMap"), (any.Key, any.Value.TypeUrl));
        var signature = any.Value.Unpack<SignatureDefMap>().SignatureDef["serving_default"];
        Assert.Equal(DataType.DtFloat, signature.Inputs["x"].Dtype);
        Assert.Equal(-1, signature.Outputs["y"].TensorShape.Dim.Single().Size);
        request.MetadataField.Add("other");
        await AssertFailsAsync(StatusCode.InvalidArgument, "Metadata field other is not supported", async () => await client.GetModelMetadataAsync(request));
    }

    [Fact]
    public async Task Status_lists_versions()
    {
        var models = ModelsOf(await StartHalfPlusTwoAsync());
        var request = new GetModelStatusRequest { ModelSpec = Spec("") };
        var status = Assert.Single((await models.GetModelStatusAsync(request)).ModelVersionStatus);
        Assert.Equal((123L, ModelVersionStatus.Types.State.Available, Code.Ok), (status.Version, status.State, status.Status.ErrorCode));
        request.ModelSpec.Version = 7;
        await AssertFailsAsync(StatusCode.NotFound, "Could not find version 7 of model half_plus_two", async () => await models.GetModelStatusAsync(request));
        request.ModelSpec.Name = "none";
        await AssertFailsAsync(StatusCode.NotFound, "Could not find any versions of model none", async () => await models.GetModelStatusAsync(request));
        await AssertFailsAsync(StatusCode.InvalidArgument, "Missing ModelSpec", async () => await models.GetModelStatusAsync(new()));
    }

    private static ModelSpec Spec(string signature) => new() { Name = "half_plus_two", SignatureName = signature };

    private static InferenceTask Task(string signature, string method) => new() { ModelSpec = Spec(signature), MethodName = $"tensorflow/serving/{method}" };

    private static Example Example(float x) => new() { Features = new() { Feature = { ["x"] = new Feature { FloatList = new() { Value = { x } } } } } };

    private static Input Examples(params float[] values) => new() { ExampleList = new() { Examples = { values.Select(Example) } } };
}
