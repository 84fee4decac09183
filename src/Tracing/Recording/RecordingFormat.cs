using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TensorGraph.Recording;

/// <summary>Names and versions of the folder that <see cref="GraphRecorder"/> writes; <c>docs/tgraph.md</c> describes it.</summary>
internal static class RecordingFormat
{
    /// <summary>The header.</summary>
    public const string Name = "tensorgraph-recording";

    /// <summary>Goes up when a reader of the version before would misunderstand a recording.</summary>
    public const int Version = 1;

    /// <summary>Objects in objects: a block in a block takes four, and tracing nests 200 branches and loops and 200 calls.</summary>
    public const int MostNested = 2000;

    /// <summary>The header; its creation claims the folder.</summary>
    public const string Header = "recording.json";

    /// <summary>One JSON object a line, appended as things happen.</summary>
    public const string Events = "events.jsonl";

    /// <summary>Counts and times so far, replaced as a whole.</summary>
    public const string Totals = "totals.json";

    /// <summary>Graphs in text form.</summary>
    public const string Graphs = "graphs";

    /// <summary>Inputs of calls.</summary>
    public const string Inputs = "inputs";
}

/// <summary>The process that is recorded.</summary>
internal sealed record RecordingHeader(
    string Format, int Version, DateTimeOffset Started, string Program, int Process, string Library, string Framework, string System, int Processors,
    string Device);

/// <summary>A line of <see cref="RecordingFormat.Events"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType,
    IgnoreUnrecognizedTypeDiscriminators = true)]
[JsonDerivedType(typeof(TraceEvent), "trace")]
[JsonDerivedType(typeof(CompileEvent), "compile")]
[JsonDerivedType(typeof(FailureEvent), "failure")]
[JsonDerivedType(typeof(WarningEvent), "warning")]
[JsonDerivedType(typeof(InputsEvent), "inputs")]
[JsonDerivedType(typeof(ProgressEvent), "progress")]
[JsonDerivedType(typeof(EndEvent), "end")]
internal record RecordingEvent
{
    /// <summary>Seconds since the recording began.</summary>
    public double Time { get; init; }
}

/// <summary>A function was traced. One that made variables serves its own call only. Paths are relative to the folder.</summary>
internal sealed record TraceEvent(
    int Trace, string Function, string Signature, double Milliseconds, int Nodes, int Captures, bool MadeVariables, string[] State,
    string[] Variables, string[] Files, string CallSite, RetraceCause? Cause = null, string? Graph = null) : RecordingEvent;

/// <summary>Why a function was traced once more.</summary>
internal sealed record RetraceCause(string Argument, string Old, string New, string Suggestion);

/// <summary>The graph of a trace was optimised and compiled for a device; for a further device there are no passes.</summary>
internal sealed record CompileEvent(
    int Trace, string Device, double Milliseconds, int Nodes, PassRow[] Passes, string? Graph = null) : RecordingEvent;

/// <summary>A run of a pass; <c>Graph</c> is what came of it, where it changed something.</summary>
internal sealed record PassRow(string Pass, int Round, int Before, int After, RuleRow[] Rules, string? Graph = null);

/// <summary>A rewrite rule that fired.</summary>
internal sealed record RuleRow(string Rule, string Source, int Times);

/// <summary>A trace failed.</summary>
internal sealed record FailureEvent(string Function, string Message) : RecordingEvent;

/// <summary>A warning (TG6xxx).</summary>
internal sealed record WarningEvent(string Id, string Message) : RecordingEvent;

/// <summary>
/// The inputs of one call were kept: a file of literals, first the parameters', then those of the variables by name. <c>HostResults</c> gets a line
/// for each call of C# code: the function's name, a tab, the results.
/// </summary>
internal sealed record InputsEvent(int Trace, string File, string[] Variables, string? HostResults = null) : RecordingEvent;

/// <summary>The runs since the line before.</summary>
internal sealed record ProgressEvent(ProgressRow[] Traces, int Queue, long LiveBytes, long PooledBytes) : RecordingEvent;

/// <summary>Calls of a trace since the line before.</summary>
internal sealed record ProgressRow(int Trace, long Calls, double Milliseconds);

/// <summary>The recording ended well.</summary>
internal sealed record EndEvent : RecordingEvent;

/// <summary>Counts and times so far.</summary>
internal sealed record RecordingTotals(double Time, int DroppedTraces, ProgramRow[] Programs, DeviceRow[] Devices);

/// <summary>A program: a trace on one device with arguments of these types. The first run may compile code; its time is part of the whole.</summary>
internal sealed record ProgramRow(
    int Trace, string Device, string[] Arguments, long Calls, double Milliseconds, double LongestMilliseconds, long ArenaBytes, long PeakBytes,
    CommandRow[] Commands, double FirstMilliseconds = 0);

/// <summary>A command: its kernel or op, estimates of its work, and what its runs took.</summary>
internal sealed record CommandRow(
    string Text, string[] Ops, string[] Sources, bool IsHost, long Calls, double Milliseconds, long Bytes, long Flops, RegionRow[] Regions,
    double FirstMilliseconds = 0);

/// <summary>A region that a command runs.</summary>
internal sealed record RegionRow(string Name, CommandRow[] Commands);

/// <summary>A device.</summary>
internal sealed record DeviceRow(string Device, long Queued, int DeepestQueue, long LiveBytes, long PooledBytes, long PeakBytes);

/// <summary>How these are written.</summary>
[JsonSerializable(typeof(RecordingHeader))]
[JsonSerializable(typeof(RecordingEvent))]
[JsonSerializable(typeof(RecordingTotals))]
internal sealed partial class RecordingJson : JsonSerializerContext
{
    /// <summary>With text as it is: a recording is a file, and no part of a page.</summary>
    public static RecordingJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        MaxDepth = RecordingFormat.MostNested,
        // A damaged or foreign file is refused here, and nowhere else.
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
