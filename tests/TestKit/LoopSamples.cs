using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>
/// Loops to differentiate: functions of a vector x, a number y (both f64) and a count n (i64) to a number, smooth in x and y around
/// <see cref="Values"/>.
/// </summary>
public static class LoopSamples
{
    /// <summary>Type of x.</summary>
    public static readonly TensorType Vector = new(DType.F64, [Dim.Symbol("k")]);

    /// <summary>Type of y.</summary>
    public static readonly TensorType Number = new(DType.F64, Shape.Scalar);

    /// <summary>Type of n.</summary>
    public static readonly TensorType Integer = new(DType.I64, Shape.Scalar);

    private delegate Value Sample(GraphBuilder b, Value x, Value y, Value n);

    private static readonly Dictionary<string, Sample> s_all = new(StringComparer.Ordinal)
    {
        ["power"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x], (v, _) => [b.Mul(v[0], b.Mul(x, y))])[0]),
        ["swap"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x, b.BroadcastTo(y, x.Shape)], (v, _) => [v[1], b.Emit(OpDefs.Tanh, b.Mul(v[0], v[1]))])[0]),
        ["until"] = (b, x, y, n) => Sum(b, While(b, [x], v => b.Emit(OpDefs.Less, b.Scalar(1, y), Sum(b, b.Mul(v[0], v[0]))),
        v => [b.Mul(b.Emit(OpDefs.Tanh, v[0]), y)])[0]),
        ["overwritten"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x], (_, i) => [b.Mul(x, b.Mul(y, b.Cast(i, DType.F64)))])[0]),
        ["unused"] = (b, x, y, n) => Repeat(b, n, [y, Sum(b, x)], (v, _) => [b.Mul(v[0], 1.5), b.Mul(v[1], v[0])])[0],
        ["captured result"] = (b, x, y, n) => Sum(b, b.Mul(Repeat(b, n, [x], (v, _) => [x])[0], y)),
        ["nested"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x], (v, i) =>
            [.. Repeat(b, b.Add(i, b.Scalar(1, i)), [v[0]], (w, j) => [b.Emit(OpDefs.Sin, b.Mul(w[0], b.Mul(x, b.Add(y, b.Cast(j, DType.F64)))))])])[0]),
        ["nested thrice"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x], (u, _) => [.. Repeat(b, n, [u[0]], (v, i) =>
            [.. Repeat(b, i, [v[0]], (w, _) => [b.Emit(OpDefs.Tanh, b.Add(b.Mul(w[0], y), u[0]))])])])[0]),
        ["branch in loop"] = (b, x, y, n) =>
        Sum(b, Repeat(b, n, [x], (v, _) =>
        [If(b, b.Emit(OpDefs.Less, Sum(b, v[0]), y), () => b.Mul(v[0], b.Add(v[0], y)), () => b.Emit(OpDefs.Sin, b.Mul(v[0], y)))])[0]),
        ["loop in branch"] = (b, x, y, n) => Sum(b, If(
            b, b.Emit(OpDefs.Less, Sum(b, x), b.Scalar(100, y)), () => Repeat(b, n, [x], (v, _) => [b.Emit(OpDefs.Tanh, b.Mul(v[0], b.Mul(x, y)))])[0],
            () => x)),
        ["loop in branch in loop"] = (b, x, y, n) => Sum(b, Repeat(b, n, [x], (u, i) =>
            [If(b, b.Emit(OpDefs.Less, b.Scalar(0, i), i), () => Repeat(b, i, [u[0]], (v, _) => [b.Emit(OpDefs.Tanh, b.Mul(v[0], b.Mul(u[0], y)))])[0],
            () => b.Mul(u[0], u[0]))])[0]),
        ["collect"] = (b, x, y, n) => Stacked(b, Repeat(b, n, [x, Empty(b, x.Type)],
        (v, i) => [b.Mul(v[0], b.Mul(x, y)), b.Emit(OpDefs.ListSet, v[1], i, b.Emit(OpDefs.Sin, v[0]))])[1], n),
        ["read what was collected"] = (b, x, y, n) =>
        {
            Value start = b.Emit(OpDefs.ListSet, Empty(b, x.Type), b.Constant(Literal.Scalar(DType.I64, 0)), x);
            Value list = Repeat(b, n, [start],
                (v, i) => [b.Emit(OpDefs.ListSet, v[0], b.Emit(OpDefs.ListCount, v[0]),
                b.Mul(b.Emit(OpDefs.ListGet, v[0], i), b.Mul(b.Emit(OpDefs.ListGet, v[0], b.Scalar(0, i)), y)))])[0];
            return Stacked(b, list, b.Add(n, b.Scalar(1, n)));
        },
        ["replace"] = (b, x, y, n) =>
        {
            Value list = b.Emit(OpDefs.ListOf, b.BroadcastTo(x, [3, .. x.Shape.Dims]));
            Value three = b.Constant(Literal.Scalar(DType.I64, 3));
            list = Repeat(b, n, [list], (v, i) =>
            {
                Value at = b.Emit(OpDefs.Rem, i, three);
                return [b.Emit(OpDefs.ListSet, v[0], at, b.Mul(b.Emit(OpDefs.ListGet, v[0], b.Emit(OpDefs.Rem, b.Add(i, b.Scalar(1, i)), three)),
                    b.Add(b.Emit(OpDefs.ListGet, v[0], at), y)))];
            })[0];
            return Stacked(b, list, three);
        },
        ["rows of a captured tensor"] = (b, x, y, n) => Repeat(b, b.DimSize(x.Shape[0], DType.I64), [y], (v, i) =>
            [b.Emit(OpDefs.Tanh, b.Mul(b.Emit(OpDefs.Gather, Attrs.Of("axis", 0), [x, i])[0], b.Add(v[0], y)))])[0],
        ["elements of a captured list"] = (b, x, y, n) =>
        {
            Value list = b.Emit(OpDefs.ListOf, b.Mul(x, y)), size = b.DimSize(x.Shape[0], DType.I64);
            return Repeat(b, size, [y], (v, i) =>
                [b.Mul(b.Emit(OpDefs.ListGet, list, b.Sub(b.Sub(size, i), b.Scalar(1, i))),
                b.Emit(OpDefs.Sin, b.Add(v[0], b.Emit(OpDefs.ListGet, list, b.Scalar(0, i)))))])[0];
        },
        ["size of data"] = (b, x, y, n) => Repeat(b, n, [y], (v, i) =>
        {
            Dim size = Dim.Symbol("turn");
            b.Emit(OpDefs.BindSize, Attrs.Of("dim", size), [b.Add(i, b.Scalar(1, i))]);
            Value many = b.Mul(b.BroadcastTo(b.ExpandDims(x, 0), [size, .. x.Shape.Dims]), b.BroadcastTo(v[0], [size, .. x.Shape.Dims]));
            return [Sum(b, b.Mul(b.Emit(OpDefs.Tanh, many), many))];
        })[0],
        ["scan"] = (b, x, y, n) => Scanned(b, x, y, reverse: false),
        ["scan reversed"] = (b, x, y, n) => Scanned(b, x, y, reverse: true),
        ["scan of two sequences with a captured one"] = (b, x, y, n) =>
        {
            var node = Scan(b, [y, b.Mul(y, y)], [x, b.Emit(OpDefs.Exp, x)], (v, row) =>
                [b.Emit(OpDefs.Tanh, b.Mul(v[1], row[0])), b.Add(b.Mul(v[0], row[1]), Sum(b, x)), b.Mul(row[0], b.Mul(x, v[1])), b.Mul(row[0], row[0])]);
            return b.Add(b.Add(node[0], b.Mul(node[1], y)), b.Add(Sum(b, node[2]), Sum(b, b.Mul(node[3], x))));
        },
        ["outputs alone"] = (b, x, y, n) => Sum(b, Scan(b, [], [x], (_, row) => [b.Mul(b.Emit(OpDefs.Sin, row[0]), b.Mul(row[0], y))])[0]),
        ["last alone"] = (b, x, y, n) => Scan(b, [y], [x], (v, row) => [b.Emit(OpDefs.Sin, b.Mul(v[0], b.Add(row[0], y))), b.Mul(v[0], row[0])])[0],
        ["scan in a scan"] = (b, x, y, n) =>
            Sum(b, Scan(b, [y], [x], (v, row) =>
            [b.Emit(OpDefs.Tanh, v[0]), .. Scan(b, [b.Mul(v[0], row[0])], [x],
            (w, inner) => [b.Mul(w[0], b.Add(inner[0], row[0])), b.Mul(w[0], y)])])[2]),
        ["branch in a scan"] = (b, x, y, n) => Sum(b, Scan(b, [y], [x], (v, row) =>
            [b.Mul(v[0], 0.5), If(b, b.Emit(OpDefs.Less, row[0], b.Scalar(0, y)), () => b.Mul(row[0], b.Mul(row[0], v[0])),
            () => b.Emit(OpDefs.Sin, b.Mul(row[0], v[0])))])[1]),
        ["loop in a scan"] = (b, x, y, n) =>
        Sum(b, Scan(b, [y], [x], (v, row) => [b.Emit(OpDefs.Tanh, v[0]), Repeat(b, n, [row[0]], (w, _) => [b.Mul(w[0], b.Add(w[0], v[0]))])[0]])[1]),
        ["scan in a loop"] = (b, x, y, n) =>
        Sum(b, Repeat(b, n, [x], (v, _) => [Scan(b, [y], [v[0]], (w, row) => [b.Emit(OpDefs.Tanh, b.Add(w[0], row[0])), b.Mul(w[0], row[0])])[1]])[0]),
        ["product of matrices"] = (b, x, y, n) =>
        {
            Value w = b.Mul(b.BroadcastTo(b.ExpandDims(x, 1), [x.Shape[0], x.Shape[0]]), y);
            return Sum(b, Repeat(b, n, [x], (v, _) => [b.Emit(OpDefs.Tanh, b.Dot(w, v[0], [1], [0]))])[0]);
        },
    };

    private static Value Scanned(GraphBuilder b, Value x, Value y, bool reverse)
    {
        var node = Scan(b, [y], [x], (v, row) =>
        {
            Value next = b.Emit(OpDefs.Tanh, b.Mul(b.Add(v[0], row[0]), y));
            return [next, b.Mul(next, row[0])];
        }, reverse);
        return b.Add(b.Mul(node[0], y),
            Sum(b, b.Mul(node[1], b.Emit(OpDefs.Sin, b.Add(b.Iota(x.Shape, 0, DType.F64), b.Constant(Literal.Scalar(DType.F64, 1)))))));
    }

    /// <summary>Names of all samples.</summary>
    public static IEnumerable<string> Names => s_all.Keys;

    /// <summary>Values of x, y and n.</summary>
    public static Literal[] Values(long turns) =>
        [Literal.FromDoubles(Vector.As([3]), i => new[] { 0.9, -0.6, 0.4 }[i]), Literal.Scalar(DType.F64, 0.8),
        Literal.FromLongs(Integer, _ => turns)];

    /// <summary>
    /// The sample as a graph: its value, then the gradients by x and y of the sum of the gradients before, <paramref name="order"/> times.
    /// </summary>
    public static Graph Graph(string name, int order, bool saves = true)
    {
        var b = new Recording { Source = SourceSpan.None, Saves = saves };
        Value[] inputs = [b.Parameter(Vector, "x"), b.Parameter(Number, "y"), b.Parameter(Integer, "n")];
        Value value = s_all[name](b, inputs[0], inputs[1], inputs[2]);
        Value target = value;
        Value[] gradients = [];
        for (int i = 0; i < order; i++)
        {
            b.Saves = saves && i < order - 1;
            var found = Gradient.Backward(b, [.. b.Body], [(target, b.Ones(target.Type))], inputs[..2], []).Sources;
            gradients = [.. found.Select((gradient, k) => gradient ?? b.Zeros(inputs[k].Type))];
            target = b.Add(Sum(b, b.Mul(gradients[0], b.Emit(OpDefs.Sin, inputs[0]))), b.Mul(gradients[1], 0.3));
        }

        return b.Finish(name, [value, .. gradients, target]);
    }

    /// <summary>Turns a loop <paramref name="n"/> times.</summary>
    public static Value[] Repeat(GraphBuilder b, Value n, Value[] initial, Func<Value[], Value, Value[]> body) => While(
        b, [.. initial, b.Constant(Literal.Scalar(DType.I64, 0))], v => b.Emit(OpDefs.Less, v[^1], n),
        v => [.. body(v[..^1], v[^1]), b.Add(v[^1], b.Scalar(1, v[^1]))])[..^1];

    /// <summary>A loop.</summary>
    public static Value[] While(GraphBuilder b, Value[] initial, Func<Value[], Value> condition, Func<Value[], Value[]> body)
    {
        b.BeginRegion();
        var head = b.EndRegion([condition([.. initial.Select(value => b.Parameter(value.Type))])]);
        b.BeginRegion();
        var iteration = b.EndRegion(body([.. initial.Select(value => b.Parameter(value.Type))]));
        return [.. ResultsOf(b.Loop(initial, head, iteration), initial.Length)];
    }

    // Goes through rows: (carried, rows) → (carried, outputs).
    private static Value[] Scan(GraphBuilder b, Value[] initial, Value[] sequences, Func<Value[], Value[], Value[]> body, bool reverse = false)
    {
        b.BeginRegion();
        Value[] carried = [.. initial.Select(value => b.Parameter(value.Type))], rows =
            [.. sequences.Select(value => b.Parameter(value.Type.Element))];
        return [.. DifferentiableScan.Emit(b, initial, sequences, sequences[0].Shape[0], b.EndRegion(body(carried, rows)), reverse)];
    }

    private static ImmutableArray<Value> ResultsOf(Node node, int count) => [.. Enumerable.Range(0, count).Select(i => node[i])];

    private static Value If(GraphBuilder b, Value condition, Func<Value> then, Func<Value> otherwise)
    {
        b.BeginRegion();
        var left = b.EndRegion([then()]);
        b.BeginRegion();
        var right = b.EndRegion([otherwise()]);
        return b.Branch(OpDefs.If, condition, left, right)[0];
    }

    private static Value Sum(GraphBuilder b, Value a) => b.Sum(a, Enumerable.Range(0, a.Shape.Rank));

    private static Value Empty(GraphBuilder b, TensorType element) => b.Zeros(element.List);

    // Each element counts differently, so that a gradient that ends at the wrong one shows.
    private static Value Stacked(GraphBuilder b, Value list, Value count)
    {
        Dim size = Dim.Symbol("rows");
        b.Emit(OpDefs.BindSize, Attrs.Of("dim", size), [count]);
        Value rows = b.Emit(OpDefs.ListStack, Attrs.Of("dim", size), [list])[0];
        return Sum(b, b.Mul(b.Mul(rows, rows), b.Emit(OpDefs.Sin, b.Add(b.Iota(rows.Shape, 0, DType.F64), b.Constant(Literal.Scalar(DType.F64, 1))))));
    }

    // Records as a trace does under a tape, which is closed inside of loops.
    private sealed class Recording : GraphBuilder
    {
        public bool Saves { get; set; }

        protected override Node Append(Node node) => Saves && Depth == 0 && SaveResiduals.Of(this, node) is { } saving ? saving : base.Append(node);
    }
}
