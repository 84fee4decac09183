using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Operands without elements, with the empty axis in every place, against the interpreter.</summary>
public sealed class EmptyOperandTests
{
    private static Graph Graph(Func<GraphBuilder, Value[], Value[]> build, params TensorType[] types)
    {
        var b = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = Array.ConvertAll(types, type => b.Parameter(type));
        return b.Finish("empty", build(b, parameters));
    }

    private static void Check(string what, Func<GraphBuilder, Value[], Value[]> build, params TensorType[] types) =>
        Agree.Run(Graph(build, types), Array.ConvertAll(types, type => Literal.FromDoubles(type, _ => 1)), what);

    private static IEnumerable<Value> Results(Node node) => Enumerable.Range(0, node.Types.Length).Select(i => node[i]);

    private static TensorType Type(DType dtype, params long[] sizes) => new(dtype, new Shape(sizes));

    // Every shape of a rank in which some axes are empty; the others have 2, 3, 4, ….
    private static IEnumerable<long[]> Shapes(int rank) =>
        Enumerable.Range(1, (1 << rank) - 1).Select(empty => Enumerable.Range(0, rank).Select(axis => (empty >> axis & 1) == 1 ? 0L : axis + 2).ToArray());

    private static IEnumerable<int[]> Orders(int rank) => rank == 0 ? [[]]
        : Orders(rank - 1).SelectMany(order => Enumerable.Range(0, rank).Select(at => (int[])[.. order[..at], rank - 1, .. order[at..]]));

    public static TheoryData<DType> DTypes() => [DType.F32, DType.F64, DType.F16, DType.I32, DType.U8];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Dot(DType dtype)
    {
        // Left (batch, a, b, c) with the axes of the right operand in every order; one free axis on each side.
        foreach (long[] sizes in Shapes(4))
        {
            foreach (int[] order in Orders(4))
            {
                long[] right = [.. order.Select(axis => axis == 3 ? 5 : sizes[axis])];
                Check($"dot {dtype} [{string.Join(", ", sizes)}] by order {string.Join(", ", order)}", (b, x) =>
                [
                    b.Dot(x[0], x[1], [1, 2], [Array.IndexOf(order, 1), Array.IndexOf(order, 2)], [0], [Array.IndexOf(order, 0)]),
                ], Type(dtype, sizes), Type(dtype, right));
            }
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Convolution_and_windows(DType dtype)
    {
        foreach (long[] sizes in Shapes(4))
        {
            Check($"conv {dtype} [{string.Join(", ", sizes)}]", (b, x) => [b.Conv(x[0], x[1], 1, [1, 1], [1, 1], [1, 1], new Shape(1, 1), new Shape(1, 1))],
                Type(dtype, sizes), Type(dtype, 3, sizes[1], 1, 2));
            Check($"window_sum {dtype} [{string.Join(", ", sizes)}]", (b, x) => [b.Emit(OpDefs.WindowSum, Attrs.Of(
                ("window", new[] { 1L, 1, 2, 2 }), ("stride", new[] { 1L, 1, 1, 1 }), ("dilation", new[] { 1L, 1, 1, 1 }),
                ("low", new Shape(0, 0, 2, 2)), ("high", new Shape(0, 0, 2, 2))), [x[0]])[0]], Type(dtype, sizes));
        }
    }

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Along_an_axis(DType dtype)
    {
        foreach (long[] sizes in Shapes(3))
        {
            string what = $"{dtype} [{string.Join(", ", sizes)}]";
            for (long i = 0; i < 3; i++)
            {
                long axis = i;
                TensorType type = Type(dtype, sizes);
                foreach (bool keep in new[] { false, true })
                {
                    foreach (OpDef op in new[] { OpDefs.ReduceSum, OpDefs.ReduceProd, OpDefs.ReduceMax, OpDefs.ReduceMin })
                        Check($"{op.Name} {what}", (b, x) => [.. Results(b.Emit(op, Attrs.Of(("axes", new[] { axis }), ("keep", keep)), [x[0]]))], type);
                }
                Check($"cum_sum {what}", (b, x) => [.. Results(b.Emit(OpDefs.CumSum, Attrs.Of("axis", axis), [x[0]]))], type);
                Check($"sort {what}", (b, x) => [.. Results(b.Emit(OpDefs.Sort, Attrs.Of(("axis", axis), ("descending", false)), [x[0]]))], type);
                if (sizes[axis] > 0) Check($"arg_max {what}", (b, x) => [.. Results(b.Emit(OpDefs.ArgMax, Attrs.Of("axis", axis), [x[0]]))], type);
                if (sizes[axis] > 0 || dtype == DType.F32)
                {
                    // Positions in a table, and none in an empty one.
                    TensorType positions = Type(DType.I32, sizes[axis] > 0 ? 2 : 0);
                    Check($"gather {what}", (b, x) => [.. Results(b.Emit(OpDefs.Gather, Attrs.Of(("axis", axis), ("batch", 0L)), [x[0], x[1]]))], type, positions);
                    long[] updates = [.. sizes];
                    updates[axis] = sizes[axis] > 0 ? 2 : 0;
                    Check($"scatter_add {what}", (b, x) => [b.ScatterAdd(x[0], x[1], x[2], (int)axis)], type, positions, Type(dtype, updates));
                }
                if (!dtype.IsFloat()) continue;
                foreach (OpDef op in new[] { OpDefs.Softmax, OpDefs.LogSoftmax })
                    Check($"{op.Name} {what}", (b, x) => [.. Results(b.Emit(op, Attrs.Of("axis", axis), [x[0]]))], type);
                foreach (OpDef op in new[] { OpDefs.ReduceMean, OpDefs.ReduceVariance, OpDefs.ReduceLogSumExp })
                    Check($"{op.Name} {what}", (b, x) => [.. Results(b.Emit(op, Attrs.Of(("axes", new[] { axis }), ("keep", false)), [x[0]]))], type);
            }
        }
    }
}
