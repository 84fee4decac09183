using System.Globalization;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TensorGraph.Recording;

namespace TensorGraph.Cli;

/// <summary>The data of the page of <c>tgraph html</c>.</summary>
internal sealed record Page(Report Report, PageTrace[] Traces, PageEvent[] Timeline, PageSource[] Sources)
{
    // Graphs of further traces would make the page too large to open.
    private const int MostTraces = 40;
    private const long LongestSource = 1 << 20;

    /// <summary>The page of a recording, with the sources of its functions where they are there.</summary>
    public static Page Of(RecordingReader recording, bool withSources)
    {
        var traces = recording.Traces.OrderBy(trace => trace.Event.MadeVariables).ThenByDescending(trace => trace.Milliseconds).Take(MostTraces);
        var started = recording.Header.Started.UtcDateTime;
        var files = withSources ? recording.Traces.SelectMany(trace => trace.Event.Files).Distinct().Where(IsSource) : [];
        var sources = files.Select(file =>
            new PageSource(file, Path.GetFileName(file), File.ReadAllLines(file), File.GetLastWriteTimeUtc(file) > started));
        return new(Report.Of(recording), [.. traces.Select(PageTrace.Of)], [.. Events(recording).OrderBy(line => line.Time)], [.. sources]);
    }

    // A recording of somebody else must not bring other files of this machine into the page.
    private static bool IsSource(string file) =>
        Path.GetExtension(file) is ".cs" or ".csx" or ".razor" or ".cshtml" && new FileInfo(file) is { Exists: true, Length: <= LongestSource };

    private static IEnumerable<PageEvent> Events(RecordingReader recording)
    {
        var names = recording.Traces.ToDictionary(trace => trace.Number, trace => trace.Name);
        foreach (var line in recording.Events)
        {
            switch (line)
            {
                case TraceEvent trace:
                    string? cause = trace.Cause is { } why ? $"'{why.Argument}' was {why.Old}, is {why.New}" : null;
                    yield return new("trace", line.Time, trace.Milliseconds, 0, $"#{trace.Trace} {names[trace.Trace]}", cause);
                    break;
                case CompileEvent compiled:
                    yield return new("compile", line.Time, compiled.Milliseconds, 0, $"#{compiled.Trace} for {compiled.Device}", null);
                    break;
                case ProgressEvent progress:
                    yield return new("calls", line.Time, progress.Traces.Sum(row => row.Milliseconds), progress.Traces.Sum(row => row.Calls), "", null);
                    break;
            }
        }
    }
}

/// <summary>A source file. One that was changed since may have the code of a line elsewhere.</summary>
internal sealed record PageSource(string Path, string Name, string[] Lines, bool IsChanged);

/// <summary>Something that happened; a trace or compilation ended at its time.</summary>
internal sealed record PageEvent(string Kind, double Time, double Milliseconds, long Calls, string Text, string? Cause);

/// <summary>A trace: its graph after each pass, and its memory.</summary>
internal sealed record PageTrace(int Trace, string Name, string[] Files, PageStep[] Steps, PageMemory? Memory)
{
    /// <summary>The data of a trace.</summary>
    public static PageTrace Of(TraceReader trace)
    {
        var steps = trace.Steps().Where(step => step.Graph.IsGraph).Select(step =>
            Step(step.Pass is { } pass ? string.Create(CultureInfo.InvariantCulture, $"{pass.Pass} {pass.Round}") : "traced", step.Graph, [])).ToList();
        if (trace.Compiled.Length == 0)
            return new(trace.Number, trace.Name, trace.Event.Files, [.. steps], null);
        var text = trace.Graph("optimized");
        if (!text.IsGraph)
            return new(trace.Number, trace.Name, trace.Event.Files, [.. steps], null);
        var program = trace.Programs.MaxBy(ran => ran.Calls);
        var lowered = program is null ? null : trace.Lower(text.Graph, program);
        var kernels = new Dictionary<Node, CommandRow>();
        if (lowered is not null)
            Match(lowered, program!.Commands, kernels);
        steps.Add(Step("optimized", text, kernels));
        return new(trace.Number, trace.Name, trace.Event.Files, [.. steps], lowered is null ? null : PageMemory.Of(lowered));
    }

    private static PageStep Step(string label, GraphText text, Dictionary<Node, CommandRow> kernels) =>
        new(label, text.Graph.NodeCount, new PageGraph(text, kernels).Region(text.Graph.Entry, ""));

    // Lowering is the same here as it was there, but for the order of commands that may run side by side.
    private static void Match(LoweredRegion region, CommandRow[] rows, Dictionary<Node, CommandRow> kernels)
    {
        var alike = rows.GroupBy(row => KeyOf(row.Text, row.Ops)).ToDictionary(group => group.Key, group => new Queue<CommandRow>(group));
        foreach (var command in region.Commands)
        {
            string key = KeyOf(command.Describe(), command.Origin.Select(node => node.Op.Name));
            if (!alike.TryGetValue(key, out var left) || !left.TryDequeue(out var row))
                continue;
            foreach (var node in command.Origin)
                kernels[node] = row;
            foreach (var (block, rowOfBlock) in KernelCode.Inner(command).Zip(row.Regions))
                Match(block, rowOfBlock.Commands, kernels);
        }
    }

    private static string KeyOf(string text, IEnumerable<string> ops) => $"{string.Join(", ", ops)}\n{text}";
}

/// <summary>A graph after a pass.</summary>
internal sealed record PageStep(string Label, int Nodes, PageRegion Graph);

/// <summary>A block. Values are named by the nodes that make them.</summary>
internal sealed record PageRegion(string Name, PageParameter[] Parameters, PageNode[] Nodes, string[] Results);

/// <summary>A parameter of a block.</summary>
internal sealed record PageParameter(string Id, string Op, string Types, string Text);

/// <summary>A node, with the kernel that computes it where it is known.</summary>
internal sealed record PageNode(
    string Id, string Op, string Types, string Source, string Text, bool IsLoop, string[] Inputs, PageRegion[] Regions, CommandRow? Kernel);

/// <summary>Makes the data of a graph.</summary>
internal sealed class PageGraph(GraphText text, Dictionary<Node, CommandRow> kernels)
{
    private readonly Dictionary<Node, string> _ids = [];

    /// <summary>The data of a block.</summary>
    public PageRegion Region(Region region, string name)
    {
        PageParameter[] parameters = [.. region.Parameters.Select(parameter =>
        {
            string called = parameter.Attrs.Get("name", "") is { Length: > 0 } given ? given : "parameter";
            return new PageParameter(Id(parameter), called, parameter.Types[0].ToString(), $"%{called}: {parameter.Types[0]}");
        })];
        return new(name, parameters, [.. region.Body.Select(Node)], [.. region.Results.Select(result => Id(result.Node))]);
    }

    private PageNode Node(Node node) => new(
        Id(node), node.Op.Name, string.Join(", ", node.Types), text.SourceOf(node), text.LineOf(node), LoopOps.IsLoop(node.Op),
        [.. node.Inputs.Select(input => Id(input.Node)).Distinct()],
        [.. node.Regions.Select((region, i) => Region(region, node.Op.Regions?.NameOf(i) ?? "body"))], kernels.GetValueOrDefault(node));

    private string Id(Node node)
    {
        if (!_ids.TryGetValue(node, out string? id))
            _ids[node] = id = string.Create(CultureInfo.InvariantCulture, $"n{_ids.Count}");
        return id;
    }
}

/// <summary>The arena of a program: which values have which bytes while which commands run.</summary>
internal sealed record PageMemory(long ArenaBytes, int Commands, PageSlot[] Slots)
{
    /// <summary>The arena of a region.</summary>
    public static PageMemory Of(LoweredRegion region) => new(region.ArenaBytes, region.Commands.Length,
    [
        .. region.Slots.Index().Where(slot => slot.Item.Kind == SlotKind.Arena && region.Lives.Last[slot.Index] >= 0).Select(slot => new PageSlot(
            slot.Item.Layout.Type.ToString(), slot.Item.Offset, slot.Item.Layout.Bytes, region.Lives.First[slot.Index],
            Math.Min(region.Lives.Last[slot.Index], region.Commands.Length - 1))),
    ]);
}

/// <summary>A value in the arena.</summary>
internal sealed record PageSlot(string Type, long Offset, long Bytes, int First, int Last);
