using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Graphs of sizes at which kernels work together: rows by groups, large tiles, folds of several groups.</summary>
internal static class LargeGraphs
{
    public static IEnumerable<(string Name, Graph Graph)> All(DType dtype)
    {
        yield return Of("softmax", dtype, [[150, 300]], (b, x) => [b.Emit(OpDefs.Softmax, Attrs.Of("axis", 1L), [x[0]])[0]]);
        yield return Of("softmax and its gradient", dtype, [[150, 300], [150, 300]], (b, x) =>
        {
            Value y = b.Emit(OpDefs.Softmax, Attrs.Of("axis", 1L), [x[0]])[0];
            return [y, b.Mul(y, b.Sub(x[1], b.Sum(b.Mul(y, x[1]), [1], keep: true)))];
        });
        yield return Of("norm", dtype, [[150, 300], [300]], (b, x) =>
        {
            Value centred = b.Sub(x[0], b.Mul(b.Sum(x[0], [1], keep: true), 1 / 300.0));
            Value scale = b.Emit(OpDefs.Rsqrt, b.Add(b.Mul(b.Sum(b.Mul(centred, centred), [1], keep: true), 1 / 300.0), b.Scalar(1e-3, x[0])));
            return [b.Mul(b.Mul(centred, scale), x[1])];
        });
        yield return Of("product", dtype, [[200, 130], [130, 170]], (b, x) => [Product(b, x)]);
        yield return Of("product, bias and tanh", dtype, [[200, 130], [130, 170], [170]], (b, x) =>
            [b.Emit(OpDefs.Tanh, b.Add(Product(b, x), x[2]))]);
        yield return Of("sums of long lines", dtype, [[3, 40_000]], (b, x) => [b.Sum(x[0], [1]), b.Sum(x[0], [0, 1])]);
        yield return Of("convolution", dtype, [[4, 8, 30, 30], [16, 8, 3, 3]], (b, x) => [b.Conv(x[0], x[1], 1, [1, 1], [1, 1], [1, 1], new(1, 1), new(1, 1))]);
    }

    private static Value Product(GraphBuilder b, Value[] x) => b.Dot(x[0], x[1], [1], [0]);

    private static (string Name, Graph Graph) Of(string name, DType dtype, long[][] sizes, Func<GraphBuilder, Value[], Value[]> make)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = Array.ConvertAll(sizes, size => build.Parameter(new TensorType(dtype, new Shape(size))));
        Graph graph = build.Finish("large", make(build, parameters));
        return ($"{name} {dtype.Name()}", Passes.Pipeline.Run(graph).Graph);
    }
}
