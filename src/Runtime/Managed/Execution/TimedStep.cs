using System.Diagnostics;

namespace TensorGraph.Backends.Managed;

/// <summary>A step whose time is taken, for a recording.</summary>
/// <param name="step">It.</param>
/// <param name="profiles">Its commands, with the part of the time that each of them has.</param>
internal sealed class TimedStep(Step step, (CommandProfile Profile, double Part)[] profiles) : Step([], [])
{
    public override IEnumerable<(string Name, ManagedProgram Program)> Inner => step.Inner;

    public override void Run(Frame frame)
    {
        long start = Stopwatch.GetTimestamp();
        step.Run(frame);
        long ticks = Stopwatch.GetTimestamp() - start;
        foreach ((CommandProfile profile, double part) in profiles) profile.Took((long)(ticks * part));
    }

    public override string Describe() => step.Describe();
}
