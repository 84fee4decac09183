using System.Runtime.ExceptionServices;

namespace TensorGraph.Backends.Managed;

/// <summary>A step, the slots that get memory of their own before it, and those that are let go after it.</summary>
internal readonly record struct PlannedStep(Step Step, int[] Starting, int[] Ending)
{
    public void Run(Frame frame)
    {
        foreach (int slot in Starting) frame.Allocate(slot);
        Step.Run(frame);
        foreach (int slot in Ending) frame.LetGo(slot);
    }

    /// <summary>It, with the time of the step taken.</summary>
    public PlannedStep Timed() => this with { Step = Step.Timed() };
}

/// <summary>
/// Runs groups of steps side by side on the workers of the device. Kernels inside run on the thread of their group. The failure that counts is the
/// one that running in program order would have met: what comes before it in the program still runs, what comes after does not start any more.
/// </summary>
/// <param name="groups">The steps of each group, with their places in the program.</param>
internal sealed class ForkStep((PlannedStep Planned, int Place)[][] groups) : Step([], [])
{
    public override void Run(Frame frame)
    {
        var run = new ForkRun(frame);
        frame.Device.Workers.Run(groups.Length, group => run.Enter(groups[group]));
        run.ThrowFailure();
    }

    public override Step Timed() =>
        new ForkStep(Array.ConvertAll(groups, group => Array.ConvertAll(group, step => (step.Planned.Timed(), step.Place))));

    public override string Describe() => $"fork of {groups.Length} groups" + string.Concat(
        groups.Select((group, i) => $"\ngroup {i}\n  " + string.Join('\n', group.Select(step => step.Planned.Step.Describe())).Replace("\n", "\n  ", StringComparison.Ordinal)));

    private sealed class ForkRun(Frame frame)
    {
        private readonly RunPeak.Count _memory = RunPeak.Current;
        private readonly ExecutionContext? _flow = ExecutionContext.Capture();
        private readonly Lock _gate = new();
        private ExceptionDispatchInfo? _failure;
        private int _failed = int.MaxValue;

        /// <summary>Runs a group with the settings of the flow of control that the fork is in.</summary>
        public void Enter((PlannedStep Planned, int Place)[] steps)
        {
            if (_flow is null) Work(steps);
            else ExecutionContext.Run(_flow, _ => Work(steps), null);
        }

        private void Work((PlannedStep Planned, int Place)[] steps)
        {
            RunPeak.Count own = RunPeak.Current;
            RunPeak.Current = _memory;
            int at = 0;
            try
            {
                CancellationToken cancellation = frame.Cancellation;
                for (; at < steps.Length && steps[at].Place < Volatile.Read(ref _failed); at++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    steps[at].Planned.Run(frame);
                }
            }
            catch (Exception failure)
            {
                Note(steps[at].Place, failure);
            }
            finally
            {
                RunPeak.Current = own;
            }
        }

        public void ThrowFailure() => _failure?.Throw();

        private void Note(int place, Exception failure)
        {
            lock (_gate)
            {
                if (place > _failed) return;
                _failure = ExceptionDispatchInfo.Capture(failure);
                Volatile.Write(ref _failed, place);
            }
        }
    }
}
