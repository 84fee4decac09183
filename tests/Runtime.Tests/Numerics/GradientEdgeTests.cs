using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Gradients of pointwise functions at infinities, huge and tiny numbers: never NaN where the function has a value.</summary>
public sealed class GradientEdgeTests
{
    private static readonly double[] Edges =
    [
        double.PositiveInfinity, double.NegativeInfinity, 3e38, -3e38, 1e20, -1e20, 1000, -1000, 100, -100, 89, -89, 12, -12, 0.0, -0.0,
        1e-30, -1e-30, 1e-42,
    ];

    public static TheoryData<string> Names() =>
        [.. FunctionCases.All.Where(f => f.Op.Arity == 1 && !f.Op.Is(Traits.NoGradient)).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_is_a_number_where_the_function_is(string name)
    {
        FunctionCase function = FunctionCases.All.Single(f => f.Name == name);
        var type = new TensorType(DType.F32, [Edges.Length]);
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value x = build.Parameter(type);
        Value y = build.Emit(function.Op, function.Attrs, [x])[0];
        Value gradients = Gradient.Backward(build, [.. build.Body], [(y, build.Ones(y.Type))], [x], []).Sources[0]!.Value;
        Literal input = Literal.FromDoubles(type, i => Edges[i]);
        Literal gradient = Device.Current.Compile(build.Finish("f", [gradients])).Run([TensorData.From(input)])[0].ToLiteral();
        var wrong = new List<double>();
        for (int i = 0; i < Edges.Length; i++)
        {
            double at = input.GetDouble(i);
            if (!double.IsNaN(function.Expected(at, 0)) && double.IsNaN(gradient.GetDouble(i))) wrong.Add(at);
        }
        Assert.True(wrong.Count == 0, $"{name}: the gradient is NaN at {string.Join(", ", wrong)}");
    }

    [Theory]
    [InlineData(1e-25, 2e-25)]
    [InlineData(-3e25, 1e25)]
    [InlineData(1e25, 1e-25)]
    [InlineData(1e-25, -1e25)]
    [InlineData(0, 2)]
    [InlineData(2, 0)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1, double.NegativeInfinity)]
    public void Gradient_of_atan2_is_exact_where_squares_overflow(double a, double b)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        var type = new TensorType(DType.F32, Shape.Scalar);
        Value[] x = [build.Parameter(type), build.Parameter(type)];
        Value y = build.Emit(OpDefs.Atan2, x[0], x[1]);
        var gradients = Gradient.Backward(build, [.. build.Body], [(y, build.Ones(y.Type))], x, []).Sources;
        Executable executable = Device.Current.Compile(build.Finish("f", [gradients[0]!.Value, gradients[1]!.Value]));
        Literal[] inputs = [Literal.Scalar(DType.F32, a), Literal.Scalar(DType.F32, b)];
        TensorData[] actual = executable.Run(Array.ConvertAll(inputs, TensorData.From));
        double[] expected = [Ratio(b, a, b), -Ratio(a, a, b)];
        for (int i = 0; i < 2; i++)
            Assert.Equal(expected[i], actual[i].ToLiteral().GetDouble(0), Math.Max(Math.Abs(expected[i]) * 1e-6, float.Epsilon));
    }

    private static double Ratio(double of, double a, double b) => double.IsInfinity(a) || double.IsInfinity(b) ? 0 : of / (a * a + b * b);
}
