using System.Collections.Immutable;

namespace TensorGraph.Backends;

/// <summary>
/// The unfinished calls that use a variable. A call that assigns it comes after all calls before, one that reads it after those that assign it.
/// Guarded by <see cref="QueuedCall.Order"/>, but for questions.
/// </summary>
internal sealed class VariableUses
{
    private ImmutableArray<QueuedCall> _readers = [];
    private volatile QueuedCall? _writer;

    /// <summary>The last call that assigned it and failed unseen.</summary>
    public QueuedCall? Failure { get; set; }

    /// <summary>True when nothing has to be finished before a use.</summary>
    public bool IsFree(VariableUse use) =>
        !HasFailureForCaller && IsFinished(_writer) && (use == VariableUse.Read || _readers.All(IsFinished));

    /// <summary>Adds a call.</summary>
    public void Add(QueuedCall call, VariableUse use)
    {
        // Who comes after a call that comes later comes after this one too.
        if (!call.ComesAfter(_writer, assigns: true)) return;
        if (use == VariableUse.Read)
        {
            _readers = _readers.RemoveAll(static reader => reader.IsDone).Add(call);
            return;
        }
        _readers = _readers.RemoveAll(reader => call.ComesAfter(reader));
        _writer = call;
    }

    /// <summary>Throws, once, what a call that assigned it failed of.</summary>
    public void ThrowFailure()
    {
        if (!HasFailureForCaller) return;
        QueuedCall failure = Failure!;
        Failure = null;
        failure.TellFailure(Environment.CurrentManagedThreadId);
    }

    private bool HasFailureForCaller => Failure is { HasUnseenFailure: true } failure && failure.MayTell(Environment.CurrentManagedThreadId);

    private static bool IsFinished(QueuedCall? call) => call is null || call.IsDone || HostCode.IsOf(call);
}
