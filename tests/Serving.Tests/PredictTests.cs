using Google.Protobuf;
using Grpc.Core;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Tests;

/// <summary>Predict over gRPC and REST, end to end, and the status of each error.</summary>
public sealed class PredictTests : ServingTest
{
    [Fact]
    public async Task The_example_answers_over_both_protocols()
    {
        var server = await StartHalfPlusTwoAsync();
        var reply = await ClientOf(server).PredictAsync(Request(1, 2, 5));
        Assert.Equal([2.5f, 3, 4.5f], reply.Outputs["y"].FloatVal);
        Assert.Equal([3], reply.Outputs["y"].TensorShape.Dim.Select(dim => dim.Size));
        Assert.Equal(("half_plus_two", 123L, "serving_default"), (reply.ModelSpec.Name, reply.ModelSpec.Version!.Value, reply.ModelSpec.SignatureName));
        var (code, body) = await PostAsync(server, "v1/models/half_plus_two:predict", """{"instances": [1.0, 2.0, 5.0]}""");
        Assert.Equal((200, """{"predictions":[2.5,3.0,4.5]}"""), (code, Compact(body)));
        (code, body) = await PostAsync(server, "v1/models/half_plus_two/versions/123:predict", """{"inputs": [1.0, 2.0, 5.0]}""");
        Assert.Equal((200, """{"outputs":[2.5,3.0,4.5]}"""), (code, Compact(body)));
    }

    [Fact]
    public async Task Tensors_come_as_bytes_or_lists_and_short_lists_are_filled_up()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync());
        var bytes = Floats([], 3);
        float[] values = [1, 2, 5];
        bytes.TensorContent = ByteString.CopyFrom(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
        Assert.Equal([2.5f, 3, 4.5f], (await client.PredictAsync(With(bytes))).Outputs["y"].FloatVal);
        Assert.Equal([3f, 3, 3], (await client.PredictAsync(With(Floats([2], 3)))).Outputs["y"].FloatVal);
        Assert.Equal([2f, 2], (await client.PredictAsync(With(Floats([], 2)))).Outputs["y"].FloatVal);
        Assert.Equal([2.5f], (await client.PredictAsync(With(Floats([1, 7], 1)))).Outputs["y"].FloatVal);
        Assert.Empty((await client.PredictAsync(With(Floats([], 0)))).Outputs["y"].FloatVal);
    }

    [Fact]
    public async Task Replies_may_be_bytes()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync(options => options with { EnableSerializationAsTensorContent = true }));
        var reply = (await client.PredictAsync(Request(1))).Outputs["y"];
        Assert.Empty(reply.FloatVal);
        Assert.Equal(2.5f, BitConverter.ToSingle(reply.TensorContent.Span));
    }

    [Fact]
    public async Task Each_wrong_request_has_the_documented_status()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync());
        await Fails(StatusCode.InvalidArgument, "Missing ModelSpec", new());
        await Fails(StatusCode.InvalidArgument, "ModelSpec has no name specified.", new() { ModelSpec = new() });
        await Fails(StatusCode.NotFound, "Servable not found for request: Latest(none)", With(Floats([1]), spec => spec.Name = "none"));
        await Fails(StatusCode.NotFound, "Servable not found for request: Specific(half_plus_two, 7)", With(Floats([1]), spec => spec.Version = 7));
        await Fails(StatusCode.NotFound, "Specific(half_plus_two, 0)", With(Floats([1]), spec => spec.Version = 0));
        await Fails(StatusCode.InvalidArgument, "Unrecognized servable version label: x", With(Floats([1]), spec => spec.VersionLabel = "x"));
        await Fails(StatusCode.FailedPrecondition, "Serving signature key \"x\" not found.", With(Floats([1]), spec => spec.SignatureName = "x"));
        var request = Request(1);
        request.Inputs["z"] = Floats([1]);
        await Fails(StatusCode.InvalidArgument, "input size does not match signature: 2!=1", request);
        await Fails(StatusCode.InvalidArgument, "Sent extra: {z}. Missing but required: {}.", request);
        request.Inputs.Remove("x");
        await Fails(StatusCode.InvalidArgument, "Sent extra: {z}. Missing but required: {x}.", request);
        await Fails(StatusCode.InvalidArgument, "Expects input 'x' to be DT_FLOAT but DT_INT64 is provided.", With(new() { Dtype = DataType.DtInt64, Int64Val = { 1 } }));
        await Fails(StatusCode.InvalidArgument, "input 'x' must have shape [?], got []", With(new() { Dtype = DataType.DtFloat, FloatVal = { 1 } }));
        await Fails(StatusCode.InvalidArgument, "input 'x' must have shape [?], got [1,1]", With(Floats([1], 1, 1)));
        await Fails(StatusCode.InvalidArgument, "tensor parsing error: x", With(Floats([1], -3)));
        await Fails(StatusCode.InvalidArgument, "tensor parsing error: x", With(Floats([1], long.MaxValue)));
        var bytes = Floats([], 3);
        bytes.TensorContent = ByteString.CopyFrom(1, 2, 3);
        await Fails(StatusCode.InvalidArgument, "tensor parsing error: x", With(bytes));
        request = Request(1);
        request.OutputFilter.Add("q");
        await Fails(StatusCode.InvalidArgument, "output tensor alias not found in signature: q", request);
        request.OutputFilter[0] = "y";
        Assert.Single((await client.PredictAsync(request)).Outputs);
        request.OutputFilter.Add("y");
        await Fails(StatusCode.InvalidArgument, "duplicate output tensor alias: y", request);

        Task Fails(StatusCode status, string text, PredictRequest wrong) => AssertFailsAsync(status, text, async () => await client.PredictAsync(wrong));
    }

    [Fact]
    public async Task The_task_of_a_signature_is_compared_when_asked_for()
    {
        var client = ClientOf(await StartHalfPlusTwoAsync(options => options with { EnableSignatureMethodNameCheck = true }));
        var request = With(Floats([1], 1, 1), spec => spec.SignatureName = "regress_x_to_y");
        await AssertFailsAsync(StatusCode.Internal, "Expected prediction signature method_name", async () => await client.PredictAsync(request));
    }

    [Fact]
    public async Task A_deadline_and_a_client_that_leaves_stop_the_graph()
    {
        string folder = At("endless", "1");
        SavedModel.Save(folder, [new("serving_default", GraphFunction.Of(Programs.Endless).GetConcreteFunction(TensorSpec.Parse("f32[n]")))]);
        var server = await StartAsync(OptionsFor(At("endless"), "half_plus_two") with { EnableModelWarmup = false, RestApiTimeoutInMs = 200 });
        var client = ClientOf(server);
        await AssertFailsAsync(StatusCode.DeadlineExceeded, "", async () => await client.PredictAsync(Request(1), deadline: DateTime.UtcNow.AddMilliseconds(200)));
        using var cancellation = new CancellationTokenSource();
        var call = client.PredictAsync(Request(1), cancellationToken: cancellation.Token);
        await cancellation.CancelAsync();
        await AssertFailsAsync(StatusCode.Cancelled, "", async () => await call);
        Assert.Equal(504, (await PostAsync(server, "v1/models/half_plus_two:predict", """{"instances": [1.0]}""")).Code);
        // Ending the server waits for requests: it ends only if the graphs have.
    }

    private static PredictRequest With(TensorProto x, Action<ModelSpec>? change = null)
    {
        var request = new PredictRequest { ModelSpec = new() { Name = "half_plus_two" }, Inputs = { ["x"] = x } };
        change?.Invoke(request.ModelSpec);
        return request;
    }
}
