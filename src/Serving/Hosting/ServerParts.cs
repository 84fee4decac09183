using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace TensorGraph.Serving;

/// <summary>Everything that a server is made of, and the order in which it starts and ends.</summary>
internal sealed class ServerParts : IAsyncDisposable
{
    private readonly ILoggerFactory _logs;
    private readonly ILogger _log;
    private readonly ServerMetrics _metrics = new();
    private readonly BatchScheduler? _batching;
    private readonly ConfigWatch _configuration;
    private readonly HealthWatch _health;
    private readonly WebApplication? _grpc;
    private readonly WebApplication? _rest;

    private ServerParts(ModelServerOptions options)
    {
        Check(options);
        var models = ConfigFiles.Models(options);
        var batching = ConfigFiles.Batching(options);
        string? metricsPath = ConfigFiles.MetricsPath(options);
        var tls = ConfigFiles.Tls(options);
        _logs = LoggerFactory.Create(logging => options.ConfigureLogging?.Invoke(logging));
        _log = _logs.CreateLogger("TensorGraph.Serving");
        var settings = new ServerSettings
        {
            Limits = new(options.MaxTensorBytes),
            SerializesAsContent = options.EnableSerializationAsTensorContent,
            ChecksMethod = options.EnableSignatureMethodNameCheck,
        };
        var warmUp = new WarmUp(options.EnableModelWarmup, options.NumRequestIterationsForWarmup, settings, _metrics, _log);
        Registry = new(SettingsOf(options), new ModelLoader(warmUp, new(batching, options.EnablePerModelBatchingParameters), _metrics, _log), _log);
        _batching = batching is null ? null : new(batching, _metrics);
        if (_batching is not null)
            Registry.Ended += _batching.Forget;
        var calls = new ModelCalls(Registry, _batching, _metrics, settings);
        var record = new RequestRecord(_metrics, Registry, _log);
        var answers = new GrpcAnswers(record);
        var infer = new InferCalls(calls);
        _configuration = new(options, models, Registry, _log);
        _health = new(Registry);
        if (options.GrpcPort is not null || options.GrpcSocketPath is not null)
        {
            _grpc = WebHosts.Grpc(options, tls, services => services
                .AddSingleton(new PredictionGrpc(calls, answers)).AddSingleton(new ModelGrpc(Registry, answers, _log))
                .AddSingleton(new InferGrpc(infer, answers)).AddSingleton(_health.Service));
        }

        if (options.RestPort is not null)
        {
            var timeout = TimeSpan.FromMilliseconds(options.RestApiTimeoutInMs);
            var rest = new RestRoutes(
                options, Registry, _metrics, metricsPath, new RestApi(calls, record, options.RestApiWritesNonFinite, timeout),
                new InferRest(infer, record, options.RestApiWritesNonFinite, timeout));
            _rest = WebHosts.Rest(options, tls, rest.AnswerAsync);
        }
    }

    public ModelRegistry Registry { get; }

    public Uri? GrpcAddress => AddressOf(_grpc);

    public Uri? RestAddress => AddressOf(_rest);

    public static async Task<ServerParts> StartAsync(ModelServerOptions options, CancellationToken cancellation)
    {
        var parts = new ServerParts(options);
        try
        {
            await parts._configuration.StartAsync(cancellation).ConfigureAwait(false);
            parts._health.Start();
            await StartAsync(parts._grpc, options.GrpcPort, cancellation).ConfigureAwait(false);
            await StartAsync(parts._rest, options.RestPort, cancellation).ConfigureAwait(false);
            ServerLog.Started(parts._log, parts.GrpcAddress?.ToString() ?? "-", parts.RestAddress?.ToString() ?? "-");
            return parts;
        }
        catch
        {
            await parts.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _health.Stop();
        await _configuration.DisposeAsync().ConfigureAwait(false);
        _batching?.Hurry();
        // Both take nothing more, and wait for what they have accepted.
        await Task.WhenAll(StopAsync(_grpc), StopAsync(_rest)).ConfigureAwait(false);
        _batching?.Dispose();
        await Registry.DisposeAsync().ConfigureAwait(false);
        _logs.Dispose();
    }

    private static async Task StartAsync(WebApplication? app, int? port, CancellationToken cancellation)
    {
        try
        {
            await (app?.StartAsync(cancellation) ?? Task.CompletedTask).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            throw ConfigFiles.Bad($"port {port} can't be used: {fault.Message}", fault);
        }
    }

    private static async Task StopAsync(WebApplication? app)
    {
        if (app is null)
            return;
        await app.StopAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    private static Uri? AddressOf(WebApplication? app) =>
        app?.Urls.FirstOrDefault(url => !url.Contains("unix:", StringComparison.Ordinal)) is { } url ? new(url) : null;

    private static void Check(ModelServerOptions options)
    {
        if (options.GrpcPort is null && options.RestPort is null && options.GrpcSocketPath is null)
            throw ConfigFiles.Bad("there is no port");
        if (options.GrpcPort is > 0 && options.GrpcPort == options.RestPort)
            throw ConfigFiles.Bad($"gRPC and REST have the same port, {options.RestPort}");
        if (options.GrpcPort is < 0 or > ushort.MaxValue || options.RestPort is < 0 or > ushort.MaxValue)
            throw ConfigFiles.Bad("a port is a number up to 65535");
        if (!System.Net.IPAddress.TryParse(options.BindAddress, out _))
            throw ConfigFiles.Bad($"'{options.BindAddress}' is no IP address");
        if (options.RestApiTimeoutInMs <= 0 || options.MaxRequestBytes <= 0 || options.MaxTensorBytes <= 0)
            throw ConfigFiles.Bad("times and sizes must be positive");
        if (options.OnnxRuntimePath is { } folder && !OnnxRuntimeFolder.TryUse(folder))
            throw ConfigFiles.Bad($"the folder '{folder}' has no {OnnxRuntimeFolder.AssemblyName}.dll");
        if (options.BearerToken is { Length: 0 })
            throw ConfigFiles.Bad("the bearer token is empty");
    }

    private static RegistrySettings SettingsOf(ModelServerOptions options) => new()
    {
        Poll = options.FileSystemPollWaitSeconds > 0 ? TimeSpan.FromSeconds(options.FileSystemPollWaitSeconds) : null,
        LoadThreads = Math.Max(1, options.NumLoadThreads),
        Retries = Math.Max(0, options.MaxNumLoadRetries),
        RetryInterval = TimeSpan.FromMicroseconds(Math.Max(0, options.LoadRetryIntervalMicros)),
        AllowsLabelsOfUnavailable = options.AllowVersionLabelsForUnavailableModels,
    };
}
