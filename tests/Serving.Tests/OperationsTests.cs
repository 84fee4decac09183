using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Tests;

/// <summary>Metrics, health, the page, tokens, certificates, sockets, and the end of a server.</summary>
public sealed class OperationsTests : ServingTest
{
    private const string Metrics = "monitoring/prometheus/metrics";

    [Fact]
    public async Task Metrics_have_the_names_of_TensorFlow_Serving()
    {
        File.WriteAllText(At("monitoring.config"), "prometheus_config { enable: true }");
        var server = await StartHalfPlusTwoAsync(options => options with { MonitoringConfigFile = At("monitoring.config"), EnableBatching = true });
        await ClientOf(server).PredictAsync(Request(1, 2));
        await PostAsync(server, "v1/models/half_plus_two:predict", """{"instances": [1]}""");
        await PostAsync(server, "v1/models/half_plus_two:predict", "x");
        await PostAsync(server, "v1/models/nobody:predict", "x");
        var (code, text) = await GetAsync(server, Metrics);
        Assert.Equal(200, code);
        foreach (string line in new[]
        {
            "# TYPE :tensorflow:serving:request_count counter",
            ":tensorflow:serving:request_count{model_name=\"half_plus_two\",status=\"OK\"} 2",
            ":tensorflow:serving:request_count{model_name=\"half_plus_two\",status=\"INVALID_ARGUMENT\"} 1",
            ":tensorflow:serving:request_count{model_name=\"unknown\",status=\"NOT_FOUND\"} 1",
            ":tensorflow:serving:request_latency_count{model_name=\"half_plus_two\",API=\"Predict\",entrypoint=\"GRPC\"} 1",
            ":tensorflow:serving:request_latency_bucket{model_name=\"half_plus_two\",API=\"predict\",entrypoint=\"REST\",le=\"+Inf\"} 1",
            ":tensorflow:serving:request_example_counts_sum{model=\"half_plus_two\"} 3",
            ":tensorflow:serving:batching_session:queuing_latency_count{thread_pool_name=\"model_server_batch_threads\"} 2",
            "load_attempt_count{model_path=",
        })
            Assert.Contains(line, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_off_unless_a_file_turns_them_on() => Assert.Equal(404, (await GetAsync(await StartHalfPlusTwoAsync(), Metrics)).Code);

    [Fact]
    public async Task Health_follows_the_models()
    {
        Directory.CreateDirectory(At("half_plus_two"));
        var server = await StartAsync(OptionsFor(At("half_plus_two")));
        var client = new Health.HealthClient(ChannelTo(server));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.NotServing, (await client.CheckAsync(new())).Status);
        Assert.Equal((200, 503), ((await GetAsync(server, "healthz")).Code, (await GetAsync(server, "readyz")).Code));
        Directory.Move(SaveHalfPlusTwo("staging"), At("half_plus_two", "1"));
        await UntilAsync(async () => (await client.CheckAsync(new() { Service = "PredictionService" })).Status == HealthCheckResponse.Types.ServingStatus.Serving);
        Assert.Equal(200, (await GetAsync(server, "readyz")).Code);
        await AssertFailsAsync(StatusCode.NotFound, "", async () => await client.CheckAsync(new() { Service = "none" }));
    }

    [Fact]
    public async Task The_page_is_whole_and_its_figures_name_models_and_functions()
    {
        var server = await StartHalfPlusTwoAsync();
        await ClientOf(server).PredictAsync(Request(1));
        var (code, page) = await GetAsync(server, "");
        Assert.Equal(200, code);
        Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var status = JsonDocument.Parse((await GetAsync(server, "status.json")).Body).RootElement;
        var model = status.GetProperty("models")[0];
        Assert.Equal("AVAILABLE", model.GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.Equal("serving_default(x: f32[n]) \u2192 y: f32[n]", model.GetProperty("signatures")[0].GetProperty("text").GetString());
        Assert.Equal("Predict", status.GetProperty("latency").GetProperty("rows")[0].GetProperty("api").GetString());
    }

    [Fact]
    public async Task A_token_is_asked_for()
    {
        var server = await StartHalfPlusTwoAsync(options => options with { BearerToken = "secret" });
        await AssertFailsAsync(StatusCode.Unauthenticated, "bearer token", async () => await ClientOf(server).PredictAsync(Request(1)));
        await AssertFailsAsync(StatusCode.Unauthenticated, "", async () => await ClientOf(server).PredictAsync(Request(1), new Metadata { { "authorization", "Bearer other" } }));
        Assert.Single((await ClientOf(server).PredictAsync(Request(1), new Metadata { { "authorization", "Bearer secret" } })).Outputs);
        Assert.Equal((401, 401, 200), ((await GetAsync(server, "v1/models/half_plus_two")).Code, (await GetAsync(server, "status.json")).Code, (await GetAsync(server, "healthz")).Code));
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/models/half_plus_two")).StatusCode);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, (await new Health.HealthClient(ChannelTo(server)).CheckAsync(new())).Status);
    }

    [Fact]
    public async Task Both_ports_have_certificates_when_asked_for()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        static string Lines(string pem) => string.Join('\n', pem.Split('\n').Select(line => $"\"{line.Trim()}\\n\""));
        File.WriteAllText(At("ssl"), $"server_key: {Lines(key.ExportPkcs8PrivateKeyPem())}\nserver_cert: {Lines(certificate.ExportCertificatePem())}\nclient_verify: false");
        var server = await StartHalfPlusTwoAsync(options => options with { SslConfigFile = At("ssl"), RestApiSsl = true });
        Assert.Equal(("https", "https"), (server.GrpcAddress!.Scheme, server.RestAddress!.Scheme));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, found, _, _) => found!.GetCertHashString() == certificate.GetCertHashString();
        using var channel = GrpcChannel.ForAddress(server.GrpcAddress, new() { HttpHandler = handler });
        Assert.Equal(2.5f, (await new PredictionService.PredictionServiceClient(channel).PredictAsync(Request(1))).Outputs["y"].FloatVal.Single());
    }

    [Fact]
    public async Task A_Unix_socket_serves_too()
    {
        if (OperatingSystem.IsWindows())
            return;
        string path = At("socket");
        await StartHalfPlusTwoAsync(options => options with { GrpcPort = null, GrpcSocketPath = path });
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        };
        using var channel = GrpcChannel.ForAddress("http://localhost", new() { HttpHandler = handler });
        Assert.Equal(2.5f, (await new PredictionService.PredictionServiceClient(channel).PredictAsync(Request(1))).Outputs["y"].FloatVal.Single());
    }

    [Fact]
    public async Task The_end_of_a_server_finishes_what_it_accepted()
    {
        // A batch waits for others for ten minutes, unless the server ends.
        File.WriteAllText(At("batching"), "batch_timeout_micros { value: 600000000 }");
        SaveHalfPlusTwo();
        var server = await ModelServer.StartAsync(OptionsFor(At("half_plus_two")) with { EnableBatching = true, BatchingParametersFile = At("batching") });
        var waiting = ClientOf(server).PredictAsync(Request(1));
        await UntilAsync(async () => JsonDocument.Parse((await GetAsync(server, "status.json")).Body).RootElement.GetProperty("models")[0]
            .GetProperty("versions")[0].GetProperty("leases").GetInt32() > 0);
        await server.DisposeAsync();
        Assert.Equal(2.5f, (await waiting).Outputs["y"].FloatVal.Single());
    }
}
