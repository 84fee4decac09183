namespace TensorGraph.Backends.Gpu;

/// <summary>Kernels of a program between which the host has nothing to do.</summary>
/// <param name="From">The first step.</param>
/// <param name="To">The step after the last one.</param>
/// <param name="Launches">The kernels.</param>
/// <param name="Starting">Slots that get memory of their own before.</param>
/// <param name="Ending">Slots that are let go after.</param>
internal sealed record Segment(int From, int To, KernelLaunch[] Launches, int[] Starting, int[] Ending)
{
    // Fewer kernels are as fast one by one.
    private const int Fewest = 3;

    /// <summary>The segments of some steps that are worth it.</summary>
    public static IEnumerable<Segment> Of(IReadOnlyList<GpuStep> steps, int[][] starting, int[][] ending)
    {
        for (int from = 0, to; from < steps.Count; from = to + 1)
        {
            for (to = from; to < steps.Count && steps[to] is KernelStep or JoinedStep;) to++;
            KernelLaunch[] launches = [.. steps.Skip(from).Take(to - from).OfType<KernelStep>().SelectMany(step => step.Launches)];
            if (launches.Length >= Fewest) yield return new(from, to, launches, Slots(starting), Slots(ending));

            int[] Slots(int[][] slots) => [.. slots[from..to].SelectMany(one => one)];
        }
    }
}

/// <summary>
/// A segment in a frame. When all its memory is where it was in an earlier run, its kernels are recorded with their parameters; from then on such a
/// run is one call of the driver.
/// </summary>
internal sealed class RecordedSegment(Segment segment)
{
    // A loop of training goes through a few places: variables take the memory that their values before have left.
    private const int MostRecordings = 8;

    // Allocations, by their numbers, and offsets in them.
    private readonly (long Memory, long Offset)[] _places = new (long, long)[segment.Launches.Sum(launch => launch.Slots.Length)];
    private readonly List<Known> _known = [];

    // Kernels of a recording are its own: some drivers look at their parameters when it runs.
    private sealed record Known((long Memory, long Offset)[] Places, GpuRecording? Recording = null, PreparedLaunch[]? Kernels = null);

    /// <summary>Puts the kernels into the queue; true when they were recorded.</summary>
    public bool Run(GpuFrame frame)
    {
        int next = 0;
        foreach (KernelLaunch launch in segment.Launches)
        {
            foreach (int slot in launch.Slots)
            {
                (GpuBuffer buffer, long offset) = frame.Place(slot);
                _places[next++] = (buffer.Number, offset);
            }
        }
        int at = _known.FindIndex(known => known.Places.AsSpan().SequenceEqual(_places));
        if (at < 0)
        {
            if (_known.Count == MostRecordings) _known.RemoveAt(0);
            _known.Add(new Known([.. _places]));
        }
        else if (_known[at].Recording is null)
        {
            PreparedLaunch[] kernels = Array.ConvertAll(segment.Launches, frame.Prepare);
            _known[at] = _known[at] with { Recording = Record(frame, kernels), Kernels = kernels };
        }
        if (at >= 0 && _known[at].Recording is { } made)
        {
            frame.Device.Driver.Replay(made);
            return true;
        }
        foreach (KernelLaunch launch in segment.Launches) frame.Launch(launch);
        return false;
    }

    private static GpuRecording Record(GpuFrame frame, PreparedLaunch[] kernels)
    {
        try
        {
            return frame.Device.Driver.Record(Launch);
        }
        catch (GraphException error) when (error.Id == DiagnosticIds.OutOfMemory)
        {
            // Nothing can be given back while kernels are recorded.
            frame.Device.Memory.MakeRoom();
            return frame.Device.Driver.Record(Launch);
        }

        void Launch() => Array.ForEach(kernels, kernel => kernel.Run(frame));
    }
}
