using System.Text;

namespace TensorGraph.Serving;

/// <summary>The figures of the server, under the names of TensorFlow Serving.</summary>
internal sealed class ServerMetrics
{
    // Models that nobody configured are one model here: clients must not make the figures grow.
    private const string Unknown = "unknown";

    private readonly Counter _requests = new(":tensorflow:serving:request_count", "model_name", "status");
    private readonly Histogram _latency = new(":tensorflow:serving:request_latency", Histogram.Latencies, "model_name", "API", "entrypoint");
    private readonly Histogram _runtime = new(":tensorflow:serving:runtime_latency", Histogram.Latencies, "model_name", "API", "runtime");
    private readonly Histogram _examples = new(":tensorflow:serving:request_example_counts", Histogram.Sizes, "model");
    private readonly Histogram _warmUps = new(":tensorflow:serving:model_warmup_latency", Histogram.Latencies, "model_path", "status");
    private readonly Histogram _queuing = new(":tensorflow:serving:batching_session:queuing_latency", Histogram.Latencies, "thread_pool_name");
    private readonly Histogram _batches = new(":tensorflow:serving:batching_session:processed_batch_size", Histogram.Sizes, "model_name");
    private readonly Counter _loads = new(":tensorflow:cc:saved_model:load_attempt_count", "model_path", "status");
    private readonly Counter _loadTimes = new(":tensorflow:cc:saved_model:load_latency", "model_path");
    private readonly Counter _runs = new(":tensorflow:core:graph_runs", "model_name");

    /// <summary>Latencies of requests, for the page.</summary>
    public Histogram Latency => _latency;

    /// <summary>Rows of batches, for the page.</summary>
    public Histogram Batches => _batches;

    public void Answered(string? model, string status) => _requests.Add(1, model ?? Unknown, status);

    public void Succeeded(string model, string api, string entry, TimeSpan time) => _latency.Add(time.TotalMicroseconds, model, api, entry);

    public void Ran(string model, string api, TimeSpan time)
    {
        _runtime.Add(time.TotalMicroseconds, model, api, "TensorGraph");
        _runs.Add(1, model);
    }

    public void Counted(string model, long examples) => _examples.Add(examples, model);

    public void WarmedUp(string path, string status, TimeSpan time) => _warmUps.Add(time.TotalMicroseconds, path, status);

    public void Queued(string pool, TimeSpan time) => _queuing.Add(time.TotalMicroseconds, pool);

    public void Batched(string model, long rows) => _batches.Add(rows, model);

    public void LoadAttempted(string path, string status) => _loads.Add(1, path, status);

    public void Loaded(string path, TimeSpan time) => _loadTimes.Add((long)time.TotalMicroseconds, path);

    /// <summary>All figures in the format of Prometheus.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        _requests.Write(text);
        _latency.Write(text);
        _runtime.Write(text);
        _examples.Write(text);
        _warmUps.Write(text);
        _queuing.Write(text);
        _batches.Write(text);
        _loads.Write(text);
        _loadTimes.Write(text);
        _runs.Write(text);
        return text.ToString();
    }
}
