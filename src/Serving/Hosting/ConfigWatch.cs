using Microsoft.Extensions.Logging;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Applies the list of models at the start, and again when its file is read again.</summary>
internal sealed class ConfigWatch(ModelServerOptions options, ModelConfigList first, ModelRegistry registry, ILogger log) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>Returns when the first attempts to load the models are over.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await registry.ApplyAsync(first, cancellation).ConfigureAwait(false);
        }
        catch (ServingException fault)
        {
            throw ConfigFiles.Bad($"the list of models can't be used: {fault.Message}", fault);
        }

        if (options.ModelConfigFile is { } file && options.ModelConfigFilePollWaitSeconds > 0)
            _loop = WatchAsync(file, TimeSpan.FromSeconds(options.ModelConfigFilePollWaitSeconds));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task WatchAsync(string file, TimeSpan period)
    {
        using var timer = new PeriodicTimer(period);
        string? reported = null;
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_end.Token).ConfigureAwait(false);
                // One that is read again and again can't be a pipe, whose other end would be waited for.
                if (!RegularFile.IsOne(file))
                    throw ConfigFiles.Bad($"the file '{file}' is no regular file");
                await registry.ApplyAsync(ConfigFiles.Models(options), _end.Token).ConfigureAwait(false);
                reported = null;
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is GraphException or ServingException)
            {
                // The same fault once, not at each reading.
                if (reported != fault.Message)
                    ServerLog.ConfigFailed(log, file, fault);
                reported = fault.Message;
            }
        }
    }
}
