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
        var build = new Build { Source = SourceSpan.None };
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
}
