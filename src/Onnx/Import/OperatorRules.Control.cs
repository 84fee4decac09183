using System.Collections.Immutable;
using TensorGraph.Ir;
using TensorGraph.OnnxFormat;

namespace TensorGraph;

/// <summary>Branches and loops. Their graphs see the names of the graphs around them.</summary>
internal static partial class OperatorRules
{
    private static IEnumerable<OperatorRule> Control() =>
    [
        new("If", 7, "else_branch then_branch", If) { Limits = "both branches give tensors of one dtype and number of axes" },
        new("Loop", 7, "body", Loop) { Limits = "what is carried keeps its dtype and shape" },
        new("Scan", 9, "body num_scan_inputs scan_input_axes scan_input_directions scan_output_axes scan_output_directions", Scan)
        {
            Limits = "what is carried keeps its dtype and shape",
        },
    ];

    private static Value?[] If(NodeReader c)
    {
        var b = c.Builder;
        var condition = Scalar(c, c.X);
        c.Importer.Note(b.Body.Count - (condition == c.X ? 0 : 1));
        if (c.Importer.Known.Fixed(condition) is { } known)
            return [.. Results(c, c.Graph(known.GetLong(0) != 0 ? "then_branch" : "else_branch"))];
        Block then = Branch(c, "then_branch"), otherwise = Branch(c, "else_branch");
        if (then.Types.Length != otherwise.Types.Length)
            throw c.Refuse($"its branches give {then.Types.Length} and {otherwise.Types.Length} values");
        // How many axes at the end have the same size in both branches; all of them where the whole type is the same. −1: a list.
        int[] same = [.. then.Types.Select((type, i) => Shared(c, type, then.IsBound[i], otherwise.Types[i], otherwise.IsBound[i]))];
        if (!same.Index().All(entry => entry.Item == then.Types[entry.Index].Rank))
            (then, otherwise) = (Opened(c, then, same), Opened(c, otherwise, same));
        var node = b.Branch(OpDefs.If, condition, (then.Region, then.Captures), (otherwise.Region, otherwise.Captures));
        var results = new Value?[same.Length];
        int next = 0;
        for (int i = 0; i < results.Length; i++)
        {
            int open = then.Ranks[i] - same[i];
            results[i] = open == 0 ? node[next++] : Closed(c, node, ref next, open, same[i]);
        }

        return results;
    }

    /// <summary>A finished block of a branch.</summary>
    /// <param name="Region">The block.</param>
    /// <param name="Captures">What it uses from outside.</param>
    /// <param name="Types">Types of its results.</param>
    /// <param name="IsBound">For each result and axis, whether its size is only known inside.</param>
    private sealed record Block(Region Region, ImmutableArray<Value> Captures, TensorType[] Types, bool[][] IsBound)
    {
        /// <summary>Numbers of axes of the results.</summary>
        public int[] Ranks { get; init; } = [.. Types.Select(type => type.Rank)];
    }

    private static Value[] Results(NodeReader c, GraphProto graph)
    {
        if (graph.Input.Count > 0)
            throw c.Refuse("a branch has inputs");
        var scope = c.Scope.Inner();
        c.Importer.Body(scope, graph);
        return [.. graph.Output.Select(output => c.Importer.Materialize(c.Importer.Find(scope, output.Name), c))];
    }

    private static Block Branch(NodeReader c, string name)
    {
        var graph = c.Graph(name);
        c.Builder.BeginRegion();
        var results = Results(c, graph);
        bool[][] bound = [.. results.Select(result => result.Shape.Select(size => c.Importer.Trace.IsBoundHere(size)).ToArray())];
        var (region, captures) = c.Builder.EndRegion(results);
        return new(region, captures, [.. region.Results.Select(result => result.Type)], bound);
    }

    private static int Shared(NodeReader c, TensorType first, bool[] boundFirst, TensorType second, bool[] boundSecond)
    {
        if (first.DType != second.DType || first.Rank != second.Rank || first.IsList != second.IsList)
            throw c.Refuse($"its branches give {first} and {second}");
        int same = 0;
        for (int axis = first.Rank - 1; axis >= 0; axis--, same++)
        {
            if (boundFirst[axis] || boundSecond[axis] || first.Shape[axis] != second.Shape[axis])
                break;
        }

        return same == first.Rank || !first.IsList ? same : throw c.Refuse($"its branches give {first} and {second}");
    }

    // What differs in the first axes leaves the block as a list of rows, and the sizes of these axes.
    private static Block Opened(NodeReader c, Block block, int[] same)
    {
        var b = c.Builder;
        b.BeginRegion();
        var values = b.Inline(block.Region, block.Captures.AsSpan());
        var results = new List<Value>();
        foreach (var (i, value) in values.Index())
        {
            int open = value.Type.Rank - same[i];
            if (open == 0)
            {
                results.Add(value);
                continue;
            }

            results.Add(b.Emit(OpDefs.ListOf, b.Reshape(value, new([Product(value.Shape.Take(open)), .. value.Shape.Skip(open)]))));
            results.AddRange(value.Shape.Take(open).Select(size => b.DimSize(size, DType.I64)));
        }

        var (region, captures) = b.EndRegion([.. results]);
        return block with { Region = region, Captures = captures };
    }

    private static Value Closed(NodeReader c, Node node, ref int next, int open, int same)
    {
        var rows = node[next++];
        var sizes = new Dim[open];
        for (int axis = 0; axis < open; axis++)
            sizes[axis] = c.Bind(node[next++]);
        var stacked = c.Builder.Emit(OpDefs.ListStack, Attrs.Of("dim", Product(sizes)), [rows])[0];
        return c.Builder.Reshape(stacked, new([.. sizes, .. stacked.Shape.TakeLast(same)]));
    }

    private static Value?[] Loop(NodeReader c)
    {
        var body = c.Graph("body");
        int carried = c.Count - 2;
        if (carried < 0 || body.Input.Count != carried + 2 || body.Output.Count < carried + 1)
            throw c.Refuse($"{c.Count} inputs for a graph of {body.Input.Count} inputs and {body.Output.Count} outputs");
        Value[] initial = [.. Enumerable.Range(0, carried).Select(i => Initial(c, c.Item(i + 2), body.Input[i + 2]))];
        Value? limit = c.Optional(0) is { } most ? Scalar(c, most) : null, first = c.Optional(1) is { } start ? Scalar(c, start) : null;
        bool isTrue = first is not { } condition || c.Importer.Known.Fixed(condition)?.GetLong(0) == 1;
        if (isTrue && c.Optional(0) is { } count && c.Sizes(count, "the number of iterations") is [var times]
            && Counted(c, body, initial, Dim.Max(times, 0)) is { } results)
        {
            return results;
        }

        return Conditional(c, body, initial, limit, first);
    }

    private static Value Initial(NodeReader c, Imported item, ValueInfoProto declared)
    {
        if (item.EmptyOf is not { } dtype)
            return c.Importer.Materialize(item, c);
        if (declared.Type?.SequenceType?.ElemType?.TensorType?.Shape is not { } shape)
            throw c.Refuse($"the elements of the sequence '{declared.Name}' have no known shape");
        Dim SizeOf(TensorShapeProto.Types.Dimension dim) => dim.HasDimValue ? dim.DimValue : c.Importer.Named(dim.DimParam)
            ?? throw c.Refuse($"the elements of the sequence '{declared.Name}' have a size of unknown name");
        return c.Builder.Zeros(new TensorType(dtype, new([.. shape.Dim.Select(SizeOf)])).List);
    }

    // A loop that ends by its number of iterations alone; null if this one does not.
    private static Value?[]? Counted(NodeReader c, GraphProto body, Value[] initial, Dim count)
    {
        var b = c.Builder;
        int depth = b.Depth;
        var numbers = b.Iota([count], 0);
        b.BeginRegion();
        Value[] state = [.. initial.Select(value => b.Parameter(value.Type))];
        var iteration = b.Parameter(new(DType.I64, Shape.Scalar));
        var isTrue = b.Constant(Literal.Scalar(DType.Bool, 1));
        c.Importer.Note(0);
        var results = Iteration(c, body, [iteration, isTrue, .. state]);
        if (c.Importer.Known.Fixed(results[0])?.GetLong(0) != 1)
        {
            b.Abandon(depth);
            return null;
        }

        Value[] yields = [.. results.Skip(1).Select((value, i) => i < state.Length ? Kept(c, value, initial[i].Type) : Stackable(c, value))];
        return [.. b.Scan(initial, [numbers], count, b.EndRegion(yields)).Select(value => (Value?)value)];
    }

    // The number of the iteration and the condition are carried too, and what is stacked is a list.
    private static Value?[] Conditional(NodeReader c, GraphProto body, Value[] initial, Value? limit, Value? first)
    {
        var b = c.Builder;
        TensorType number = new(DType.I64, Shape.Scalar), flag = new(DType.Bool, Shape.Scalar);
        b.BeginRegion();
        Value iteration = b.Parameter(number), goesOn = b.Parameter(flag);
        Value[] state = [.. initial.Select(value => b.Parameter(value.Type))];
        var results = Iteration(c, body, [iteration, goesOn, .. state]);
        Value[] stacked = [.. results.Skip(1 + state.Length).Select(value => Stackable(c, value))];
        Value[] lists = [.. stacked.Select(value => b.Parameter(value.Type.List))];
        Value[] longer = [.. lists.Zip(stacked, (list, value) => b.Emit(OpDefs.ListSet, list, iteration, value))];
        TensorType[] elements = [.. stacked.Select(value => value.Type)];
        var next = b.Add(iteration, b.Scalar(1, iteration));
        var block = b.EndRegion(
            [next, Scalar(c, results[0]), .. results.Skip(1).Take(state.Length).Select((value, i) => Kept(c, value, initial[i].Type)), .. longer]);

        b.BeginRegion();
        Value at = b.Parameter(number), condition = b.Parameter(flag);
        foreach (var type in initial.Select(value => value.Type).Concat(elements.Select(type => type.List)))
            b.Parameter(type);
        if (limit is { } most)
            condition = b.Emit(OpDefs.And, condition, b.Emit(OpDefs.Less, at, b.Cast(most, DType.I64)));
        var test = b.EndRegion([condition]);

        var isTrue = first ?? b.Constant(Literal.Scalar(DType.Bool, 1));
        var node = b.Loop([b.Constant(Literal.Zeros(number)), isTrue, .. initial, .. elements.Select(type => b.Zeros(type.List))], test, block);
        var found = new Value?[initial.Length + elements.Length];
        for (int i = 0; i < initial.Length; i++)
            found[i] = node[i + 2];
        if (elements.Length == 0)
            return found;
        var times = c.Bind(node[0]);
        for (int i = initial.Length; i < found.Length; i++)
            found[i] = b.Emit(OpDefs.ListStack, Attrs.Of("dim", times), [node[i + 2]])[0];
        return found;
    }

    private static Value[] Iteration(NodeReader c, GraphProto body, Value[] parameters)
    {
        var scope = c.Scope.Inner();
        foreach (var (input, parameter) in body.Input.Zip(parameters))
            GraphImporter.Add(scope, input.Name, new(parameter));
        c.Importer.Body(scope, body);
        return [.. body.Output.Select(output => c.Importer.Materialize(c.Importer.Find(scope, output.Name), c))];
    }

    // A size by another name, or one that is computed in the loop, is checked to be the one that is carried.
    private static Value Kept(NodeReader c, Value value, TensorType type)
    {
        if (value.Type == type)
            return value;
        bool fits = value.DType == type.DType && value.Shape.Rank == type.Rank && !type.IsList
            && value.Shape.Zip(type.Shape).All(pair => pair.First == pair.Second || !pair.First.IsConstant);
        if (!fits)
            throw c.Refuse($"it carries {type}, which is {value.Type} after one iteration");
        if (!value.Shape.Any(c.Importer.Trace.IsBoundHere))
            return c.Builder.BroadcastTo(value, type.Shape);
        // The number of elements does not tell where an axis has none.
        foreach (var (now, size) in value.Shape.Zip(type.Shape).Where(pair => pair.First != pair.Second))
            c.Builder.Assume(new(size, now, "reshape", c.Builder.Source ?? SourceSpan.Capture()));
        return c.Builder.Reshape(value, type.Shape);
    }

    private static Value Stackable(NodeReader c, Value value) => value.Shape.Any(c.Importer.Trace.IsBoundHere)
        ? throw c.Refuse($"it stacks {value.Type}, whose sizes are only known in its body") : value;

    private static Value?[] Scan(NodeReader c)
    {
        var b = c.Builder;
        var body = c.Graph("body");
        int sequences = checked((int)(c.Int("num_scan_inputs") ?? throw c.Refuse("it has no num_scan_inputs"))), carried = c.Count - sequences;
        int stacked = body.Output.Count - carried;
        if (sequences < 1 || carried < 0 || stacked < 0 || body.Input.Count != c.Count)
            throw c.Refuse($"{c.Count} inputs for a graph of {body.Input.Count} inputs and {body.Output.Count} outputs");
        long[] Numbers(string name, int count) => c.Ints(name) is not { } all ? new long[count]
            : all.Length == count ? all : throw c.Refuse($"{name} has {all.Length} numbers, and not {count}");
        long[] axes = Numbers("scan_input_axes", sequences), directions = Numbers("scan_input_directions", sequences);
        long[] outAxes = Numbers("scan_output_axes", stacked), outDirections = Numbers("scan_output_directions", stacked);
        // All back to front is one scan from the end; otherwise each that is back to front is turned round.
        bool reverse = directions.Concat(outDirections).All(direction => direction == 1);
        Value Turned(Value value) => b.Emit(OpDefs.Reverse, Attrs.Of("axes", new[] { 0 }), [value])[0];
        Value[] initial = [.. Enumerable.Range(0, carried).Select(i => Initial(c, c.Item(i), body.Input[i]))];
        Value[] through = [.. Enumerable.Range(0, sequences).Select(i =>
        {
            var value = Moved(b, c.In(carried + i), c.Axis(axes[i], c.In(carried + i).Shape.Rank), 0);
            return directions[i] == 1 && !reverse ? Turned(value) : value;
        })];
        Dim length = through[0].Shape[0];
        b.BeginRegion();
        Value[] parameters =
        [
            .. initial.Select(value => b.Parameter(value.Type)), .. through.Select(value => b.Parameter(value.Type.Element)),
        ];
        var results = Iteration(c, body, parameters);
        Value[] yields = [.. results.Select((value, i) => i < carried ? Kept(c, value, initial[i].Type) : Stackable(c, value))];
        var found = b.Scan(initial, through, length, b.EndRegion(yields), reverse);
        return [.. found.Select((value, i) =>
        {
            if (i < carried)
                return (Value?)value;
            var turned = outDirections[i - carried] == 1 && !reverse ? Turned(value) : value;
            return Moved(b, turned, 0, c.Axis(outAxes[i - carried], value.Shape.Rank));
        })];
    }

    /// <summary>An axis in another place, the others in their order.</summary>
    private static Value Moved(GraphBuilder b, Value x, int from, int to)
    {
        if (from == to)
            return x;
        List<int> order = [.. Enumerable.Range(0, x.Shape.Rank).Where(axis => axis != from)];
        order.Insert(to, from);
        return b.Transpose(x, order);
    }
}
