using System.CommandLine;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph explain</c>: which rules fired, what became one kernel, and why other nodes did not.</summary>
internal static class ExplainCommand
{
    public static Command Create(Output output)
    {
        var path = CommandTable.Source();
        var function = CommandTable.Function();
        var trace = CommandTable.Trace();
        var json = CommandTable.Json();
        var command = new Command("explain", "Rules that fired; what was fused, and why not") { path, function, trace, json };
        command.SetAction(parsed =>
        {
            string source = parsed.GetValue(path)!;
            var explanation = RecordingReader.IsRecording(source)
                ? Explanation.Of(Graphs.Trace(output, RecordingReader.Open(source), parsed.GetValue(function), parsed.GetValue(trace)))
                : Explanation.Of(Graphs.File(source, parsed.GetValue(function), parsed.GetValue(trace)));
            if (parsed.GetValue(json))
                output.Json(explanation);
            else
                Write(output, explanation);
            return App.Ok;
        });
        return command;
    }

    private static void Write(Output output, Explanation explanation)
    {
        output.Line(explanation.Name, "bold");
        output.Heading("Rules that fired");
        if (explanation.Rules.Length == 0)
            output.Line("none");
        else
            output.Table([">times", "rule", "says", "at"], explanation.Rules.Select(rule => new[] { Units.Count(rule.Times), rule.Rule, rule.Equation, string.Join(", ", rule.Sources) }));
        foreach (var region in explanation.Regions)
        {
            output.Heading($"Kernels of {region.Region}");
            output.Table(["kind", "ops", "over", "at"], region.Kernels.Select(kernel => new[] { kernel.Kind, string.Join(", ", kernel.Ops), kernel.Space, string.Join(", ", kernel.Sources) }));
            if (region.Apart.Length == 0)
                continue;
            output.Heading($"Not fused in {region.Region}");
            output.Table([">times", "node", "not with", "why", "at", "such as"], region.Apart.GroupBy(apart => (apart.Op, apart.OperandOp, apart.Why, apart.Source))
                .OrderByDescending(alike => alike.Count()).Select(alike => new[]
                {
                    Units.Count(alike.Count()), alike.Key.Op, alike.Key.OperandOp, alike.Key.Why, alike.Key.Source, alike.First().Node,
                }));
        }

        if (explanation.HostIslands.Length > 0)
        {
            output.Heading("Host islands: no kernel of the device, computed on the host, on copies where the device has memory of its own");
            output.Table(["ops", "at"], explanation.HostIslands.Select(island => new[] { string.Join(", ", island.Ops), string.Join(", ", island.Sources) }));
        }

        foreach (string note in explanation.Notes)
            output.Line(note, "yellow");
    }
}

/// <summary>A rule that fired.</summary>
internal sealed record RuleExplanation(string Rule, string Equation, int Times, string[] Sources);

/// <summary>Nodes that run as one.</summary>
internal sealed record KernelExplanation(string Kind, string[] Ops, string Space, string[] Sources);

/// <summary>A node that is not in the kernel of its operand.</summary>
internal sealed record ApartExplanation(string Op, string OperandOp, string Why, string Source, string Node, string Operand);

/// <summary>Nodes that the host computes.</summary>
internal sealed record IslandExplanation(string[] Ops, string[] Sources);

/// <summary>The kernels of a block.</summary>
internal sealed record RegionExplanation(string Region, KernelExplanation[] Kernels, ApartExplanation[] Apart);

/// <summary>How a graph became what runs.</summary>
internal sealed record Explanation(string Name, RuleExplanation[] Rules, RegionExplanation[] Regions, string[] Notes)
{
    /// <summary>As they were recorded on the device of the trace.</summary>
    public IslandExplanation[] HostIslands { get; init; } = [];

    /// <summary>The explanation of a trace, for the sizes that ran most.</summary>
    public static Explanation Of(TraceReader trace)
    {
        var rules = trace.Passes.SelectMany(pass => pass.Rules).GroupBy(rule => rule.Rule).Select(used => new RuleExplanation(
            used.Key, EquationOf(used.Key), used.Sum(rule => rule.Times),
            [.. used.Select(rule => rule.Source).Where(line => line.Length > 0).Distinct()]));
        string[]? arguments = trace.Programs.MaxBy(program => program.Calls)?.Arguments;
        return Of(trace.Name, trace.Graph("optimized"), [.. rules.OrderByDescending(rule => rule.Times)], arguments) with
        {
            HostIslands = [.. trace.Commands.Where(command => command.IsHost)
                .Select(command => new IslandExplanation(command.Ops, command.Sources)).DistinctBy(island => string.Join(", ", [.. island.Ops, .. island.Sources]))],
        };
    }

    /// <summary>The explanation of a graph: its passes run here.</summary>
    public static Explanation Of(GraphText text)
    {
        var result = Pipeline.Run(text.Graph);
        var rules = result.Passes.SelectMany(pass => pass.Rules).GroupBy(rule => rule.Rule)
            .Select(used => new RuleExplanation(used.Key, EquationOf(used.Key), used.Sum(rule => rule.Times), []));
        return Of(text.Graph.Name, new(Printer.Print(result.Graph), text.Graph.Name), [.. rules.OrderByDescending(rule => rule.Times)], null);
    }

    private static Explanation Of(string name, GraphText text, RuleExplanation[] rules, string[]? arguments)
    {
        var graph = text.Graph;
        TensorType[] types = arguments is { Length: > 0 }
            ? [.. arguments.Select(ReadType)]
            : [.. graph.Entry.Parameters.Select(parameter => parameter.Types[0])];
        if (types.FirstOrDefault(type => !type.Shape.IsConstant) is { Rank: > 0 } open)
            return new(name, rules, [], [$"Sizes are not known ({open}): nothing of this graph ran in the recording, so fusion is not explained."]);
        var sizes = SizeBindings.Of(graph, types);
        var regions = FusionReport.Of(graph, sizes).Select(report => new RegionExplanation(
            report.Region, [.. report.Groups.Where(group => !group.Nodes.All(IsView)).Select(group => Kernel(text, group))],
            [.. report.Apart.Where(apart => !IsView(apart.Operand)).Distinct().Select(apart => new ApartExplanation(
                apart.Node.Op.Name, apart.Operand.Op.Name, WhyOf(apart), text.SourceOf(apart.Node), text.LineOf(apart.Node),
                text.LineOf(apart.Operand)))])).ToArray();
        string[] late = graph.Entry.AllNodes().Any(node => node.Op == OpDefs.BindSize)
            ? ["Blocks with a size that only the run finds out are left out."]
            : [];
        return new(name, rules, regions, late);
    }

    private static KernelExplanation Kernel(GraphText text, FusedNodes group) => new(
        group.IsLoop ? "loop" : group.Nodes[0].Op.Regions is null ? "op" : "control",
        [.. group.Nodes.Select(node => node.Op.Name)], group.IsLoop ? $"[{string.Join(", ", group.Space)}]" : string.Join(", ", group.Nodes[0].Types),
        [.. group.Nodes.Select(text.SourceOf).Where(line => line.Length > 0).Distinct()]);

    // What computes nothing.
    private static bool IsView(Node node) =>
        node.Op == OpDefs.ReadVariable || node.Op == OpDefs.Constant || node.Op == OpDefs.Parameter || node.Op.Is(Traits.Alias);

    private static string WhyOf(ApartNode apart) => apart.Barrier switch
    {
        FusionBarrier.OtherKernel => $"{apart.Operand.Op.Name} has a kernel of its own, which is no loop over elements",
        FusionBarrier.Reduction => $"it needs the finished {apart.Operand.Op.Name}",
        FusionBarrier.OtherSizes => "it runs over other sizes",
        FusionBarrier.Late => "another kernel runs in between, and a second tensor would wait for its use over it",
        FusionBarrier.Full => "the kernel has as many nodes as one may have",
        FusionBarrier.Series => "a kernel takes at most two functions like exp and tanh one after the other, and eight in all",
        FusionBarrier.Between => "it also needs another kernel, which needs that loop",
        _ => "",
    };

    private static TensorType ReadType(string type) =>
        Parser.Parse($"graph g(%x: {type}) {{ return }}").Entry.Parameters[0].Types[0];

    private static string EquationOf(string rule) =>
        Canonicalize.Rules.Concat(Algebra.Rules).FirstOrDefault(known => known.Name == rule)?.Equation ?? "";
}
