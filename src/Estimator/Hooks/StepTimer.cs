namespace TensorGraph;

/// <summary>
/// Says when something is due: at the first question, then once per interval of steps or seconds. Source: tf.estimator.SecondOrStepTimer.
/// </summary>
internal sealed class StepTimer(long? steps, double? seconds)
{
    private long? _step;
    private long _time;

    public void Reset() => _step = null;

    /// <summary>Goes on in the interval that another timer is in.</summary>
    public void GoOnFrom(StepTimer other) => (_step, _time) = (other._step, other._time);

    public bool IsDue(long step, TimeProvider time) => _step is not { } last || (last != step
        && (steps is { } every ? step >= last + every : time.GetElapsedTime(_time).TotalSeconds >= seconds));

    /// <summary>Starts the next interval; the steps and seconds of the one that ends, or null for the first one.</summary>
    public (long Steps, double Seconds)? Restart(long step, TimeProvider time)
    {
        (long, double)? ended = _step is { } last ? (step - last, time.GetElapsedTime(_time).TotalSeconds) : null;
        (_step, _time) = (step, time.GetTimestamp());
        return ended;
    }
}
