namespace TensorGraph;

/// <summary>A scope in which a token stops calls, beside those of the scopes around it.</summary>
internal sealed class CancellationScope : IDisposable
{
    private readonly IDisposable _options;

    public CancellationScope(CancellationToken cancellation)
    {
        var options = TensorGraphOptions.Current;
        _options = (options with { Cancellation = Either(options.Cancellation, cancellation) }).Use();
    }

    public void Dispose() => _options.Dispose();

    private static CancellationToken Either(CancellationToken outer, CancellationToken inner)
    {
        if (!inner.CanBeCanceled || outer == inner)
            return outer;
        return outer.CanBeCanceled ? new EitherSource(outer, inner).Token : inner;
    }

    /// <summary>
    /// Is cancelled with each of two tokens. Queued calls and tasks may need it when its scope has ended, so it ends when its token is out of reach:
    /// the two sources do not keep it.
    /// </summary>
    private sealed class EitherSource : CancellationTokenSource
    {
        private readonly CancellationTokenRegistration _outer;
        private readonly CancellationTokenRegistration _inner;

        public EitherSource(CancellationToken outer, CancellationToken inner)
        {
            var self = new WeakReference<EitherSource>(this);
            _outer = outer.UnsafeRegister(Stop, self);
            _inner = inner.UnsafeRegister(Stop, self);
        }

#pragma warning disable MA0055 // This is how the end of its token is noticed.
        ~EitherSource()
        {
            _outer.Unregister();
            _inner.Unregister();
        }
#pragma warning restore MA0055

        private static void Stop(object? self)
        {
            if (((WeakReference<EitherSource>)self!).TryGetTarget(out var source))
                source.Cancel();
        }
    }
}
