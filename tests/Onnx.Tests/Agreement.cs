using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Comparison of our answers with those of ONNX Runtime.</summary>
internal static class Agreement
{
    /// <summary>Absolute and relative tolerance of floats, by the precision of the dtype.</summary>
    private static double Tolerance(DType dtype) => dtype switch { DType.F16 => 4e-3, DType.BF16 => 4e-2, _ => 1e-4 };

    /// <summary>Same dtypes and shapes, equal integers, close floats.</summary>
    public static void Same(IReadOnlyList<Literal> expected, IReadOnlyList<Literal> actual, string what, double? within = null)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {expected.Count} results, ONNX Runtime gives {actual.Count}");
        foreach (var (a, b) in expected.Zip(actual))
        {
            Assert.True(a.Type == b.Type, $"{what}: {a.Type}, ONNX Runtime gives {b.Type}");
            double tolerance = within ?? Tolerance(a.Type.DType);
            for (long i = 0; i < a.Count; i++)
            {
                bool same = a.Data is string[] ? a.GetString(i) == b.GetString(i) : !a.Type.DType.IsFloat() ? a.GetLong(i) == b.GetLong(i)
                    : IsClose(a.GetDouble(i), b.GetDouble(i), tolerance);
                Assert.True(same, $"{what}: element {i} is {a.Print(i)}, ONNX Runtime gives {b.Print(i)}");
            }
        }
    }

    /// <summary>Runs a graph in the interpreter, its export in ONNX Runtime, and what is read back of the export.</summary>
    public static void Exported(Graph graph, Literal[] arguments, string what)
    {
        var expected = new Interpreter().Run(graph, arguments);
        var model = GraphExporter.Export(graph, []);
        Same(expected, OnnxRuntime.Run(model, arguments), what);
        ReadBack(model, arguments, expected, what);
    }

    /// <summary>A model that is read back gives the same, or almost.</summary>
    public static void ReadBack(OnnxFormat.ModelProto model, Literal[] arguments, IReadOnlyList<Literal> expected, string what)
    {
        var signature = Assert.Single(ModelFile.Import(model).Signatures.Values);
        var actual = new Interpreter().Run(signature.Graph, arguments);
        Assert.Equal(expected.Count, actual.Length);
        foreach (var (a, b) in expected.Zip(actual))
        {
            Assert.True(a.Type == b.Type, $"{what}, read back: {b.Type}, and not {a.Type}");
            double tolerance = a.Type.DType is DType.F16 or DType.BF16 ? Tolerance(a.Type.DType) : 1e-6;
            for (long i = 0; i < a.Count; i++)
            {
                bool same = a.Data is string[] ? a.GetString(i) == b.GetString(i) : !a.Type.DType.IsFloat() ? a.GetLong(i) == b.GetLong(i)
                    : IsClose(a.GetDouble(i), b.GetDouble(i), tolerance);
                Assert.True(same, $"{what}, read back: element {i} is {b.Print(i)}, and not {a.Print(i)}");
            }
        }
    }

    private static bool IsClose(double a, double b, double tolerance) =>
        a.Equals(b) || a == b || Math.Abs(a - b) <= tolerance + (tolerance * Math.Abs(a));
}
