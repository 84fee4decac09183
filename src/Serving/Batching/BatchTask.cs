using System.Diagnostics;

namespace TensorGraph.Serving;

/// <summary>A request, or a part of one, that waits in a queue.</summary>
internal sealed class BatchTask(IReadOnlyDictionary<string, Literal> inputs, int rows, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, Literal>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyDictionary<string, Literal> Inputs => inputs;

    public int Rows => rows;

    public CancellationToken Cancellation => cancellation;

    public long Enqueued { get; } = Stopwatch.GetTimestamp();

    public Task<IReadOnlyDictionary<string, Literal>> Done => _done.Task;

    /// <summary>True when both may be in one batch: without padding, all axes but the first must be equal.</summary>
    public bool Fits(BatchTask other) => inputs.All(input => RowsOf.HaveEqualRows(input.Value, other.Inputs[input.Key]));

    public void Finish(IReadOnlyDictionary<string, Literal> results) => _done.TrySetResult(results);

    public void Fail(Exception fault)
    {
        _done.TrySetException(fault);
        // Nobody may wait for it any more.
        _ = _done.Task.Exception;
    }
}
