using Grpc.Core;
using TensorGraph.Protocol.TensorflowServing;
using TensorGraph.Serving;

namespace TensorGraph.Tests;

/// <summary>Batching parameters in the folders of versions.</summary>
public sealed class ModelBatchingTests : ServingTest
{
    private const string File = "batching_params.pbtxt";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_that_a_graph_refuses_fails_alone(bool isFilled)
    {
        SavedModel.Save(At("m", "1"), [new("serving_default", GraphFunction.Of(Programs.Positive).GetConcreteFunction(TensorSpec.Parse("f32[n]"))) { Outputs = ["y"] }]);
        var signature = SavedModelPlatform.Load(At("m", "1")).Signatures["serving_default"];
        Assert.True(signature.IsPure);
        using var scheduler = new BatchScheduler(new() { Threads = 1 }, new());
        var settings = new BatchingSettings { MaxBatchSize = 3, MostExecuted = 3, AllowedSizes = isFilled ? [2, 3] : [], Timeout = TimeSpan.FromMinutes(10) };
        var version = new ModelVersion("m", 1, At("m", "1"), "tensorgraph");
        var tasks = new[] { 1f, -2, 3 }.Select(number => scheduler.RunAsync(
            version, signature, settings, new Dictionary<string, Literal> { ["x"] = new(new(DType.F32, [1]), new[] { number }) }, CancellationToken.None)).ToArray();
        Assert.Equal("[1]", $"{(await tasks[0])["y"]}");
        Assert.Equal("[3]", $"{(await tasks[2])["y"]}");
        var fault = await Assert.ThrowsAnyAsync<GraphException>(() => tasks[1]);
        Assert.Contains("x is [-2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_version_has_its_own_parameters_and_one_without_is_not_batched()
    {
        Save("small", "max_batch_size { value: 2 } thread_pool_name { value: 'ignored' }");
        Save("large", "max_batch_size { value: 4 }");
        Save("alone", null);
        var server = await StartAsync(perModel: true, "small", "large", "alone");
        await AssertLimitAsync(server, "small", 2);
        await AssertLimitAsync(server, "large", 4);
        Assert.Equal(9, (await ClientOf(server).PredictAsync(Rows("alone", 9))).Outputs["y"].FloatVal.Count);
        string metrics = (await GetAsync(server, "monitoring/prometheus/metrics")).Body;
        Assert.Contains("processed_batch_size_count{model_name=\"small\"}", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("processed_batch_size_count{model_name=\"alone\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("queuing_latency_count{thread_pool_name=\"shared\"}", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_flag_the_files_do_not_count()
    {
        Save("small", "max_batch_size { value: 2 }");
        var server = await StartAsync(perModel: false, "small");
        await AssertLimitAsync(server, "small", 3);
    }

    [Theory]
    [InlineData("max_batch_size { value: 0 }", "max_batch_size must be positive")]
    [InlineData("no field: 1", "TG1016: model_server: the file")]
    public async Task A_file_that_can_not_be_used_keeps_the_version_from_loading(string text, string reason)
    {
        Save("bad", text);
        var server = await StartAsync(perModel: true, "bad");
        var status = (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = "bad" } })).ModelVersionStatus.Single();
        Assert.Equal(ModelVersionStatus.Types.State.End, status.State);
        Assert.Contains(reason, status.Status.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_flag_alone_is_refused()
    {
        var options = OptionsFor(At()) with { EnablePerModelBatchingParameters = true };
        var fault = await Assert.ThrowsAsync<GraphException>(() => ModelServer.StartAsync(options));
        Assert.Contains("enable_batching is not", fault.Problem, StringComparison.Ordinal);
    }

    private async Task AssertLimitAsync(ModelServer server, string model, int most)
    {
        var client = ClientOf(server);
        Assert.Equal(most, (await client.PredictAsync(Rows(model, most))).Outputs["y"].FloatVal.Count);
        await AssertFailsAsync(
            StatusCode.InvalidArgument, Text($"Task size {most + 1} is larger than maximum input batch size {most}"),
            async () => await client.PredictAsync(Rows(model, most + 1)));
    }

    private static PredictRequest Rows(string model, int rows)
    {
        var request = Request(new float[rows]);
        request.ModelSpec.Name = model;
        return request;
    }

    private void Save(string model, string? parameters)
    {
        string folder = SaveHalfPlusTwo(model, "1");
        if (parameters is not null)
            System.IO.File.WriteAllText(Path.Combine(folder, File), parameters);
    }

    private Task<ModelServer> StartAsync(bool perModel, params string[] models)
    {
        string list = At("models"), shared = At("shared"), monitoring = At("monitoring");
        System.IO.File.WriteAllText(list, $"model_config_list {{ {string.Concat(models.Select(model => $"config {{ name: '{model}' base_path: '{At(model)}' }} "))} }}");
        System.IO.File.WriteAllText(shared, "max_batch_size { value: 3 } thread_pool_name { value: 'shared' }");
        System.IO.File.WriteAllText(monitoring, "prometheus_config { enable: true }");
        return StartAsync(new ModelServerOptions
        {
            ModelConfigFile = list,
            GrpcPort = 0,
            RestPort = 0,
            EnableBatching = true,
            EnablePerModelBatchingParameters = perModel,
            BatchingParametersFile = shared,
            MonitoringConfigFile = monitoring,
        });
    }
}
