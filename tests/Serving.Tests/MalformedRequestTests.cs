using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using TensorGraph.Protocol.Inference;
using TensorGraph.Protocol.TensorflowServing;
using Xunit.Abstractions;

namespace TensorGraph.Tests;

/// <summary>
/// Thousands of requests that are wrong somewhere: each gets a documented status, no message tells internals, and the server answers as before.
/// </summary>
public sealed class MalformedRequestTests(ITestOutputHelper output) : ServingTest
{
    private const int Seed = 20260101;

    // Of each kind: with TENSORGRAPH_LONG=1 there are 100,000 over REST, and as many over gRPC.
    private static readonly int Requests = Environment.GetEnvironmentVariable("TENSORGRAPH_LONG") == "1" ? 50_000 : 2000;

    // What no message to a client may have: names of classes, files of the source, traces.
    private static readonly string[] s_internals = ["Exception", ".cs", "   at ", "System.", "/home", "/tmp", "TensorGraph.", "NullReference"];

    private static readonly byte[][] s_bodies =
    [
        .. new[]
        {
            """{"instances": [1.0, 2.0, 5.0]}""", """{"inputs": {"x": [1.0, 2e3, -5.25]}}""", """{"signature_name": "regress_x_to_y", "inputs": [[1.0], [2.0]]}""",
            """{"signature_name": "regress_x_to_y", "examples": [{"x": 2.0}], "context": {"y": ["a", {"b64": "YQ=="}]}}""",
            """{"id": "1", "inputs": [{"name": "x", "shape": [2], "datatype": "FP32", "data": [1, 2]}], "outputs": [{"name": "y"}], "parameters": {"signature_name": "serving_default"}}""",
            """{"instances": [{"x": 1}, {"x": NaN}, {"x": null}, {"x": "\u00e9\ud83d\ude00"}]}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] s_paths =
    [
        "/v1/models/half_plus_two:predict", "/v1/models/half_plus_two:regress", "/v1/models/half_plus_two:classify", "/v2/models/half_plus_two/infer",
        "/v1/models/half_plus_two/versions/123:predict", "/v1/models/half_plus_two/labels/x:predict", "/v1/models/half_plus_two/metadata", "/v2/models/half_plus_two/ready",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_REST_each_gets_a_documented_code(bool isBatched)
    {
        var server = await StartHalfPlusTwoAsync(options => options with { EnableBatching = isBatched });
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        var random = new Random(Seed);
        var codes = new Dictionary<int, int>();
        long memory = 0;
        for (int i = 0; i < Requests; i++)
        {
            if (i == Requests / 2)
                memory = GC.GetTotalMemory(forceFullCollection: true);
            byte[] body = Damaged(s_bodies[random.Next(s_bodies.Length)], random);
            string path = s_paths[random.Next(s_paths.Length)];
            if (random.Next(4) == 0)
                path = Encoding.Latin1.GetString(Damaged(Encoding.Latin1.GetBytes(path), random));
            using var request = new HttpRequestMessage(random.Next(8) == 0 ? HttpMethod.Get : HttpMethod.Post, Escaped(path));
            if (request.Method == HttpMethod.Post)
                request.Content = new ByteArrayContent(body);
            if (random.Next(10) == 0)
                request.Headers.TryAddWithoutValidation("Inference-Header-Content-Length", $"{random.Next(-5, 100)}");
            using var reply = await client.SendAsync(request);
            string text = await reply.Content.ReadAsStringAsync();
            int code = (int)reply.StatusCode;
            codes[code] = codes.GetValueOrDefault(code) + 1;
            Assert.True(code is 200 or 400 or 404 or 501, $"seed {Seed}, request {i}: {code} {path} {Encoding.UTF8.GetString(body)} {text}");
            AssertTellsNothing(text, i);
            // The web server refuses some paths itself, without a body.
            // An answer to the question whether a model is ready is no error.
            if (code is 400 or 501 && text.Length > 0 && !text.Contains("\"ready\": false", StringComparison.Ordinal))
            {
                Assert.True(
                    JsonDocument.Parse(text).RootElement.TryGetProperty("error", out var problem) && problem.ValueKind == JsonValueKind.String,
                    $"seed {Seed}, request {i}: {code} {path} {Encoding.UTF8.GetString(body)} {text}");
            }

        }

        AssertHoldsNoMore(memory);
        Assert.True(codes.GetValueOrDefault(400) > Requests / 3, string.Join(", ", codes));
        Assert.Equal("""{"predictions":[2.5]}""", Compact((await PostAsync(server, "v1/models/half_plus_two:predict", """{"instances": [1]}""")).Body));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Over_gRPC_each_gets_a_documented_status(bool isBatched)
    {
        var server = await StartHalfPlusTwoAsync(options => options with { EnableBatching = isBatched });
        var invoker = ChannelTo(server).CreateCallInvoker();
        var random = new Random(Seed);
        byte[][] messages = Messages();
        var marshaller = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
        // The channel remembers each method that it has seen.
        Method<byte[], byte[]>[] methods = [.. new[]
        {
            "tensorflow.serving.PredictionService/Predict", "tensorflow.serving.PredictionService/Classify", "tensorflow.serving.PredictionService/Regress",
            "tensorflow.serving.PredictionService/MultiInference", "tensorflow.serving.PredictionService/GetModelMetadata",
            "tensorflow.serving.ModelService/GetModelStatus", "inference.GRPCInferenceService/ModelInfer",
        }.Select(name => new Method<byte[], byte[]>(MethodType.Unary, name.Split('/')[0], name.Split('/')[1], marshaller, marshaller))];
        var statuses = new Dictionary<StatusCode, int>();
        long memory = 0;
        for (int i = 0; i < Requests; i++)
        {
            if (i == Requests / 2)
                memory = GC.GetTotalMemory(forceFullCollection: true);
            byte[] message = Damaged(messages[random.Next(messages.Length)], random);
            var call = invoker.AsyncUnaryCall(methods[random.Next(methods.Length)], null, new CallOptions(), message);
            var status = new Status(StatusCode.OK, "");
            try
            {
                await call;
            }
            catch (RpcException fault)
            {
                status = fault.Status;
            }

            statuses[status.StatusCode] = statuses.GetValueOrDefault(status.StatusCode) + 1;
            Assert.True(
                status.StatusCode is StatusCode.OK or StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.FailedPrecondition or StatusCode.Unimplemented,
                $"seed {Seed}, message {i}: {status} {Convert.ToHexString(message)}");
            AssertTellsNothing(status.Detail, i);
        }

        AssertHoldsNoMore(memory);
        Assert.True(statuses.GetValueOrDefault(StatusCode.InvalidArgument) > Requests / 10, string.Join(", ", statuses));
        Assert.Equal([2.5f], (await ClientOf(server).PredictAsync(Request(1))).Outputs["y"].FloatVal);
    }

    // What the second half of the requests leaves behind; other tests of this process have their own share in it.
    private void AssertHoldsNoMore(long before)
    {
        const long Allowed = 64 << 20;
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine(Text($"{Requests} requests; the second half left {grown / 1024} KiB"));
        Assert.True(grown < Allowed, $"the second half of {Requests} requests left {grown} bytes");
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_end_their_connection_only()
    {
        var server = await StartHalfPlusTwoAsync();
        var random = new Random(Seed);
        foreach (var address in new[] { server.RestAddress!, server.GrpcAddress! })
        {
            for (int i = 0; i < 50; i++)
            {
                using var client = new TcpClient();
                await client.ConnectAsync(address.Host, address.Port);
                byte[] bytes = new byte[random.Next(1, 200)];
                random.NextBytes(bytes);
                await client.GetStream().WriteAsync(bytes);
            }
        }

        Assert.Equal([2.5f], (await ClientOf(server).PredictAsync(Request(1))).Outputs["y"].FloatVal);
    }

    [Fact]
    public async Task Requests_that_are_too_large_are_refused()
    {
        var server = await StartHalfPlusTwoAsync(options => options with { MaxRequestBytes = 10_000, MaxTensorBytes = 1000 });
        string numbers = string.Join(',', Enumerable.Repeat("1", 300));
        Assert.Contains("more than the 1000 bytes", (await PostAsync(server, s_paths[0], $"{{\"instances\": [{numbers}]}}")).Body, StringComparison.Ordinal);
        var (code, body) = await PostAsync(server, s_paths[0], new string(' ', 20_000));
        Assert.True(code is 400 or 413, $"{code} {body}");
        await AssertFailsAsync(StatusCode.InvalidArgument, "more than the 1000 bytes", async () => await ClientOf(server).PredictAsync(Request(new float[300])));
        await AssertFailsAsync(StatusCode.ResourceExhausted, "exceeds the maximum configured message size", async () => await ClientOf(server).PredictAsync(Request(new float[3000])));
    }

    [Fact]
    public async Task A_small_message_takes_no_large_memory()
    {
        var server = await StartHalfPlusTwoAsync();
        await AssertFailsAsync(StatusCode.InvalidArgument, "1 values are there", async () => await ClientOf(server).PredictAsync(
            new() { ModelSpec = new() { Name = "half_plus_two" }, Inputs = { ["x"] = Floats([1], 100_000_000) } }));
    }

    private static byte[][] Messages()
    {
        var regress = new RegressionRequest
        {
            ModelSpec = new() { Name = "half_plus_two", SignatureName = "regress_x_to_y" },
            Input = new() { ExampleList = new() { Examples = { new Protocol.Tensorflow.Example { Features = new() { Feature = { ["x"] = new() { FloatList = new() { Value = { 2 } } } } } } } } },
        };
        var metadata = new GetModelMetadataRequest { ModelSpec = new() { Name = "half_plus_two" }, MetadataField = { "signature_def" } };
        var infer = new ModelInferRequest
        {
            ModelName = "half_plus_two",
            Inputs = { new ModelInferRequest.Types.InferInputTensor { Name = "x", Datatype = "FP32", Shape = { 2 }, Contents = new() { Fp32Contents = { 1, 2 } } } },
        };
        var bytes = Request();
        bytes.Inputs["x"] = Floats([], 2);
        bytes.Inputs["x"].TensorContent = ByteString.CopyFrom(0, 0, 128, 63, 0, 0, 0, 64);
        return [Request(1, 2, 5).ToByteArray(), bytes.ToByteArray(), regress.ToByteArray(), metadata.ToByteArray(), infer.ToByteArray()];
    }

    private static byte[] Damaged(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(list.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < list.Count: list[at] = (byte)random.Next(256); break;
                case 1 when at < list.Count: list.RemoveAt(at); break;
                case 2: list.Insert(at, (byte)random.Next(256)); break;
                case 3: list.RemoveRange(at, Math.Min(list.Count - at, random.Next(8))); break;
                default: list.InsertRange(at, list.Take(random.Next(16)).ToArray()); break;
            }
        }

        return [.. list];
    }

    private static string Escaped(string path) => "/" + string.Concat(path.TrimStart('/').Select(c => char.IsAsciiLetterOrDigit(c) || "/:._-".Contains(c, StringComparison.Ordinal) ? $"{c}" : $"%{(int)c:X2}"));

    private static void AssertTellsNothing(string text, int request) =>
        Assert.True(Array.TrueForAll(s_internals, word => !text.Contains(word, StringComparison.Ordinal)), $"seed {Seed}, request {request}: {text}");
}
