using Google.Protobuf;
using Grpc.Core;
using TensorGraph.OnnxFormat;
using TensorGraph.Serving;
using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>ONNX files behind the server, computed here and by ONNX Runtime.</summary>
public sealed class OnnxPlatformTests : ServingTest
{
    // Half of each number plus two, in the shape of an export: the size of the batch has a name.
    private static ModelProto HalfPlusTwo => Model(Graph("x: f32[batch]", "y", Node("Mul", "x half", "h"), Node("Add", "h two", "y"))
        .With("half", Literal.Scalar(DType.F32, 0.5)).With("two", Literal.Scalar(DType.F32, 2)));

    // The determinant of a matrix of one number is that number.
    private static ModelProto Determinants => Model(Graph(
        "x: f32[n]", "y", List("axes", 1, 2), Node("Unsqueeze", "x axes", "matrices"), Node("Det", "matrices", "y")));

    [RuntimeTheory]
    [InlineData("onnx", false)]
    [InlineData("onnx", true)]
    [InlineData("onnxruntime", false)]
    [InlineData("onnxruntime", true)]
    public async Task It_answers_over_all_protocols(string platform, bool isBatched)
    {
        Write(HalfPlusTwo, "1", "model.onnx");
        var server = await StartAsync(platform, options => options with { EnableBatching = isBatched });
        var reply = await ClientOf(server).PredictAsync(Request(1, 2, 5));
        Assert.Equal([2.5f, 3, 4.5f], reply.Outputs["y"].FloatVal);
        Assert.Equal((1, "serving_default"), (reply.ModelSpec.Version!.Value, reply.ModelSpec.SignatureName));
        Assert.Equal((200, """{"predictions":[2.5,3.0,4.5]}"""), await Rest(server, "v1/models/half_plus_two:predict", """{"instances": [1.0, 2.0, 5.0]}"""));
        Assert.Equal((200, """{"outputs":[2.5]}"""), await Rest(server, "v1/models/half_plus_two:predict", """{"inputs": {"x": [1]}}"""));
        var infer = await Rest(server, "v2/models/half_plus_two/infer", """{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [2]}]}""");
        Assert.Contains("\"data\":[3", infer.Body, StringComparison.Ordinal);
        string metadata = Compact((await GetAsync(server, "v1/models/half_plus_two/metadata")).Body);
        Assert.All(new[] { "\"size\":\"-1\"", "DT_FLOAT", "serving_default_x:0", "\"serving_default\":" }, part => Assert.Contains(part, metadata, StringComparison.Ordinal));
        Assert.Contains(platform, (await GetAsync(server, "")).Body + (await GetAsync(server, "status.json")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_model_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        NamedPipe.Make(At("other.onnx"));
        Assert.Contains("'other.onnx' is no regular file", Assert.Throws<ServingException>(() => OnnxFiles.In(At())).Message, StringComparison.Ordinal);
        NamedPipe.Make(At("model.onnx"));
        Assert.Contains("'model.onnx' is no regular file", Assert.Throws<ServingException>(() => OnnxFiles.In(At())).Message, StringComparison.Ordinal);
    }

    [RuntimeTheory]
    [InlineData("onnx")]
    [InlineData("onnxruntime")]
    public async Task Errors_are_those_of_the_protocol(string platform)
    {
        Write(HalfPlusTwo, "1", "half.onnx");
        var client = ClientOf(await StartAsync(platform));
        var request = Request(1);
        request.ModelSpec.SignatureName = "other";
        await AssertFailsAsync(StatusCode.FailedPrecondition, "Serving signature key \"other\" not found.", async () => await client.PredictAsync(request));
        await AssertFailsAsync(StatusCode.InvalidArgument, "alias not found", async () => await client.PredictAsync(
            new() { ModelSpec = new() { Name = "half_plus_two" }, Inputs = { ["z"] = Floats([1]) } }));
        await AssertFailsAsync(StatusCode.InvalidArgument, "must have shape [?], got [1,1]", async () => await client.PredictAsync(
            new() { ModelSpec = new() { Name = "half_plus_two" }, Inputs = { ["x"] = Floats([1], 1, 1) } }));
        Assert.Empty((await client.PredictAsync(Request())).Outputs["y"].FloatVal);
    }

    [RuntimeTheory]
    [InlineData("onnx")]
    [InlineData("onnxruntime")]
    public async Task Versions_come_and_go(string platform)
    {
        Write(HalfPlusTwo, "1", "model.onnx");
        var server = await StartAsync(platform);
        var client = ClientOf(server);
        Write(Model(Graph("x: f32[batch]", "y", Node("Neg", "x", "y"))), "staging", "model.onnx");
        Directory.Move(At("half_plus_two", "staging"), At("half_plus_two", "2"));
        await UntilAsync(async () => (await client.PredictAsync(Request(1))).Outputs["y"].FloatVal.Single() == -1);
        Directory.Delete(At("half_plus_two", "2"), recursive: true);
        await UntilAsync(async () => (await client.PredictAsync(Request(1))).Outputs["y"].FloatVal.Single() == 2.5f);
    }

    [RuntimeFact]
    public async Task An_operator_that_does_not_import_is_named_and_works_in_the_other_engine()
    {
        Write(Determinants, "1", "model.onnx");
        var own = await StartAsync("onnx");
        var status = (await ModelsOf(own).GetModelStatusAsync(new() { ModelSpec = new() { Name = "half_plus_two" } })).ModelVersionStatus.Single();
        Assert.Equal(Protocol.TensorflowError.Code.Unimplemented, status.Status.ErrorCode);
        Assert.Contains("operator Det", status.Status.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("model_platform: \"onnxruntime\"", status.Status.ErrorMessage, StringComparison.Ordinal);
        var other = await StartAsync("onnxruntime");
        Assert.Equal([3f, 4], (await ClientOf(other).PredictAsync(Request(3, 4))).Outputs["y"].FloatVal);
    }

    [RuntimeFact]
    public async Task What_is_wrong_with_the_files_is_in_the_status()
    {
        Directory.CreateDirectory(At("half_plus_two", "1"));
        Assert.Contains("has no model.onnx", await ReasonAsync("onnx"), StringComparison.Ordinal);
        Assert.Contains("has no saved_model.json", await ReasonAsync("tensorflow"), StringComparison.Ordinal);
        File.WriteAllText(At("half_plus_two", "1", "model.onnx"), "no model");
        Assert.Contains("it has model.onnx: set model_platform: \"onnx\"", await ReasonAsync("tensorflow"), StringComparison.Ordinal);
        Assert.Contains("TG1006", await ReasonAsync("onnx"), StringComparison.Ordinal);
        Assert.Contains("ONNX Runtime does not load the model", await ReasonAsync("onnxruntime"), StringComparison.Ordinal);

        async Task<string> ReasonAsync(string platform) => (await ModelsOf(await StartAsync(platform)).GetModelStatusAsync(
            new() { ModelSpec = new() { Name = "half_plus_two" } })).ModelVersionStatus.Single().Status.ErrorMessage;
    }

    [RuntimeFact]
    public async Task Values_that_the_other_engine_refuses_are_an_error_of_the_request()
    {
        Write(Model(Graph("x: f32[n]; at: i64[k]", "y", Node("Gather", "x at", "y"))), "1", "model.onnx");
        var client = ClientOf(await StartAsync("onnxruntime"));
        var request = Request(1, 2);
        request.Inputs["at"] = new() { Dtype = Protocol.Tensorflow.DataType.DtInt64, TensorShape = new() { Dim = { new Protocol.Tensorflow.TensorShapeProto.Types.Dim { Size = 1 } } }, Int64Val = { 7 } };
        await AssertFailsAsync(StatusCode.InvalidArgument, "idx=7 must be within", async () => await client.PredictAsync(request));
    }

    [RuntimeFact]
    public async Task A_deadline_stops_the_other_engine()
    {
        var body = Graph("i: i64[]; c: bool[]; s: f32[batch]", "c s2", Node("Mul", "s s", "s2"));
        Write(Model(Graph("x: f32[batch]", "y", Number("many", long.MaxValue), Node("Loop", "many _ x", "y", ("body", body)))), "1", "model.onnx");
        // A run on zeros would never end.
        var client = ClientOf(await StartAsync("onnxruntime", options => options with { EnableModelWarmup = false }));
        await AssertFailsAsync(StatusCode.DeadlineExceeded, "", async () => await client.PredictAsync(Request(1), deadline: DateTime.UtcNow.AddMilliseconds(300)));
    }

    [Fact]
    public void An_engine_that_is_not_there_is_told_from_a_file_that_is_not()
    {
        Assert.True(OnnxRuntimePlatform.IsAbsent(new FileNotFoundException("", "Microsoft.ML.OnnxRuntime, Version=1.0.0.0")));
        Assert.True(OnnxRuntimePlatform.IsAbsent(new TypeInitializationException("x", new DllNotFoundException())));
        Assert.False(OnnxRuntimePlatform.IsAbsent(new FileNotFoundException("", "model.onnx")));
        Assert.False(OnnxRuntimeFolder.TryUse(At()));
    }

    private Task<ModelServer> StartAsync(string platform, Func<ModelServerOptions, ModelServerOptions>? change = null)
    {
        var options = OptionsFor(At("half_plus_two")) with { ModelPlatform = platform };
        return StartAsync(change?.Invoke(options) ?? options);
    }

    private static async Task<(int Code, string Body)> Rest(ModelServer server, string path, string json)
    {
        var (code, body) = await PostAsync(server, path, json);
        return (code, Compact(body));
    }

    private void Write(ModelProto model, string version, string name)
    {
        Directory.CreateDirectory(At("half_plus_two", version));
        using var file = File.Create(At("half_plus_two", version, name));
        model.WriteTo(file);
    }
}
