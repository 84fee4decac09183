using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// Elements at places that are themselves data. A place out of range is an error there too, but a negative one counts from the end.
/// </summary>
internal static partial class Spellings
{
    private static IEnumerable<(OpDef Op, Spelling Spelling)> Index() =>
    [
        (OpDefs.Gather, new(Gather)),
        (OpDefs.TakeAlongAxis, new(c => [c.Add("GatherElements", c.Inputs, ("axis", c.Axis))], TakesAlong)),
        (OpDefs.ScatterAdd, new(ScatterAdd)),
        (OpDefs.DynamicSlice, new(DynamicSlice)),
        (OpDefs.DynamicUpdateSlice, new(DynamicUpdateSlice)),
    ];

    // The other axes may be longer there, never here.
    private static bool TakesAlong(Node node) => node.Inputs[0].Shape.Without([(int)node.Attrs.Get<long>("axis")])
        == node.Inputs[1].Shape.Without([(int)node.Attrs.Get<long>("axis")]);

    private static string[] Gather(NodeWriter c)
    {
        int batch = (int)c.Attrs.Get("batch", 0L), axis = c.Axis;
        if (batch == 0)
            return [c.Add("Gather", c.Inputs, ("axis", axis))];
        // The axis comes right after the batch axes, and what was between them comes after the positions.
        int rank = c.ShapeOf().Rank, positions = c.ShapeOf(1).Rank - batch, middle = axis - batch;
        int[] order = [.. Enumerable.Range(0, batch), axis, .. Enumerable.Range(batch, middle), .. Enumerable.Range(axis + 1, rank - axis - 1)];
        string places = c.Unsqueeze(c.Cast(c.Y, DType.I64), c.ShapeOf(1).Rank);
        string taken = c.Add("GatherND", [c.Transpose(c.X, order), places], ("batch_dims", batch));
        int[] back =
        [
            .. Enumerable.Range(0, batch), .. Enumerable.Range(batch + positions, middle), .. Enumerable.Range(batch, positions),
            .. Enumerable.Range(batch + positions + middle, rank - axis - 1),
        ];
        return [c.Transpose(taken, back)];
    }

    // Batch axes and the axis become the first axis of a matrix, the rest the second; updates are rows that are added to it.
    private static string[] ScatterAdd(NodeWriter c)
    {
        int batch = (int)c.Attrs.Get("batch", 0L), axis = c.Axis, rank = c.ShapeOf().Rank, middle = axis - batch;
        int positions = c.ShapeOf(1).Rank - batch, last = rank - axis - 1;
        Shape x = c.ShapeOf(), places = c.ShapeOf(1);
        int[] order = [.. Enumerable.Range(0, batch), axis, .. Enumerable.Range(batch, middle), .. Enumerable.Range(axis + 1, last)];
        Dim batches = Product(x.Take(batch)), size = x[axis], width = Product(x.Without([.. Enumerable.Range(0, batch), axis]));
        string rows = c.Reshape(c.Transpose(c.X, order), [batches * size, width]);

        Dim each = Product(places.Skip(batch));
        string at = c.Reshape(c.Cast(c.Y, DType.I64), [batches, each]);
        if (batch > 0)
        {
            var first = Counted(c, new(DType.I64, [batches, 1]), 0);
            at = c.Add("Add", at, c.Add("Mul", first, c.Graph.Size(size)));
        }

        // Updates have the axes batch, middle, positions, rest.
        int[] updateOrder =
        [
            .. Enumerable.Range(0, batch), .. Enumerable.Range(batch + middle, positions), .. Enumerable.Range(batch, middle),
            .. Enumerable.Range(batch + middle + positions, last),
        ];
        string updates = c.Reshape(c.Transpose(c.In(2), updateOrder), [batches * each, width]);
        string sums = c.Add("ScatterND", [rows, c.Reshape(at, [batches * each, 1]), updates], ("reduction", "add"));
        return [c.TransposeBack(c.Reshape(sums, order.Select(i => x[i])), order)];
    }

    private static Dim Product(IEnumerable<Dim> sizes) => sizes.Aggregate((Dim)1, (product, size) => product * size);

    private static string[] Starts(NodeWriter c, int first) =>
        [.. c.Node.Inputs.Skip(first).Select(start => c.Unsqueeze(c.Cast(c.Graph.NameOf(start), DType.I64), 0))];

    private static string[] DynamicSlice(NodeWriter c)
    {
        string[] list = Starts(c, 1);
        if (list.Length == 0)
            return [c.X];
        string starts = c.Add("Concat", list, ("axis", 0));
        string ends = c.Add("Add", starts, c.Graph.Sizes(c.Result()));
        return [c.Add("Slice", c.X, starts, ends)];
    }

    // At places in row-major order: Σ (start + i)·(size of what is after the axis).
    private static string[] DynamicUpdateSlice(NodeWriter c)
    {
        string[] starts = Starts(c, 2);
        Shape x = c.ShapeOf(), block = c.ShapeOf(1);
        if (starts.Length == 0)
            return [c.Y];
        string? places = null;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            string at = c.Add("Add", Counted(c, new(DType.I64, block), axis), starts[axis]);
            string offset = c.Add("Mul", at, c.Graph.Size(Product(x.Skip(axis + 1))));
            places = places is null ? offset : c.Add("Add", places, offset);
        }

        Dim[] flat = [Product(block)];
        string updated = c.Add("ScatterElements",
            [c.Reshape(c.X, [Product(x)]), c.Reshape(c.Add("Expand", places!, c.Graph.Sizes(block)), flat), c.Reshape(c.Y, flat)], ("axis", 0));
        return [c.Reshape(updated, x)];
    }
}
