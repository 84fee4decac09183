using System.CommandLine;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph serve</c>: a model server with the flags of TensorFlow Serving, until the process is told to end.</summary>
internal static class ServeCommand
{
    // Ports that are 0 are off, as there.
    private const int Off = 0;

    private static readonly ModelServerOptions s_usual = new();

    public static Command Create(Output output)
    {
        var flags = new ServeFlags();
        var command = new Command("serve", "Serves saved models over gRPC and REST, with the flags of TensorFlow Serving");
        foreach (var option in flags.All)
            command.Add(option);
        command.SetAction(parsed => Serve(flags.Read(parsed) with { ConfigureLogging = logging =>
            Log(logging, parsed.GetValue(flags.LogFormat)!) }, output));
        return command;
    }

    private static int Serve(ModelServerOptions options, Output output)
    {
        using var end = new ManualResetEventSlim();
        // The runtime must not end the process: accepted requests are answered first.
        void End(PosixSignalContext context)
        {
            context.Cancel = true;
            end.Set();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        var server = ModelServer.StartAsync(options).GetAwaiter().GetResult();
        try
        {
            output.Line($"gRPC {server.GrpcAddress?.ToString() ?? "off"}, REST {server.RestAddress?.ToString() ?? "off"}");
            output.Writer.Flush();
            end.Wait();
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        return App.Ok;
    }

    // Results go to the standard output, the log to the error stream.
    private static void Log(ILoggingBuilder logging, string format)
    {
        if (format == "json")
            logging.AddJsonConsole(json => json.TimestampFormat = "O");
        else
            logging.AddSimpleConsole(simple => (simple.SingleLine, simple.TimestampFormat, simple.UseUtcTimestamp) = (true, "HH:mm:ss.fff ", true));
        logging.Services.AddErrorStream();
    }

    private static void AddErrorStream(this IServiceCollection services) =>
            services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

    /// <summary>The flags.</summary>
    private sealed class ServeFlags
    {
        private readonly Option<int> _port = Flag("--port", s_usual.GrpcPort!.Value, "Port for gRPC; 0 for none");
        private readonly Option<int> _restPort = Flag("--rest_api_port", Off, "Port for REST and the status page; 0 for none");
        private readonly Option<string?> _socket = Flag<string?>("--grpc_socket_path", null, "Unix socket for gRPC beside the port");
        private readonly Option<string> _address = Flag("--bind_address", s_usual.BindAddress, "IP address to listen at; 0.0.0.0 for all");
        private readonly Option<string> _name = Flag("--model_name", s_usual.ModelName, "Name of the one model");
        private readonly Option<string?> _path = Flag<string?>("--model_base_path", null, "Folder with the numbered folders of its versions");
        private readonly Option<string> _platform = Flag("--model_platform", s_usual.ModelPlatform, "Platform of the one model");
        private readonly Option<string?> _models = Flag<string?>("--model_config_file", null, "File that lists models");
        private readonly Option<int> _modelsPoll = Flag("--model_config_file_poll_wait_seconds", 0, "Seconds between two readings of that file; 0 for one");
        private readonly Option<double> _poll = Flag("--file_system_poll_wait_seconds", 1.0, "Seconds between two looks for versions; 0 for one");
        private readonly Option<int> _timeout = Flag("--rest_api_timeout_in_ms", s_usual.RestApiTimeoutInMs, "Milliseconds for a REST request");
        private readonly Option<bool> _cors = Flag("--rest_api_enable_cors_support", false, "Lets pages of other sites call");
        private readonly Option<bool> _nonFinite = Flag("--rest_api_writes_non_finite", true, "Writes NaN and infinities, which are no JSON");
        private readonly Option<bool> _batching = Flag("--enable_batching", false, "Runs requests that wait together");
        private readonly Option<string?> _batchingFile = Flag<string?>("--batching_parameters_file", null, "File of batching parameters");
        private readonly Option<bool> _perModel = Flag("--enable_per_model_batching_parameters", false, "Reads batching_params.pbtxt of each version");
        private readonly Option<string?> _onnxRuntime = Flag<string?>("--onnxruntime_path", null, "Folder with ONNX Runtime, for the platform onnxruntime");
        private readonly Option<bool> _warmup = Flag("--enable_model_warmup", true, "Runs a version before it answers");
        private readonly Option<int> _iterations = Flag("--num_request_iterations_for_warmup", 0, "Runs of each recorded request");
        private readonly Option<int> _loadThreads = Flag("--num_load_threads", 0, "Versions that load at one time");
        private readonly Option<int> _retries = Flag("--max_num_load_retries", s_usual.MaxNumLoadRetries, "Attempts after a load that failed");
        private readonly Option<long> _retryInterval = Flag("--load_retry_interval_micros", s_usual.LoadRetryIntervalMicros, "Microseconds between them");
        private readonly Option<bool> _labels = Flag("--allow_version_labels_for_unavailable_models", false, "Lets a new label come before its version");
        private readonly Option<bool> _methods = Flag("--enable_signature_method_name_check", false, "Compares the task of a signature with the call");
        private readonly Option<bool> _content = Flag("--enable_serialization_as_tensor_content", false, "Numbers of gRPC replies are bytes");
        private readonly Option<string?> _monitoring = Flag<string?>("--monitoring_config_file", null, "File that turns Prometheus metrics on");
        private readonly Option<string?> _ssl = Flag<string?>("--ssl_config_file", null, "File with key and certificates of the gRPC port");
        private readonly Option<bool> _restSsl = Flag("--rest_api_ssl", false, "Uses them for REST too");
        private readonly Option<string?> _token = Flag<string?>("--bearer_token_file", null, "File with the token that requests must bring");
        private readonly Option<int> _requestBytes = Flag("--max_request_bytes", s_usual.MaxRequestBytes, "The most bytes of a request");
        private readonly Option<long> _tensorBytes = Flag("--max_tensor_bytes", s_usual.MaxTensorBytes, "The most bytes of a tensor of a request");
        private readonly Option<double> _shutdown = Flag("--shutdown_timeout_seconds", s_usual.ShutdownTimeoutSeconds, "Seconds for requests at the end");

        public Option<string> LogFormat { get; } = Flag("--log_format", "text", "text or json");

        public IEnumerable<Option> All =>
        [
            _port, _restPort, _socket, _address, _name, _path, _platform, _models, _modelsPoll, _poll, _timeout, _cors, _nonFinite,
                _batching, _batchingFile, _perModel, _onnxRuntime,
            _warmup, _iterations, _loadThreads, _retries, _retryInterval, _labels, _methods, _content, _monitoring, _ssl, _restSsl, _token,
                _requestBytes,
            _tensorBytes, _shutdown, LogFormat,
        ];

        public ModelServerOptions Read(ParseResult parsed) => new()
        {
            GrpcPort = PortOf(parsed.GetValue(_port)),
            RestPort = PortOf(parsed.GetValue(_restPort)),
            GrpcSocketPath = parsed.GetValue(_socket),
            BindAddress = parsed.GetValue(_address)!,
            ModelName = parsed.GetValue(_name)!,
            ModelBasePath = parsed.GetValue(_path),
            ModelPlatform = parsed.GetValue(_platform)!,
            ModelConfigFile = parsed.GetValue(_models),
            ModelConfigFilePollWaitSeconds = parsed.GetValue(_modelsPoll),
            FileSystemPollWaitSeconds = parsed.GetValue(_poll),
            RestApiTimeoutInMs = parsed.GetValue(_timeout),
            RestApiEnableCorsSupport = parsed.GetValue(_cors),
            RestApiWritesNonFinite = parsed.GetValue(_nonFinite),
            EnableBatching = parsed.GetValue(_batching),
            BatchingParametersFile = parsed.GetValue(_batchingFile),
            EnablePerModelBatchingParameters = parsed.GetValue(_perModel),
            OnnxRuntimePath = parsed.GetValue(_onnxRuntime),
            EnableModelWarmup = parsed.GetValue(_warmup),
            NumRequestIterationsForWarmup = parsed.GetValue(_iterations),
            NumLoadThreads = parsed.GetValue(_loadThreads),
            MaxNumLoadRetries = parsed.GetValue(_retries),
            LoadRetryIntervalMicros = parsed.GetValue(_retryInterval),
            AllowVersionLabelsForUnavailableModels = parsed.GetValue(_labels),
            EnableSignatureMethodNameCheck = parsed.GetValue(_methods),
            EnableSerializationAsTensorContent = parsed.GetValue(_content),
            MonitoringConfigFile = parsed.GetValue(_monitoring),
            SslConfigFile = parsed.GetValue(_ssl),
            RestApiSsl = parsed.GetValue(_restSsl),
            BearerToken = parsed.GetValue(_token) is { } file ? File.ReadAllText(file).Trim() : null,
            MaxRequestBytes = parsed.GetValue(_requestBytes),
            MaxTensorBytes = parsed.GetValue(_tensorBytes),
            ShutdownTimeoutSeconds = parsed.GetValue(_shutdown),
        };

        private static int? PortOf(int port) => port == Off ? null : port;

        private static Option<T> Flag<T>(string name, T otherwise, string description) =>
            new(name) { Description = description, DefaultValueFactory = _ => otherwise };
    }
}
