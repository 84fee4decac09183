namespace TensorGraph.Tests;

public sealed class TG1016Tests : ServingTest
{
    [Fact]
    public async Task Settings_that_do_not_go_together_are_refused()
    {
        var options = OptionsFor(At("m"));
        await Refused(options with { ModelBasePath = null }, "neither a model_base_path nor a model_config_file");
        await Refused(options with { GrpcPort = null, RestPort = null }, "no port");
        await Refused(options with { GrpcPort = 70_000 }, "up to 65535");
        await Refused(options with { BindAddress = "here" }, "'here' is no IP address");
        await Refused(options with { BatchingParametersFile = At("b") }, "enable_batching is not set");
        await Refused(options with { RestApiSsl = true }, "no ssl_config_file");
        await Refused(options with { BearerToken = "" }, "token is empty");
        await Refused(options with { ModelPlatform = "x" }, "unknown platform 'x'");
    }

    [Theory]
    [InlineData("model_config_list {", "line 1: '}' is missing")]
    [InlineData("model_config_list {\n config { nam: 'x' } }", "line 2: ModelConfig has no field 'nam'")]
    [InlineData("model_config_list { config { name 'x' } }", "':' is missing after 'name'")]
    [InlineData("model_config_list { config { name: x } }", "'x' is no value of 'name'")]
    [InlineData("model_config_list { config { name: \"x", "a string does not end")]
    [InlineData("model_config_list { config { version_labels { value: 3 } } }", "an entry of a map has no key")]
    [InlineData("model_config_list { config { model_version_policy { latest { num_versions: 1 }\n all { } } } }", "line 2: 'latest' and 'all' are there, and only one of them may be")]
    [InlineData("model_config_list { }\ncustom_model_config { }", "line 2: 'model_config_list' and 'custom_model_config' are there")]
    [InlineData("model_config_list { config { name: 'a' name: 'b' } }", "'name' is there twice")]
    [InlineData("model_config_list { config { name: ['a', 'b'] } }", "'name' is no list")]
    [InlineData("model_config_list { config { version_labels { key: 'a' value: 1 } version_labels { key: 'a' value: 2 } } }", "'version_labels' has the key 'a' twice")]
    [InlineData("", "no model_config_list")]
    [InlineData("model_config_list { config { name: 'a' base_path: 'b' } }", "absolute path")]
    public async Task A_list_of_models_that_is_wrong_is_refused_with_its_line(string text, string problem)
    {
        string file = At("models.config");
        File.WriteAllText(file, text);
        await Refused(new() { ModelConfigFile = file, GrpcPort = 0 }, problem);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_has_no_certificate_is_refused()
    {
        await Refused(new() { ModelConfigFile = At("none"), GrpcPort = 0 }, "can't be read as ModelServerConfig");
        File.WriteAllText(At("ssl"), "server_key: 'k' server_cert: 'c'");
        await Refused(OptionsFor(At("m")) with { SslConfigFile = At("ssl") }, "no certificate and key");
    }

    private static async Task Refused(ModelServerOptions options, string problem)
    {
        var fault = await Assert.ThrowsAsync<GraphException>(() => ModelServer.StartAsync(options));
        Assert.Equal(DiagnosticIds.BadServerSettings, fault.Id);
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }
}
