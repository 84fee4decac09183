using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>How requests are put together, with the meaning that TensorFlow Serving gives to its parameters.</summary>
internal sealed record BatchingSettings
{
    private const int LargestWarmUp = 128;

    /// <summary>The most rows of a request, and of a batch unless <see cref="MostExecuted"/> says otherwise.</summary>
    public int MaxBatchSize { get; init; } = 1000;

    /// <summary>How long the first request of a batch may wait for others.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>The most batches that wait, for each signature of each version.</summary>
    public int MaxEnqueuedBatches { get; init; } = 10;

    /// <summary>Threads that run batches.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Name of the threads in metrics.</summary>
    public string PoolName { get; init; } = "model_server_batch_threads";

    /// <summary>Numbers of rows that batches are filled up to; empty for any.</summary>
    public IReadOnlyList<int> AllowedSizes { get; init; } = [];

    /// <summary>True: sizes of other axes are made equal too.</summary>
    public bool PadsOtherAxes { get; init; }

    /// <summary>True: requests of more than <see cref="MostExecuted"/> rows are divided.</summary>
    public bool Splits { get; init; }

    /// <summary>The most rows that run at once.</summary>
    public int MostExecuted { get; init; } = 1000;

    /// <summary>Numbers of rows to run before requests come.</summary>
    public IReadOnlyList<int> WarmUpSizes => AllowedSizes.Count > 0 ? AllowedSizes
        : [.. Enumerable.Range(0, 31).Select(k => 1 << k).TakeWhile(size => size <= Math.Min(MostExecuted, LargestWarmUp))];

    /// <summary>Reads the message.</summary>
    /// <exception cref="ServingException">The numbers do not go together.</exception>
    public static BatchingSettings From(BatchingParameters message)
    {
        int max = Positive(message.MaxBatchSize ?? 1000, "max_batch_size");
        bool splits = message.EnableLargeBatchSplitting ?? false;
        int most = splits ? Positive(message.MaxExecutionBatchSize ?? max, "max_execution_batch_size") : max;
        if (most > max)
            throw ServingException.Invalid($"max_batch_size ({max}) should be larger than or equal to max_execution_batch_size ({most})");
        if (message.MaxExecutionBatchSize is not null && !splits)
            throw ServingException.Invalid("max_execution_batch_size is set while enable_large_batch_splitting is not");
        int[] allowed = [.. message.AllowedBatchSizes.Select(size => Positive(size, "allowed_batch_sizes"))];
        for (int i = 1; i < allowed.Length; i++)
        {
            if (allowed[i] <= allowed[i - 1])
                throw ServingException.Invalid("allowed_batch_sizes entries must be monotonically increasing");
        }

        if (allowed.Length > 0 && allowed[^1] != most)
        {
            throw ServingException.Invalid(
                $"Last entry in allowed_batch_sizes must match {(splits ? "max_execution_batch_size" : "max_batch_size")}; last entry was {allowed[^1]}; expected {most}");
        }

        long micros = message.BatchTimeoutMicros ?? 0;
        if (micros is < 0 or > 3_600_000_000)
            throw ServingException.Invalid($"batch_timeout_micros must be from 0 to one hour; was {micros}");
        return new()
        {
            MaxBatchSize = max,
            Timeout = TimeSpan.FromMicroseconds(micros),
            MaxEnqueuedBatches = Positive(message.MaxEnqueuedBatches ?? 10, "max_enqueued_batches"),
            Threads = Positive(message.NumBatchThreads ?? Environment.ProcessorCount, "num_batch_threads"),
            PoolName = message.ThreadPoolName ?? "batch_threads",
            AllowedSizes = allowed,
            PadsOtherAxes = message.PadVariableLengthInputs,
            Splits = splits,
            MostExecuted = most,
        };
    }

    private static int Positive(long value, string name) =>
        value is > 0 and <= int.MaxValue ? (int)value : throw ServingException.Invalid($"{name} must be positive; was {value}");
}
