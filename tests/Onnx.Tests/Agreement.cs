using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Comparison of our answers with those of ONNX Runtime.</summary>
internal static class Agreement
{
    /// <summary>Absolute and relative tolerance of floats, by the precision of the dtype.</summary>
    private static double Tolerance(DType dtype) => dtype switch { DType.F16 => 4e-3, DType.BF16 => 4e-2, _ => 1e-4 };

    /// <summary>Same dtypes and shapes, equal integers, close floats.</summary>
    public static void Same(IReadOnlyList<Literal> expected, IReadOnlyList<Literal> actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {expected.Count} results, ONNX Runtime gives {actual.Count}");
        foreach (var (a, b) in expected.Zip(actual))
        {
            Assert.True(a.Type == b.Type, $"{what}: {a.Type}, ONNX Runtime gives {b.Type}");
            double tolerance = Tolerance(a.Type.DType);
            for (long i = 0; i < a.Count; i++)
            {
                bool same = a.Data is string[] ? a.GetString(i) == b.GetString(i) : !a.Type.DType.IsFloat() ? a.GetLong(i) == b.GetLong(i)
                    : IsClose(a.GetDouble(i), b.GetDouble(i), tolerance);
                Assert.True(same, $"{what}: element {i} is {a.Print(i)}, ONNX Runtime gives {b.Print(i)}");
            }
        }
    }

    /// <summary>Runs a graph in the interpreter and its export in ONNX Runtime.</summary>
    public static void Exported(Graph graph, Literal[] arguments, string what)
    {
        Same(new Interpreter().Run(graph, arguments), OnnxRuntime.Run(GraphExporter.Export(graph, []), arguments), what);
    }

    private static bool IsClose(double a, double b, double tolerance) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= tolerance + (tolerance * Math.Abs(a));
}
