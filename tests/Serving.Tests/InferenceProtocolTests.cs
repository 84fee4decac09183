using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using TensorGraph.Protocol.Inference;

namespace TensorGraph.Tests;

/// <summary>The open inference protocol over gRPC and REST.</summary>
public sealed class InferenceProtocolTests : ServingTest
{
    private const string Infer = "v2/models/half_plus_two/infer";

    [Fact]
    public async Task GRPC_has_typed_and_raw_contents()
    {
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(ChannelTo(await StartHalfPlusTwoAsync()));
        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        Assert.True((await client.ModelReadyAsync(new() { Name = "half_plus_two" })).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "half_plus_two", Version = "7" })).Ready);
        Assert.Equal("tensorgraph", (await client.ServerMetadataAsync(new())).Name);
        var metadata = await client.ModelMetadataAsync(new() { Name = "half_plus_two" });
        Assert.Equal(("123", "x", "FP32", -1L), (metadata.Versions.Single(), metadata.Inputs.Single().Name, metadata.Inputs.Single().Datatype, metadata.Inputs.Single().Shape.Single()));
        var request = Request(3);
        request.Inputs[0].Contents = new() { Fp32Contents = { 1, 2, 5 } };
        var reply = await client.ModelInferAsync(request);
        Assert.Equal([2.5f, 3, 4.5f], reply.Outputs.Single().Contents.Fp32Contents);
        Assert.Equal(("r", "123", "FP32"), (reply.Id, reply.ModelVersion, reply.Outputs.Single().Datatype));
        await Fails("has contents beside raw_input_contents", with => with.RawInputContents.Add(ByteString.Empty));
        request.Inputs[0].Contents = null;
        float[] values = [1, 2, 5];
        request.RawInputContents.Add(ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan())));
        reply = await client.ModelInferAsync(request);
        Assert.Null(reply.Outputs.Single().Contents);
        Assert.Equal(2.5f, BitConverter.ToSingle(reply.RawOutputContents.Single().Span));
        request.RawInputContents[0] = ByteString.CopyFrom(1);
        await Fails("tensor parsing error: x", _ => { });
        request.RawInputContents.Clear();
        request.Inputs[0].Contents = new() { Fp32Contents = { 1 } };
        await Fails("has 1 elements, its shape has 3", _ => { });
        await Fails("data-type is 'INT8'", with => with.Inputs[0].Datatype = "INT8");
        await Fails("unexpected inference input 'q'", with => with.Inputs[0].Name = "q");
        await Fails("is no number of a version", with => with.ModelVersion = "x");

        Task Fails(string text, Action<ModelInferRequest> change)
        {
            var wrong = request.Clone();
            change(wrong);
            return AssertFailsAsync(StatusCode.InvalidArgument, text, async () => await client.ModelInferAsync(wrong));
        }
    }

    [Fact]
    public async Task Text_is_raw_with_its_lengths()
    {
        SavedModel.Save(At("echo", "1"), [new("serving_default", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("string[n]")))]);
        var client = new GRPCInferenceService.GRPCInferenceServiceClient(ChannelTo(await StartAsync(OptionsFor(At("echo"), "echo"))));
        var request = new ModelInferRequest
        {
            ModelName = "echo",
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "text", Datatype = "BYTES", Shape = { 2 } } },
            RawInputContents = { ByteString.CopyFrom([1, 0, 0, 0, (byte)'a', 2, 0, 0, 0, 0xc3, 0xa9]) },
        };
        Assert.Equal(request.RawInputContents, (await client.ModelInferAsync(request)).RawOutputContents);
        request.RawInputContents[0] = ByteString.CopyFrom([1, 0, 0, 0, (byte)'a', 9, 0, 0, 0, 0xc3, 0xa9]);
        await AssertFailsAsync(StatusCode.InvalidArgument, "ends within text 1", async () => await client.ModelInferAsync(request));
    }

    [Fact]
    public async Task REST_has_JSON_and_bytes()
    {
        var server = await StartHalfPlusTwoAsync();
        Assert.Equal("""{"live":true}""", Compact((await GetAsync(server, "v2/health/live")).Body));
        Assert.Equal("""{"ready":true}""", Compact((await GetAsync(server, "v2/health/ready")).Body));
        Assert.Equal((400, """{"name":"none","ready":false}"""), await Compacted("v2/models/none/ready"));
        Assert.Equal(
            (200, """{"name":"half_plus_two","versions":["123"],"platform":"tensorgraph","inputs":[{"name":"x","datatype":"FP32","shape":[-1]}],"outputs":[{"name":"y","datatype":"FP32","shape":[-1]}]}"""),
            await Compacted("v2/models/half_plus_two/versions/123"));
        var (code, body) = await PostAsync(server, Infer, """{"id": "r", "inputs": [{"name": "x", "shape": [3], "datatype": "FP32", "data": [1, 2, 5]}], "outputs": [{"name": "y"}]}""");
        Assert.Equal(
            (200, """{"model_name":"half_plus_two","model_version":"123","id":"r","outputs":[{"name":"y","shape":[3],"datatype":"FP32","data":[2.5,3.0,4.5]}]}"""), (code, Compact(body)));

        async Task<(int, string)> Compacted(string path)
        {
            var (status, text) = await GetAsync(server, path);
            return (status, Compact(text));
        }
    }

    [Fact]
    public async Task Tensors_may_be_bytes_behind_the_JSON()
    {
        var server = await StartHalfPlusTwoAsync();
        byte[] json = Encoding.UTF8.GetBytes("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 4}}], "parameters": {"binary_data_output": true}}""");
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        using var content = new ByteArrayContent([.. json, .. BitConverter.GetBytes(5f)]);
        content.Headers.Add("Inference-Header-Content-Length", $"{json.Length}");
        var reply = await client.PostAsync(Infer, content);
        byte[] body = await reply.Content.ReadAsByteArrayAsync();
        int length = int.Parse(reply.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(4.5f, BitConverter.ToSingle(body, length));
        Assert.Equal(4, JsonDocument.Parse(body.AsMemory(0, length)).RootElement.GetProperty("outputs")[0].GetProperty("parameters").GetProperty("binary_data_size").GetInt32());
    }

    [Fact]
    public async Task Lists_are_flat_or_nested_as_the_shape_says()
    {
        SavedModel.Save(At("echo", "1"), [new("serving_default", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("f32[n, m]"))) { Outputs = ["y"] }]);
        var server = await StartAsync(OptionsFor(At("echo"), "echo"));
        foreach (var (shape, data, written) in new[] { ("[2, 2]", "[1, 2, 3, 4]", "1.0,2.0,3.0,4.0"), ("[2, 2]", "[[1, 2], [3, 4]]", "1.0,2.0,3.0,4.0"), ("[2, 0]", "[[], []]", ""), ("[2, 0]", "[]", ""), ("[0, 2]", "[]", "") })
        {
            var (code, body) = await PostAsync(server, "v2/models/echo/infer", $$"""{"inputs": [{"name": "text", "shape": {{shape}}, "datatype": "FP32", "data": {{data}}}]}""");
            Assert.Equal(200, code);
            Assert.EndsWith($"\"data\":[{written}]}}]}}", Compact(body), StringComparison.Ordinal);
        }

        foreach (string data in new[] { "[[1, 2, 3, 4]]", "[[1], [2], [3], [4]]", "[[1, 2], 3, 4]", "[1, 2, [3, 4]]", "[[[1, 2], [3, 4]]]", "[[1, 2], [3]]" })
            Assert.Equal(400, (await PostAsync(server, "v2/models/echo/infer", $$"""{"inputs": [{"name": "text", "shape": [2, 2], "datatype": "FP32", "data": {{data}}}]}""")).Code);
    }

    [Theory]
    [InlineData("{}", "Missing but required: {x}")]
    [InlineData("""{"inputs": 1}""", "'inputs' must be a list of objects")]
    [InlineData("""{"inputs": [{"name": "x"}]}""", "no 'shape'")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1]}]}""", "elements")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1, 2]}]}""", "has 2 elements, its shape has 1")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [3], "datatype": "FP32", "data": [[1, 2], 5]}]}""", "Encountered list at unexpected size: 2 at level: 0")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [[1], [2]]}]}""", "JSON Value: [1] Type: Array is not of expected type: float")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1, [2]]}]}""", "JSON Value: [2] Type: Array is not of expected type: float")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": 1}]}""", "'data' that is no list")]
    [InlineData("""{"inputs": null}""", "'inputs' must be a list of objects")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [9000000000000], "datatype": "FP32", "data": [1]}]}""", "tensor parsing error")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": ["1"]}]}""", "is not of expected type: float")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "parameters": {"binary_data_size": 4}}]}""", "fewer bytes")]
    [InlineData("""{"inputs": [{"name": "x", "shape": [1], "datatype": "FP32", "data": [1], "parameters": {"binary_data_size": 4}}]}""", "'data' beside its binary_data_size")]
    public async Task Wrong_requests_are_explained(string body, string text)
    {
        var server = await StartHalfPlusTwoAsync();
        var (code, reply) = await PostAsync(server, Infer, body);
        Assert.Equal(400, code);
        Assert.Contains(text, JsonDocument.Parse(reply).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static ModelInferRequest Request(long size) => new()
    {
        ModelName = "half_plus_two",
        Id = "r",
        Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { size } } },
    };
}
