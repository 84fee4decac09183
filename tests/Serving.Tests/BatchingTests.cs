using System.Collections.Concurrent;
using Grpc.Core;
using TensorGraph.Protocol.TensorflowServing;
using TensorGraph.Serving;

namespace TensorGraph.Tests;

/// <summary>Requests that are put together, on a function that notes what it gets.</summary>
public sealed class BatchingTests
{
    private readonly ConcurrentQueue<float[]> _batches = new();
    private readonly ServerMetrics _metrics = new();
    private readonly ModelVersion _version = new("m", 1, "/m/1", "tensorgraph");

    [Fact]
    public async Task Requests_that_wait_run_together_and_each_gets_its_rows()
    {
        using var scheduler = Scheduler(new() { MaxBatchSize = 4, Timeout = TimeSpan.FromMinutes(10), Threads = 1 });
        var one = Run(scheduler, [1]);
        var two = Run(scheduler, [2, 3]);
        // It fills the batch, which runs at once.
        var three = Run(scheduler, [4]);
        AssertValues([2f], await one);
        AssertValues([4f, 6], await two);
        AssertValues([8f], await three);
        Assert.Equal([1f, 2, 3, 4], Assert.Single(_batches));
    }

    [Fact]
    public async Task A_request_that_does_not_fit_goes_into_the_next_batch()
    {
        using var scheduler = Scheduler(new() { MaxBatchSize = 3, Timeout = TimeSpan.FromMilliseconds(50), Threads = 1 });
        var first = Run(scheduler, [1, 2]);
        var second = Run(scheduler, [3, 4]);
        AssertValues([2f, 4], await first);
        AssertValues([6f, 8], await second);
        Assert.Equal(2, _batches.Count);
        var fault = await Assert.ThrowsAsync<ServingException>(() => Run(scheduler, [1, 2, 3, 4]));
        Assert.Equal((StatusCode.InvalidArgument, "Task size 4 is larger than maximum input batch size 3"), (fault.Status, fault.Message));
    }

    [Fact]
    public async Task Batches_are_filled_up_to_the_next_allowed_size_with_the_first_row_of_the_last_request()
    {
        using var scheduler = Scheduler(new() { MaxBatchSize = 8, MostExecuted = 8, AllowedSizes = [4, 8], Threads = 1 });
        AssertValues([2f, 4], await Run(scheduler, [1, 2]));
        Assert.Equal([1f, 2, 1, 1], Assert.Single(_batches));
    }

    [Fact]
    public async Task A_full_queue_is_unavailable()
    {
        var scheduler = Scheduler(new() { MaxBatchSize = 1, MostExecuted = 1, MaxEnqueuedBatches = 1, Threads = 1 }, new ManualResetEventSlim(), out var gate);
        var running = Run(scheduler, [1]);
        SpinWait.SpinUntil(() => !_batches.IsEmpty);
        var waiting = Run(scheduler, [2]);
        var fault = await Assert.ThrowsAsync<ServingException>(() => Run(scheduler, [3]));
        Assert.Equal(StatusCode.Unavailable, fault.Status);
        Assert.StartsWith("The batch scheduling queue to which this task was submitted is full", fault.Message, StringComparison.Ordinal);
        gate.Set();
        AssertValues([2f], await running);
        AssertValues([4f], await waiting);
        scheduler.Dispose();
    }

    [Fact]
    public async Task A_batch_that_nobody_waits_for_is_not_run()
    {
        var scheduler = Scheduler(new() { MaxBatchSize = 1, MostExecuted = 1, Threads = 1 }, new ManualResetEventSlim(), out var gate);
        var running = Run(scheduler, [1]);
        SpinWait.SpinUntil(() => !_batches.IsEmpty);
        using var cancellation = new CancellationTokenSource();
        var waiting = Run(scheduler, [2], cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();
        await running;
        scheduler.Dispose();
        Assert.Single(_batches);
        Assert.Equal(0, _version.Leases);
    }

    [Fact]
    public async Task Large_requests_are_divided_when_allowed()
    {
        using var scheduler = Scheduler(new() { MaxBatchSize = 10, MostExecuted = 2, Splits = true, Threads = 2 });
        AssertValues([2f, 4, 6, 8, 10], await Run(scheduler, [1, 2, 3, 4, 5]));
        Assert.All(_batches, batch => Assert.InRange(batch.Length, 1, 2));
    }

    [Fact]
    public async Task A_failure_is_that_of_each_request_of_the_batch()
    {
        using var scheduler = Scheduler(new() { MaxBatchSize = 2, MostExecuted = 2, Timeout = TimeSpan.FromMinutes(10), Threads = 1 });
        var first = Run(scheduler, [-1]);
        var second = Run(scheduler, [1]);
        await Assert.ThrowsAsync<ArgumentException>(() => first);
        await Assert.ThrowsAsync<ArgumentException>(() => second);
    }

    [Fact]
    public async Task Rows_of_other_lengths_are_apart_or_padded_with_the_first_element()
    {
        var settings = new BatchingSettings { MaxBatchSize = 2, MostExecuted = 2, Timeout = TimeSpan.FromMilliseconds(50), Threads = 1 };
        using (var apart = Scheduler(settings))
        {
            await Task.WhenAll(Run(apart, [1, 2], columns: 2), Run(apart, [3, 4, 5], columns: 3));
            Assert.Equal(2, _batches.Count);
        }

        _batches.Clear();
        using var padded = Scheduler(settings with { PadsOtherAxes = true, Timeout = TimeSpan.FromMinutes(10) });
        await Task.WhenAll(Run(padded, [1, 2], columns: 2), Run(padded, [3, 4, 5], columns: 3));
        Assert.Equal([1f, 2, 1, 3, 4, 5], Assert.Single(_batches));
    }

    [Fact]
    public async Task Inputs_must_have_equal_first_sizes()
    {
        using var scheduler = Scheduler(new());
        var inputs = new Dictionary<string, Literal> { ["a"] = Column([1], 1), ["b"] = Column([1, 2], 1) };
        var fault = await Assert.ThrowsAsync<ServingException>(() => scheduler.RunAsync(_version, Doubling(null), new(), inputs, CancellationToken.None));
        Assert.Contains("Batching Run() input tensors must have equal 0th-dimension size", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max_batch_size { value: 8 } allowed_batch_sizes: 4 allowed_batch_sizes: 2 allowed_batch_sizes: 8", "monotonically increasing")]
    [InlineData("max_batch_size { value: 8 } allowed_batch_sizes: [2, 4]", "Last entry in allowed_batch_sizes must match max_batch_size")]
    [InlineData("max_batch_size { value: 0 }", "max_batch_size must be positive")]
    [InlineData("batch_timeout_micros { value: -1 }", "batch_timeout_micros")]
    [InlineData("max_execution_batch_size { value: 4 }", "enable_large_batch_splitting")]
    public void Parameters_that_do_not_go_together_are_refused(string text, string problem)
    {
        var fault = Assert.Throws<ServingException>(() => BatchingSettings.From(TextProto.Parse<BatchingParameters>(text)));
        Assert.Contains(problem, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_read_from_text()
    {
        var settings = BatchingSettings.From(TextProto.Parse<BatchingParameters>("""
            max_batch_size { value: 128 } batch_timeout_micros { value: 2500 } max_enqueued_batches { value: 7 }
            num_batch_threads { value: 3 } thread_pool_name { value: "pool" } allowed_batch_sizes: 8 allowed_batch_sizes: 32
            enable_large_batch_splitting { value: true } max_execution_batch_size { value: 32 } pad_variable_length_inputs: true
            """));
        Assert.Equal((128, 2500.0, 7, 3, "pool", true, 32, true), (
            settings.MaxBatchSize, settings.Timeout.TotalMicroseconds, settings.MaxEnqueuedBatches, settings.Threads, settings.PoolName, settings.Splits,
            settings.MostExecuted, settings.PadsOtherAxes));
        Assert.Equal([8, 32], settings.AllowedSizes);
    }

    private BatchScheduler Scheduler(BatchingSettings settings)
    {
        _settings = settings with { MostExecuted = Math.Min(settings.MostExecuted, settings.MaxBatchSize) };
        return new(_settings, _metrics);
    }

    private BatchScheduler Scheduler(BatchingSettings settings, ManualResetEventSlim closed, out ManualResetEventSlim gate)
    {
        _gate = gate = closed;
        return Scheduler(settings);
    }

    private BatchingSettings _settings = new();
    private ManualResetEventSlim? _gate;
    private ServableSignature? _signature;

    private async Task<float[]> Run(BatchScheduler scheduler, float[] values, CancellationToken cancellation = default, int columns = 1)
    {
        _signature ??= Doubling(_gate);
        var results = await scheduler.RunAsync(_version, _signature, _settings, new Dictionary<string, Literal> { ["x"] = Column(values, columns) }, cancellation);
        return (float[])results["y"].Data;
    }

    private static Literal Column(float[] values, int columns) => new(new(DType.F32, new([values.Length / columns, columns])), values);

    private ServableSignature Doubling(ManualResetEventSlim? gate)
    {
        var specs = new Dictionary<string, TensorSpec> { ["x"] = TensorSpec.Parse("f32[n, k]") };
        return new("double", SignatureMethod.Predict, specs, new Dictionary<string, TensorSpec> { ["y"] = TensorSpec.Parse("f32[n, k]") }, (inputs, _) =>
        {
            float[] x = (float[])inputs["x"].Data;
            _batches.Enqueue(x);
            gate?.Wait();
            if (x.Contains(-1))
                throw new ArgumentException("negative", nameof(inputs));
            return new Dictionary<string, Literal> { ["y"] = new(inputs["x"].Type, Array.ConvertAll(x, value => value * 2)) };
        });
    }

    private static void AssertValues(float[] expected, float[] actual) => Assert.Equal(expected, actual);
}
