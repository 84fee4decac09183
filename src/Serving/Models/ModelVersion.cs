using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>The states of a version, with the numbers of the protocol.</summary>
internal enum VersionState
{
    Start = 10,
    Loading = 20,
    Available = 30,
    Unloading = 40,
    End = 50,
}

/// <summary>
/// A version of a model, from the moment that it is wanted until it is gone. Leases pin it: it leaves memory after the last one.
/// </summary>
internal sealed class ModelVersion(string model, long number, string folder, string platform)
{
    private readonly Lock _gate = new();
    private ServableModel? _servable;
    private int _leases;

    /// <summary>Name of the model.</summary>
    public string Model { get; } = model;

    /// <summary>Number of the version.</summary>
    public long Number { get; } = number;

    /// <summary>Folder of the version.</summary>
    public string Folder { get; } = folder;

    /// <summary>Platform of the model.</summary>
    public string Platform { get; } = platform;

    /// <summary>The state.</summary>
    public VersionState State { get; private set; } = VersionState.Start;

    /// <summary>The reason why the last attempt to load it failed; OK otherwise.</summary>
    public (StatusCode Code, string Text) Error { get; private set; } = (StatusCode.OK, "");

    /// <summary>Number of failed attempts since it was wanted.</summary>
    public int Failures { get; private set; }

    /// <summary>When it may be tried again.</summary>
    public DateTimeOffset RetryAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>When it became available.</summary>
    public DateTimeOffset? AvailableSince { get; private set; }

    /// <summary>Requests that use it now.</summary>
    public int Leases
    {
        get
        {
            lock (_gate)
                return _leases;
        }
    }

    /// <summary>Called after the last lease of a version that is unloaded.</summary>
    public event Action<ModelVersion>? Ended;

    /// <summary>The model for a request, or null when the version is not available.</summary>
    public ModelLease? TryLease()
    {
        lock (_gate)
        {
            if (State != VersionState.Available)
                return null;
            _leases++;
            return new(this, _servable!);
        }
    }

    /// <summary>Notes that a load begins.</summary>
    public void BeginLoad()
    {
        lock (_gate)
        {
            State = VersionState.Loading;
            RetryAt = DateTimeOffset.MaxValue;
        }
    }

    /// <summary>Makes it available.</summary>
    public void EndLoad(ServableModel servable)
    {
        lock (_gate)
        {
            (_servable, State, Error, AvailableSince) = (servable, VersionState.Available, (StatusCode.OK, ""), DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Notes that a load failed; the next attempt is at <paramref name="retryAt"/>.</summary>
    public void FailLoad(StatusCode code, string text, DateTimeOffset retryAt)
    {
        lock (_gate)
        {
            (State, Error, RetryAt) = (VersionState.End, (code, text), retryAt);
            Failures++;
        }
    }

    /// <summary>Ends a version whose load was given up, or that never began one.</summary>
    public void GiveUp()
    {
        lock (_gate)
            (State, RetryAt) = (VersionState.End, DateTimeOffset.MaxValue);
    }

    /// <summary>Takes it out of service. It ends when no request uses it any more.</summary>
    public void Unload()
    {
        lock (_gate)
        {
            if (State != VersionState.Available)
                return;
            State = VersionState.Unloading;
            if (_leases > 0)
                return;
        }

        End();
    }

    /// <summary>Holds it once more, for one that holds it already.</summary>
    internal void Pin()
    {
        lock (_gate)
            _leases++;
    }

    internal void Release()
    {
        lock (_gate)
        {
            if (--_leases > 0 || State != VersionState.Unloading)
                return;
        }

        End();
    }

    private void End()
    {
        ServableModel? servable;
        lock (_gate)
            (servable, _servable, State) = (_servable, null, VersionState.End);
        servable?.Unload?.Invoke();
        Ended?.Invoke(this);
    }
}

/// <summary>The use of a version by one request.</summary>
/// <param name="version">The version.</param>
/// <param name="servable">Its functions.</param>
/// <param name="isCounted">False while the version is loaded, before anyone can find it.</param>
internal sealed class ModelLease(ModelVersion version, ServableModel servable, bool isCounted = true) : IDisposable
{
    private int _isReleased = isCounted ? 0 : 1;

    /// <summary>The version.</summary>
    public ModelVersion Version => version;

    /// <summary>Its functions.</summary>
    public ServableModel Servable => servable;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            version.Release();
    }
}
