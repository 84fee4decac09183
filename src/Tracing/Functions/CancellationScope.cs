namespace TensorGraph;

/// <summary>A scope in which a token stops calls, beside those of the scopes around it.</summary>
internal sealed class CancellationScope : IDisposable
{
    private readonly CancellationTokenSource? _linked;
    private readonly IDisposable _options;

    public CancellationScope(CancellationToken cancellation)
    {
        var options = TensorGraphOptions.Current;
        if (options.Cancellation.CanBeCanceled && cancellation.CanBeCanceled && options.Cancellation != cancellation)
        {
            _linked = CancellationTokenSource.CreateLinkedTokenSource(options.Cancellation, cancellation);
            cancellation = _linked.Token;
        }

        _options = (options with { Cancellation = cancellation.CanBeCanceled ? cancellation : options.Cancellation }).Use();
    }

    public void Dispose()
    {
        _options.Dispose();
        if (_linked is null)
            return;
        // Calls that are still in the queue have the token.
        var calls = DeviceStream.Current(Device.Current).Record();
        if (calls.IsDone)
            _linked.Dispose();
        else
            calls.WaitAsync().ContinueWith(_ => _linked.Dispose(), TaskScheduler.Default);
    }
}
