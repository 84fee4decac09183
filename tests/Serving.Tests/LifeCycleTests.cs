using Grpc.Core;
using TensorGraph.Protocol.TensorflowError;
using TensorGraph.Protocol.TensorflowServing;
using State = TensorGraph.Protocol.TensorflowServing.ModelVersionStatus.Types.State;

namespace TensorGraph.Tests;

/// <summary>Versions that come, go and fail while the server runs.</summary>
public sealed class LifeCycleTests : ServingTest
{
    private const string Name = "half_plus_two";

    [Fact]
    public async Task A_new_version_takes_over_and_its_removal_rolls_back()
    {
        SaveHalfPlusTwo(version: "1");
        var server = await StartAsync(OptionsFor(At(Name)));
        var client = ClientOf(server);
        Assert.Equal(1, await VersionOf(client));
        Add("2", isThree: true);
        await UntilAsync(async () => await VersionOf(client) == 2);
        Assert.Equal(3.5f, (await client.PredictAsync(Request(1))).Outputs["y"].FloatVal.Single());
        await UntilAsync(async () => await StateOf(server, 1) == State.End);
        await AssertFailsAsync(StatusCode.NotFound, "Specific(half_plus_two, 1)", async () => await client.PredictAsync(Version(1)));
        Directory.Delete(At(Name, "2"), recursive: true);
        await UntilAsync(async () => await VersionOf(client) == 1);
        await UntilAsync(async () => await StateOf(server, 2) == State.End);
    }

    [Fact]
    public async Task A_version_that_fails_to_load_leaves_the_old_one_and_says_why()
    {
        SaveHalfPlusTwo(version: "1");
        var server = await StartAsync(OptionsFor(At(Name)));
        Directory.CreateDirectory(At(Name, "3"));
        File.WriteAllText(At(Name, "3", "saved_model.json"), "{}");
        await UntilAsync(async () => await StateOf(server, 3) == State.End);
        var status = (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = Name } })).ModelVersionStatus;
        Assert.Equal([3, 1], status.Select(version => version.Version));
        Assert.Equal(Code.InvalidArgument, status[0].Status.ErrorCode);
        Assert.Contains("TG1006", status[0].Status.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(State.Available, status[1].State);
        Assert.Equal(1, await VersionOf(ClientOf(server)));
        Assert.True(server.IsReady);
    }

    [Theory]
    [InlineData("saved_model.json")]
    [InlineData("batching_params.pbtxt")]
    [InlineData("assets.extra/tf_serving_warmup_requests")]
    public async Task A_pipe_in_the_folder_of_a_version_is_refused(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        SaveHalfPlusTwo(version: "1");
        var server = await StartAsync(OptionsFor(At(Name)) with { EnableBatching = true, EnablePerModelBatchingParameters = true });
        string folder = SaveHalfPlusTwo("made", "3");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
        File.Delete(Path.Combine(folder, file));
        NamedPipe.Make(Path.Combine(folder, file));
        Directory.Move(folder, At(Name, "3"));
        await UntilAsync(async () => await StateOf(server, 3) == State.End);
        var status = (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = Name } })).ModelVersionStatus;
        Assert.Equal(Code.InvalidArgument, status[0].Status.ErrorCode);
        Assert.Contains($"'{Path.GetFileName(file)}' is no regular file", status[0].Status.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, await VersionOf(ClientOf(server)));
    }

    [Fact]
    public async Task A_failed_load_is_tried_again()
    {
        Directory.CreateDirectory(At(Name, "1"));
        var server = await StartAsync(OptionsFor(At(Name)) with { LoadRetryIntervalMicros = 20_000, MaxNumLoadRetries = 100_000 });
        Assert.False(server.IsReady);
        Assert.Equal(503, (await GetAsync(server, "readyz")).Code);
        SavedModel.Save(At(Name, "1"), [new("serving_default", GraphFunction.Of(Programs.HalfPlusTwo).GetConcreteFunction(TensorSpec.Parse("f32[n]"))) { Outputs = ["y"] }]);
        await UntilAsync(() => Task.FromResult(server.IsReady));
        Assert.Equal(2.5f, (await ClientOf(server).PredictAsync(Request(1))).Outputs["y"].FloatVal.Single());
    }

    [Fact]
    public async Task Folders_that_are_no_numbers_and_a_base_path_that_vanishes_change_nothing()
    {
        SaveHalfPlusTwo(version: "1");
        Directory.CreateDirectory(At(Name, "temp-9"));
        Directory.CreateDirectory(At(Name, "+8"));
        var server = await StartAsync(OptionsFor(At(Name)));
        Directory.Move(At(Name), At("away"));
        await Task.Delay(300);
        Assert.Equal(1, await VersionOf(ClientOf(server)));
        Directory.CreateDirectory(At(Name));
        await UntilAsync(async () => await StateOf(server, 1) == State.End);
        await AssertFailsAsync(StatusCode.NotFound, "Latest(half_plus_two)", async () => await ClientOf(server).PredictAsync(Request(1)));
    }

    [Fact]
    public async Task A_configuration_has_policies_and_labels()
    {
        for (int i = 1; i <= 4; i++)
            SaveHalfPlusTwo(version: $"{i}", isThree: i == 3);
        string file = At("models.config");
        File.WriteAllText(file, $$"""
            # two models
            model_config_list {
              config { name: "m" base_path: "{{At(Name)}}", model_platform: 'tensorflow'
                model_version_policy { specific { versions: 2 versions: 3 } }
                version_labels { key: "stable" value: 2 }; version_labels: { key: "canary" value: 3 } }
              config: < name: "all" base_path: "{{At(Name)}}" model_version_policy { all {} } >
              config { name: "latest" base_path: "{{At(Name)}}" model_version_policy { latest { num_versions: 2 } } }
            }
            """);
        var server = await StartAsync(new() { ModelConfigFile = file, GrpcPort = 0, RestPort = 0 });
        AssertValues([3, 2], await Available(server, "m"));
        AssertValues([4, 3, 2, 1], await Available(server, "all"));
        AssertValues([4, 3], await Available(server, "latest"));
        var client = ClientOf(server);
        Assert.Equal((3.5f, 2.5f), (await Labelled("canary"), await Labelled("stable")));
        Assert.Contains("3.5", (await PostAsync(server, "v1/models/m/labels/canary:predict", """{"instances": [1]}""")).Body, StringComparison.Ordinal);

        async Task<float> Labelled(string label)
        {
            var request = Request(1);
            (request.ModelSpec.Name, request.ModelSpec.VersionLabel) = ("m", label);
            return (await client.PredictAsync(request)).Outputs["y"].FloatVal.Single();
        }
    }

    [Fact]
    public async Task A_reload_replaces_the_list()
    {
        SaveHalfPlusTwo(version: "1");
        SaveHalfPlusTwo("other", "5", isThree: true);
        var server = await StartAsync(OptionsFor(At(Name)));
        var models = ModelsOf(server);
        Assert.Equal(Code.Ok, (await models.HandleReloadConfigRequestAsync(new())).Status.ErrorCode);
        await models.HandleReloadConfigRequestAsync(List(Config(Name, At(Name)), Config("other", At("other"))));
        var request = Request(1);
        request.ModelSpec.Name = "other";
        Assert.Equal(3.5f, (await ClientOf(server).PredictAsync(request)).Outputs["y"].FloatVal.Single());
        await models.HandleReloadConfigRequestAsync(List(Config("other", At("other"))));
        await AssertFailsAsync(StatusCode.NotFound, "Latest(half_plus_two)", async () => await ClientOf(server).PredictAsync(Request(1)));
        await ReloadFails(StatusCode.InvalidArgument, "multiple times", Config("a", "/a"), Config("a", "/a"));
        await ReloadFails(StatusCode.InvalidArgument, "absolute path", Config("a", "a"));
        await ReloadFails(StatusCode.InvalidArgument, "unknown platform", Config("a", "/a", platform: "x"));
        await ReloadFails(StatusCode.InvalidArgument, "change a model's platform", Config("other", At("other"), platform: "tensorflow"));
        await ReloadFails(StatusCode.Unknown, "1 model(s) did not become available: {name: none", Config("other", At("other")), Config("none", At("none")));
        await ReloadFails(StatusCode.FailedPrecondition, "Request to assign label to version 6 of model other", Labelled(6));
        await models.HandleReloadConfigRequestAsync(List(Labelled(5)));
        (request.ModelSpec.VersionLabel, request.ModelSpec.SignatureName) = ("l", "");
        Assert.Equal(5, (await ClientOf(server).PredictAsync(request)).ModelSpec.Version);
        await AssertFailsAsync(StatusCode.InvalidArgument, "Custom", async () => await models.HandleReloadConfigRequestAsync(new() { Config = new() { CustomModelConfig = new() } }));

        async Task ReloadFails(StatusCode status, string text, params ModelConfig[] configs) =>
            await AssertFailsAsync(status, text, async () => await models.HandleReloadConfigRequestAsync(List(configs)));

        ModelConfig Labelled(long version)
        {
            var config = Config("other", At("other"));
            config.VersionLabels["l"] = version;
            return config;
        }
    }

    [Fact]
    public async Task The_file_of_models_is_read_again_and_a_broken_one_changes_nothing()
    {
        SaveHalfPlusTwo(version: "1");
        SaveHalfPlusTwo("other", "1", isThree: true);
        string file = At("models.config");
        Write("a", Name);
        var server = await StartAsync(new() { ModelConfigFile = file, ModelConfigFilePollWaitSeconds = 1, GrpcPort = 0, RestPort = 0 });
        File.WriteAllText(file, "model_config_list {");
        await Task.Delay(1500);
        // Nor does one that would be waited for.
        File.Delete(file);
        if (!OperatingSystem.IsWindows())
            NamedPipe.Make(file);
        await Task.Delay(1500);
        File.Delete(file);
        AssertValues([1], await Available(server, "a"));
        Write("b", "other");
        await UntilAsync(async () => (await GetAsync(server, "v1/models/b")).Code == 200);
        Assert.Equal(404, (await GetAsync(server, "v1/models/a")).Code);

        void Write(string name, string folder) => File.WriteAllText(file, $$"""model_config_list { config { name: "{{name}}" base_path: "{{At(folder)}}" } }""");
    }

    private void Add(string version, bool isThree)
    {
        string folder = SaveHalfPlusTwo("staging", version, isThree);
        Directory.Move(folder, At(Name, version));
    }

    private static ModelConfig Config(string name, string folder, string platform = "") => new() { Name = name, BasePath = folder, ModelPlatform = platform };

    private static ReloadConfigRequest List(params ModelConfig[] configs) => new() { Config = new() { ModelConfigList = new() { Config = { configs } } } };

    private static PredictRequest Version(long version)
    {
        var request = Request(1);
        request.ModelSpec.Version = version;
        return request;
    }

    private static async Task<long> VersionOf(PredictionService.PredictionServiceClient client) =>
        (await client.PredictAsync(Request(1))).ModelSpec.Version!.Value;

    private async Task<State> StateOf(ModelServer server, long version) =>
        (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = Name } })).ModelVersionStatus
            .FirstOrDefault(status => status.Version == version)?.State ?? State.Unknown;

    private async Task<long[]> Available(ModelServer server, string model)
    {
        await UntilAsync(async () => (await Status()).All(status => status.State == State.Available));
        return [.. (await Status()).Select(status => status.Version)];

        async Task<IEnumerable<ModelVersionStatus>> Status() =>
            (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = model } })).ModelVersionStatus;
    }

    private static void AssertValues(long[] expected, long[] actual) => Assert.Equal(expected, actual);
}
