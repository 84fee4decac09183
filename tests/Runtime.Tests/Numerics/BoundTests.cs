using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>The larger and the smaller of an element and a number that the graph knows: NaN wins, −0 is below +0, whichever number it is.</summary>
public sealed class BoundTests
{
    private static readonly double[] Numbers =
    [
        double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, 1, -1, 1e-45, -1e-45, 6e-8, -6e-8, 0.5, 1e30, -1e30, 65504, 2, -2,
    ];

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F64)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Bound_by_a_constant_is_that_of_the_interpreter(DType dtype)
    {
        var type = new TensorType(dtype, [Numbers.Length]);
        Literal x = Literal.FromDoubles(type, i => Numbers[i]);
        foreach (OpDef op in new[] { OpDefs.Max, OpDefs.Min })
        {
            foreach (double number in Numbers)
            {
                var build = new GraphBuilder { Source = SourceSpan.None };
                Value value = build.Parameter(type), bound = build.Scalar(number, value);
                Graph graph = build.Finish("bound", [build.Emit(op, value, bound), build.Emit(op, bound, value)]);
                Literal[] expected = new Interpreter().Run(graph, [x]);
                TensorData[] actual = Devices.Managed.Compile(graph).Run([Devices.Managed.From(x)]);
                for (int i = 0; i < expected.Length; i++) Agree.Same(expected[i], actual[i].ToLiteral(), $"{op.Name} of {dtype} and {number}, {i}");
            }
        }
    }
}
