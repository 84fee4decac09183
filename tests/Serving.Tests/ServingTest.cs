using System.Globalization;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Tests;

/// <summary>A folder with models, and a server on free ports of this machine.</summary>
public abstract class ServingTest : TemporaryFolder, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _servers = [];
    private readonly List<GrpcChannel> _channels = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    /// <summary>Saves a model whose answers are those of TensorFlow Serving's example.</summary>
    protected string SaveHalfPlusTwo(string model = "half_plus_two", string version = "00000123", bool isThree = false)
    {
        string folder = At(model, version);
        ConcreteFunction Of(string spec) => isThree
            ? GraphFunction.Of(Programs.HalfPlusThree).GetConcreteFunction(TensorSpec.Parse(spec)) : GraphFunction.Of(Programs.HalfPlusTwo).GetConcreteFunction(TensorSpec.Parse(spec));
        SavedModel.Save(folder, [
            new("serving_default", Of("f32[n]")) { Outputs = ["y"] },
            new("regress_x_to_y", Of("f32[n, 1]")) { Outputs = ["outputs"], Method = SignatureMethod.Regress },
            new("classify_x_to_y", GraphFunction.Of(Programs.Scores).GetConcreteFunction(TensorSpec.Parse("f32[n, 1]"))) { Outputs = ["scores"], Method = SignatureMethod.Classify },
        ]);
        return folder;
    }

    protected static ModelServerOptions OptionsFor(string basePath, string name = "half_plus_two") => new()
    {
        ModelName = name,
        ModelBasePath = basePath,
        GrpcPort = 0,
        RestPort = 0,
        FileSystemPollWaitSeconds = 0.05,
    };

    protected async Task<ModelServer> StartAsync(ModelServerOptions options)
    {
        var server = await ModelServer.StartAsync(options);
        _servers.Add(server);
        return server;
    }

    /// <summary>A server of the example.</summary>
    protected Task<ModelServer> StartHalfPlusTwoAsync(Func<ModelServerOptions, ModelServerOptions>? change = null)
    {
        SaveHalfPlusTwo();
        var options = OptionsFor(At("half_plus_two"));
        return StartAsync(change?.Invoke(options) ?? options);
    }

    internal GrpcChannel ChannelTo(ModelServer server)
    {
        var channel = GrpcChannel.ForAddress(server.GrpcAddress!);
        _channels.Add(channel);
        return channel;
    }

    internal PredictionService.PredictionServiceClient ClientOf(ModelServer server) => new(ChannelTo(server));

    internal ModelService.ModelServiceClient ModelsOf(ModelServer server) => new(ChannelTo(server));

    protected static async Task<(int Code, string Body)> PostAsync(ModelServer server, string path, string json)
    {
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        var reply = await client.PostAsync(path, new StringContent(json, Encoding.UTF8));
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }

    protected static async Task<(int Code, string Body)> GetAsync(ModelServer server, string path)
    {
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        var reply = await client.GetAsync(path);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }

    /// <summary>JSON without spaces between values.</summary>
    protected static string Compact(string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonSerializer.Serialize(document.RootElement);
    }

    internal static PredictRequest Request(params ReadOnlySpan<float> values) => new()
    {
        ModelSpec = new() { Name = "half_plus_two" },
        Inputs = { ["x"] = Floats(values) },
    };

    internal static TensorProto Floats(ReadOnlySpan<float> values, params long[] shape)
    {
        var proto = new TensorProto { Dtype = DataType.DtFloat, TensorShape = new() };
        foreach (long size in shape.Length > 0 ? shape : [values.Length])
            proto.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = size });
        proto.FloatVal.AddRange(values.ToArray());
        return proto;
    }

    internal static async Task AssertFailsAsync(StatusCode status, string text, Func<Task> call)
    {
        var fault = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(fault.StatusCode == status, $"{fault.StatusCode}, not {status}: {fault.Status.Detail}");
        Assert.Contains(text, fault.Status.Detail, StringComparison.Ordinal);
    }

    /// <summary>Waits for something that happens in another thread; a limit is for a test that would never end.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (int i = 0; i < 6000; i++)
        {
            if (await condition())
                return;
            await Task.Delay(10);
        }

        Assert.Fail("It has not happened within a minute.");
    }

    protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
