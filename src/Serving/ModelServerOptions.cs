namespace TensorGraph;

/// <summary>
/// Settings of a <see cref="ModelServer"/>. The flags of TensorFlow Serving have the same names, in snake case: <c>--model_base_path</c> is
/// <see cref="ModelBasePath"/>.
/// </summary>
public sealed record ModelServerOptions
{
    /// <summary>Name of the one model, when there is no file of models.</summary>
    public string ModelName { get; init; } = "default";

    /// <summary>Folder whose numbered folders are the versions of the one model.</summary>
    public string? ModelBasePath { get; init; }

    /// <summary>Platform of the one model: <c>tensorgraph</c>, <c>onnx</c> or <c>onnxruntime</c>; <c>tensorflow</c> stands for the first.</summary>
    public string ModelPlatform { get; init; } = "tensorgraph";

    /// <summary>File that lists models, in the text format of <c>ModelServerConfig</c>.</summary>
    public string? ModelConfigFile { get; init; }

    /// <summary>Seconds between two readings of the file of models; 0 for one at the start.</summary>
    public int ModelConfigFilePollWaitSeconds { get; init; }

    /// <summary>Seconds between two looks for versions; 0 for one look, less for none after the first.</summary>
    public double FileSystemPollWaitSeconds { get; init; } = 1;

    /// <summary>Address that the server listens at: only this machine, unless set.</summary>
    public string BindAddress { get; init; } = "127.0.0.1";

    /// <summary>Port for gRPC; 0 for one that is free, null for none.</summary>
    public int? GrpcPort { get; init; } = 8500;

    /// <summary>Path of a Unix socket for gRPC beside the port, or null.</summary>
    public string? GrpcSocketPath { get; init; }

    /// <summary>Port for REST and the status page; 0 for one that is free, null for none.</summary>
    public int? RestPort { get; init; }

    /// <summary>Milliseconds after which a REST request fails.</summary>
    public int RestApiTimeoutInMs { get; init; } = 30_000;

    /// <summary>True: pages of other sites may call the REST interface.</summary>
    public bool RestApiEnableCorsSupport { get; init; }

    /// <summary>False: NaN and infinities in replies of REST, which JSON has no numbers for, are an error rather than bare words.</summary>
    public bool RestApiWritesNonFinite { get; init; } = true;

    /// <summary>The most bytes of a request.</summary>
    public int MaxRequestBytes { get; init; } = int.MaxValue;

    /// <summary>The most bytes of a tensor of a request.</summary>
    public long MaxTensorBytes { get; init; } = 1L << 30;

    /// <summary>True: requests that wait at one time run together.</summary>
    public bool EnableBatching { get; init; }

    /// <summary>File of batching parameters, in the text format of <c>BatchingParameters</c>.</summary>
    public string? BatchingParametersFile { get; init; }

    /// <summary>
    /// True: parameters of each model are in the file <c>batching_params.pbtxt</c> of its versions; a version without one is not batched.
    /// </summary>
    public bool EnablePerModelBatchingParameters { get; init; }

    /// <summary>
    /// Folder with <c>Microsoft.ML.OnnxRuntime.dll</c> and its native library, for models of the platform <c>onnxruntime</c> in a program that does
    /// not reference the package; null where it does. The whole process uses it.
    /// </summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>False: no version is run before it answers requests.</summary>
    public bool EnableModelWarmup { get; init; } = true;

    /// <summary>How often each recorded warm-up request runs; 0 for once.</summary>
    public int NumRequestIterationsForWarmup { get; init; }

    /// <summary>Versions that are loaded at one time while requests are answered; 0 for one.</summary>
    public int NumLoadThreads { get; init; }

    /// <summary>Attempts to load a version after a first one that failed.</summary>
    public int MaxNumLoadRetries { get; init; } = 5;

    /// <summary>Microseconds between two attempts to load a version.</summary>
    public long LoadRetryIntervalMicros { get; init; } = 60_000_000;

    /// <summary>True: a label may be given to a version before it is loaded, if no other version has it.</summary>
    public bool AllowVersionLabelsForUnavailableModels { get; init; }

    /// <summary>True: the task of a signature must be that of the call.</summary>
    public bool EnableSignatureMethodNameCheck { get; init; }

    /// <summary>True: numbers of gRPC replies are bytes rather than lists.</summary>
    public bool EnableSerializationAsTensorContent { get; init; }

    /// <summary>File that turns the Prometheus metrics on, in the text format of <c>MonitoringConfig</c>.</summary>
    public string? MonitoringConfigFile { get; init; }

    /// <summary>File with the key and certificates of the gRPC port, in the text format of <c>SSLConfig</c>.</summary>
    public string? SslConfigFile { get; init; }

    /// <summary>True: the REST port uses the certificates of <see cref="SslConfigFile"/> too.</summary>
    public bool RestApiSsl { get; init; }

    /// <summary>Text that each request must bring along, as <c>authorization: Bearer TEXT</c>; null for none. Health needs no token.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Seconds that the server waits at its end for requests that it has accepted.</summary>
    public double ShutdownTimeoutSeconds { get; init; } = 30;

    /// <summary>Adds targets of the log; without one nothing is logged.</summary>
    public Action<Microsoft.Extensions.Logging.ILoggingBuilder>? ConfigureLogging { get; init; }
}
