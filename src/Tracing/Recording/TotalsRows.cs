using TensorGraph.Backends;

namespace TensorGraph.Recording;

/// <summary>The rows of <see cref="RecordingTotals"/>, from the counts so far.</summary>
internal static class TotalsRows
{
    private const double NanosecondsOfMillisecond = 1e6;

    /// <summary>The runs of the executables of the traces.</summary>
    public static ProgramRow[] Of(IEnumerable<RecordedTrace> traces) =>
        [.. traces.SelectMany(trace => trace.Profiles.SelectMany(profile => profile.Programs.Select(program => Of(trace, profile, program))))];

    /// <summary>The devices that this machine has.</summary>
    public static DeviceRow[] Of(RecordingObserver observer) => [.. Devices.All.Where(device => device.IsAvailable).Select(device =>
    {
        var memory = device.MemoryStatistics;
        var (queued, deepest) = observer.QueueOf(device);
        return new DeviceRow(device.Name, queued, deepest, memory.LiveBytes, memory.PooledBytes, memory.PeakBytes);
    })];

    private static ProgramRow Of(RecordedTrace trace, ExecutableProfile profile, ProgramProfile program) => new(
        trace.Number, profile.Device.Name, program.Arguments, program.Calls, program.Nanoseconds / NanosecondsOfMillisecond,
        program.Longest / NanosecondsOfMillisecond, program.ArenaBytes, program.PeakBytes, Of(program.Body),
        program.First / NanosecondsOfMillisecond);

    private static CommandRow[] Of(RegionProfile? region) =>
    [
        .. region?.Commands.Select(command => new CommandRow(
            command.Text, command.Ops, command.Sources, command.IsHost, command.Calls,
            Math.Round(command.Nanoseconds / NanosecondsOfMillisecond, 6), command.Bytes, command.Flops,
            [.. command.Inner.Select(inner => new RegionRow(inner.Name, Of(inner.Body)))],
            Math.Round(command.FirstNanoseconds / NanosecondsOfMillisecond, 6))) ?? [],
    ];
}
