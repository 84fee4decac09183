using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Reductions over the first axis, which take several rows at a time, of any number of rows and columns; all values are exact.</summary>
public sealed class RowsTogetherTests
{
    private static readonly OpDef[] Reductions = [OpDefs.ReduceSum, OpDefs.ReduceMax, OpDefs.ReduceMin];

    public static TheoryData<DType> DTypes() => [DType.F32, DType.F64, DType.F16, DType.I32, DType.I64, DType.U8];

    [Theory]
    [MemberData(nameof(DTypes))]
    public void Reduction_over_rows_is_that_of_the_interpreter(DType dtype)
    {
        foreach (long rows in new[] { 1, 2, 3, 4, 5, 7, 8, 11, 259 })
        {
            foreach (long columns in new[] { 1, 3, 16, 37 })
            {
                foreach (OpDef op in Reductions)
                {
                    Compare(dtype, [rows, columns], (b, x) => [Reduce(b, op, x, 0)]);
                    Compare(dtype, [3, rows, columns], (b, x) => [Reduce(b, op, x, 1)]);
                    Compare(dtype, [rows, 2, columns], (b, x) => [Reduce(b, op, x, 0)]);
                }
                // A longer body, a value that is also a result, and folds that move differently from row to row.
                Compare(dtype, [rows, columns], (b, x) => b.Mul(b.Add(x, x), x) is var y ? [y, b.Sum(y, [0])] : []);
                Compare(dtype, [rows, columns], (b, x) => [b.Sum(x, [0]), b.Sum(x, [1]), Reduce(b, OpDefs.ReduceMax, x, 0)]);
                Compare(dtype, [columns, rows], (b, x) => [b.Sum(b.Transpose(x, [1, 0]), [0])]);
            }
        }
    }

    [Fact]
    public void Sum_over_rows_has_the_same_bits_for_any_number_of_threads()
    {
        var type = new TensorType(DType.F32, [1003, 300]);
        Literal x = Literal.FromDoubles(type, i => Math.Sin(i));
        Agree.OnAnyThreads(Graph(type, (b, v) => [b.Sum(v, [0])]), x);
    }

    private static Value Reduce(GraphBuilder b, OpDef op, Value x, long axis) =>
        b.Emit(op, Attrs.Of(("axes", new[] { axis }), ("keep", false)), [x])[0];

    private static Graph Graph(TensorType type, Func<GraphBuilder, Value, Value[]> emit)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(type);
        return build.Finish("reduce", emit(build, x));
    }

    private static void Compare(DType dtype, long[] sizes, Func<GraphBuilder, Value, Value[]> emit)
    {
        var type = new TensorType(dtype, new Shape(sizes));
        // Small enough for exact sums of squares in every dtype.
        Literal x = Literal.FromDoubles(type, i => i * 7 % 3);
        Graph graph = Graph(type, emit);
        Literal[] expected = Agree.On(Devices.Interpreter, graph, x);
        Literal[] actual = Agree.On(Devices.Managed, graph, x);
        for (int i = 0; i < expected.Length; i++)
        {
            string? difference = Enumerable.Range(0, (int)expected[i].Type.Shape.ElementCount.Value)
                .Where(at => expected[i].GetDouble(at) != actual[i].GetDouble(at))
                .Select(at => $"{dtype} [{string.Join(", ", sizes)}], result {i} at {at}: {graph}").FirstOrDefault();
            Assert.Null(difference);
        }
    }
}
