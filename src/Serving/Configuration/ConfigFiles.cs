using Google.Protobuf;
using TensorGraph.Ir;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The files that options name.</summary>
internal static class ConfigFiles
{
    /// <summary>Reads a message from a file.</summary>
    /// <exception cref="GraphException">TG1016: it can't be read.</exception>
    public static T Read<T>(string path)
        where T : IMessage, new()
    {
        try
        {
            return TextProto.Parse<T>(File.ReadAllText(path));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            throw Bad($"the file '{path}' can't be read as {new T().Descriptor.Name}: {fault.Message}", fault);
        }
    }

    /// <summary>The models that options list.</summary>
    public static ModelConfigList Models(ModelServerOptions options)
    {
        if (options.ModelConfigFile is { } file)
        {
            var config = Read<ModelServerConfig>(file);
            return config.ModelConfigList ?? throw Bad($"the file '{file}' has no model_config_list");
        }

        if (options.ModelBasePath is not { Length: > 0 } folder)
            throw Bad("there is neither a model_base_path nor a model_config_file");
        return new()
        {
            Config = { new ModelConfig { Name = options.ModelName, BasePath = Path.GetFullPath(folder), ModelPlatform = options.ModelPlatform } },
        };
    }

    /// <summary>The batching parameters, or null without batching.</summary>
    public static BatchingSettings? Batching(ModelServerOptions options)
    {
        if (!options.EnableBatching)
        {
            return options switch
            {
                { BatchingParametersFile: not null } => throw Bad("there is a batching_parameters_file, and enable_batching is not set"),
                { EnablePerModelBatchingParameters: true } => throw Bad("enable_per_model_batching_parameters is set, and enable_batching is not"),
                _ => null,
            };
        }

        try
        {
            return options.BatchingParametersFile is { } file ? BatchingSettings.From(Read<BatchingParameters>(file)) : new();
        }
        catch (ServingException fault)
        {
            throw Bad($"the batching parameters do not go together: {fault.Message}", fault);
        }
    }

    /// <summary>The path of the metrics, or null where they are off.</summary>
    public static string? MetricsPath(ModelServerOptions options)
    {
        const string Usual = "/monitoring/prometheus/metrics";
        if (options.MonitoringConfigFile is not { } file || Read<MonitoringConfig>(file).PrometheusConfig is not { Enable: true } config)
            return null;
        return config.Path.Length > 0 ? config.Path : Usual;
    }

    /// <summary>The certificates, or null.</summary>
    public static ServerTls? Tls(ModelServerOptions options)
    {
        if (options.SslConfigFile is not { } file)
            return options.RestApiSsl ? throw Bad("rest_api_ssl is set, and there is no ssl_config_file") : null;
        try
        {
            return new(Read<SSLConfig>(file));
        }
        catch (Exception fault) when (fault is System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw Bad($"the file '{file}' has no certificate and key that can be used: {fault.Message}", fault);
        }
    }

    /// <summary>TG1016: settings that can't be used.</summary>
    public static GraphException Bad(string problem, Exception? inner = null) => new(
        DiagnosticIds.BadServerSettings, $"model_server: {problem}", "Mend the settings, or the file that they name: docs/serving.md lists them.", SourceSpan.Capture(), inner);
}
