using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Control flow. Regions become inner graphs, which see what they capture.</summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Control() =>
    [
        (OpDefs.If, new(c => Branch(c, c.X, c.Node.Regions[0], inner => Body(inner, c.Node.Regions[1], [.. c.Inputs.Skip(1)])))),
        (OpDefs.Switch, new(c => Cases(c, c.Graph, 0))),
        (OpDefs.While, new(While)),
        (OpDefs.Scan, new(c => c.Node.Inputs.Take((int)c.Attrs.Get<long>("carried")).Any(input => input.Type.IsList) ? ScanByLoop(c) : Scan(c))),
        (OpDefs.CheckIndex, new(_ => [])),
    ];

    private static void Body(GraphWriter inner, Region region, string[] parameters)
    {
        string[] results = GraphExporter.WriteBody(inner, region, parameters);
        foreach (var (result, value) in results.Zip(region.Results))
            inner.Output(result, value.Type);
    }

    private static string[] Branch(NodeWriter c, string condition, Region region, Action<GraphWriter> otherwise) =>
        Branch(c, c.Graph, condition, region, otherwise);

    private static string[] Branch(NodeWriter c, GraphWriter graph, string condition, Region region, Action<GraphWriter> otherwise)
    {
        GraphWriter first = graph.Inner(), second = graph.Inner();
        Body(first, region, [.. c.Inputs.Skip(1)]);
        otherwise(second);
        return graph.Add("If", c.Node.Types.Length, [condition], ("then_branch", first.Proto), ("else_branch", second.Proto));
    }

    // One branch after the other; the last one is for each other index.
    private static string[] Cases(NodeWriter c, GraphWriter graph, int index)
    {
        string isThis = graph.Add("Equal", [c.X, graph.Scalar(DType.I32, index)]);
        return Branch(c, graph, isThis, c.Node.Regions[index], inner =>
        {
            if (index + 2 >= c.Node.Regions.Length)
            {
                Body(inner, c.Node.Regions[^1], [.. c.Inputs.Skip(1)]);
                return;
            }

            foreach (var (i, name) in Cases(c, inner, index + 1).Index())
                inner.Output(name, c.Node.Types[i]);
        });
    }

    // The condition is computed before the loop, and at the end of each iteration.
    private static string[] While(NodeWriter c)
    {
        int carried = (int)c.Attrs.Get<long>("carried");
        Region condition = c.Node.Regions[0], region = c.Node.Regions[1];
        string[] inputs = [.. c.Inputs], captures = inputs[carried..];
        string first = GraphExporter.WriteBody(c.Graph, condition, inputs)[0];
        var body = c.Graph.Inner();
        body.Input("iteration", new(DType.I64, Shape.Scalar));
        body.Input("goes_on", new(DType.Bool, Shape.Scalar));
        string[] state = [.. c.Node.Inputs.Take(carried).Select(value => body.Input("carried", value.Type))];
        string[] next = GraphExporter.WriteBody(body, region, [.. state, .. captures]);
        string again = GraphExporter.WriteBody(body, condition, [.. next, .. captures])[0];
        body.Output(again, new(DType.Bool, Shape.Scalar));
        foreach (var (name, value) in next.Zip(region.Results))
            body.Output(name, value.Type);
        return c.Graph.Add("Loop", carried, ["", first, .. inputs[..carried]], ("body", body.Proto));
    }

    // A scan there has at least one sequence: without one it goes through the numbers of the iterations.
    private static string[] Scan(NodeWriter c)
    {
        int carried = (int)c.Attrs.Get<long>("carried"), sequences = (int)c.Attrs.Get<long>("sequences");
        string[] inputs = [.. c.Inputs];
        var region = c.Node.Regions[0];
        bool reverse = c.Attrs.Get("reverse", false);
        var body = c.Graph.Inner();
        string[] parameters = [.. region.Parameters.Take(carried + sequences).Select((parameter, i) =>
            body.Input(i < carried ? "carried" : "slice", parameter.Types[0]))];
        List<string> through = [.. inputs[carried..(carried + sequences)]];
        if (sequences == 0)
        {
            through.Add(Counted(c, new(DType.I64, [c.Attrs.Get<Dim>("length")]), 0));
            body.Input("iteration", new(DType.I64, Shape.Scalar));
        }

        Body(body, region, [.. parameters, .. inputs[(carried + sequences)..]]);
        int stacked = region.Results.Length - carried;
        long direction = reverse ? 1 : 0;
        return c.Graph.Add("Scan", region.Results.Length, [.. inputs[..carried], .. through], ("body", body.Proto), ("num_scan_inputs", through.Count),
            ("scan_input_directions", Enumerable.Repeat(direction, through.Count)), ("scan_output_directions", Enumerable.Repeat(direction, stacked)));
    }

    // The state of Scan there can't be a sequence, that of Loop can.
    private static string[] ScanByLoop(NodeWriter c)
    {
        int carried = (int)c.Attrs.Get<long>("carried"), sequences = (int)c.Attrs.Get<long>("sequences");
        string[] inputs = [.. c.Inputs];
        var region = c.Node.Regions[0];
        bool reverse = c.Attrs.Get("reverse", false);
        var body = c.Graph.Inner();
        string iteration = body.Input("iteration", new(DType.I64, Shape.Scalar)), goesOn = body.Input("goes_on", new(DType.Bool, Shape.Scalar));
        string[] state = [.. c.Node.Inputs.Take(carried).Select(value => body.Input("carried", value.Type))];
        string length = c.Squeeze(c.Graph.Size(c.Attrs.Get<Dim>("length")));
        string at = reverse ? body.Add("Sub", [body.Add("Sub", [length, body.Scalar(DType.I64, 1)]), iteration]) : iteration;
        string[] slices = [.. inputs.Skip(carried).Take(sequences).Select(sequence => body.Add("Gather", [sequence, at], ("axis", 0)))];
        string[] results = GraphExporter.WriteBody(body, region, [.. state, .. slices, .. inputs[(carried + sequences)..]]);
        body.Output(goesOn, new(DType.Bool, Shape.Scalar));
        foreach (var (name, value) in results.Zip(region.Results))
            body.Output(name, value.Type);
        string[] found = c.Graph.Add("Loop", region.Results.Length, [length, "", .. inputs[..carried]], ("body", body.Proto));
        return [.. found.Select((name, i) => i >= carried && reverse ? Reverse(c, name, [0]) : name)];
    }
}
