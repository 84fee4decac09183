using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>A step whose runs are counted and timed, for a recording.</summary>
internal sealed class TimedStep(Command command, Step step, CommandProfile profile) : Step(command)
{
    public override IEnumerable<(string Name, ManagedProgram Program)> Inner => step.Inner;

    public override void Run(Frame frame)
    {
        long start = profile.Begin();
        step.Run(frame);
        if (start != 0) profile.Ended(start);
    }
}
