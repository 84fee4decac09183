using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>
/// Every gradient rule against central differences in float64, and the rule of the rule (second derivatives), with sizes as numbers and as symbols.
/// </summary>
public sealed class GradientTheory
{
    private const double Step = 1e-5;

    /// <summary>Ops whose results are floats and whose gradient is not declared to be zero.</summary>
    public static TheoryData<string> Names => [.. OpSamples.Ops.Where(IsDifferentiable)];

    [Theory]
    [MemberData(nameof(Names))]
    public void First_derivatives_agree_with_central_differences(string op) => Check(op, order: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Second_derivatives_agree_with_central_differences(string op) => Check(op, order: 2);

    /// <summary>f(x, x): the gradient by x is the sum of those by both inputs, each counted once.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_that_is_several_inputs_has_one_gradient(string op)
    {
        foreach (OpSample sample in OpSamples.Of(op, 3).Where(HasFloats).Where(sample => sample.Inputs.Select(input => input.Type).Distinct().Count() < sample.Inputs.Length))
        {
            Graph function = Loss(sample, 1, oneForEachType: true);
            Literal[] values = sample.Values(3);
            Literal[] analytic = new Interpreter().Run(function, values)[1..];
            foreach (int i in Enumerable.Range(0, values.Length).Where(i => values[i].Type.DType == DType.F64 && Array.FindIndex(values, value => value.Type == values[i].Type) == i))
            {
                for (long element = 0; element < values[i].Count; element++)
                {
                    double numeric = (At(function, values, i, element, Step) - At(function, values, i, element, -Step)) / (2 * Step);
                    Assert.True(Math.Abs(numeric - analytic[i].GetDouble(element)) <= 1e-6 * (1 + Math.Abs(numeric)), $"{sample}: by element {element} of input {i} {analytic[i].GetDouble(element):r}, differences give {numeric:r}");
                }
            }
        }
    }

    [Fact]
    public void Third_derivatives_exist_for_smooth_ops()
    {
        foreach (string op in new[] { "mul", "div", "exp", "tanh", "pow", "dot", "reduce_prod", "conv", "gather" })
            Check(op, order: 3);
    }

    private static bool IsDifferentiable(string name)
    {
        OpDef op = OpTable.Find(name)!;
        return !op.Is(Traits.NoGradient) && (op.HasVjp || op.IsComposite) && OpSamples.Of(name, 3).Any(HasFloats);
    }

    private static bool HasFloats(OpSample sample) =>
        sample.Inputs.Any(input => input.Type.DType == DType.F64) && sample.Graph().Entry.Results.Any(result => result.DType == DType.F64);

    private static void Check(string op, int order)
    {
        foreach (Dim n in new Dim[] { 3, Dim.Symbol("n") })
        {
            foreach (OpSample sample in OpSamples.Of(op, n).Where(HasFloats))
                Check(sample, order);
        }
    }

    private static void Check(OpSample sample, int order)
    {
        Graph function = Loss(sample, order);
        Literal[] values = sample.Values(3);
        Literal[] analytic = new Interpreter().Run(function, values)[1..];
        foreach (var (i, value) in values.Index().Where(entry => entry.Item.Type.DType == DType.F64))
        {
            // At most about five elements of each input, those at both ends included.
            for (long element = 0; element < value.Count; element += Math.Max(1, (value.Count - 1) / 4))
            {
                double numeric = (At(function, values, i, element, Step) - At(function, values, i, element, -Step)) / (2 * Step);
                double actual = analytic[i].GetDouble(element);
                Assert.True(
                    Math.Abs(numeric - actual) <= (order < 3 ? 1e-6 : 1e-5) * (1 + Math.Abs(numeric)),
                    $"{sample}: derivative of order {order} by element {element} of input {i} is {actual:r}, differences give {numeric:r}");
            }
        }
    }

    private static double At(Graph function, Literal[] values, int input, long element, double by)
    {
        Literal moved = new(values[input].Type, (Array)values[input].Data.Clone());
        moved.SetDouble(element, moved.GetDouble(element) + by);
        return new Interpreter().Run(function, [.. values[..input], moved, .. values[(input + 1)..]])[0].GetDouble(0);
    }

    // Results: a number, then its gradients by the inputs. For order 1 it is a weighted sum of the op's float results, for order k of the gradients of order k − 1.
    private static Graph Loss(OpSample sample, int order, bool oneForEachType = false)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] inputs = [.. sample.Parameters.Select((input, i) => build.Parameter(input.Type, "x" + i))];
        Value[] arguments = [.. inputs.Take(sample.Inputs.Length).Select(input => oneForEachType ? inputs.First(other => other.Type == input.Type) : input)];
        Node node = build.Emit(sample.Op, sample.Attrs, arguments);
        Value[] floats = [.. node.Types.Select((_, i) => node[i]).Where(value => value.DType == DType.F64)];
        Value loss = WeightedSum(build, floats, 0);
        Value[] gradients = [];
        for (int k = 1; k <= order; k++)
        {
            if (k > 1)
                loss = WeightedSum(build, [.. gradients.Where(gradient => gradient.DType == DType.F64)], k);
            var found = Gradient.Backward(build, [.. build.Body], [(loss, build.Ones(loss.Type))], inputs, []).Sources;
            gradients = [.. inputs.Select((input, i) => found[i] ?? build.Zeros(input.Type))];
            Assert.All(gradients.Zip(inputs), pair => Assert.Equal(pair.Second.Type, pair.First.Type));
        }

        return build.Finish("loss", [loss, .. gradients]);
    }

    // Σ sin(1 + i + salt) · xᵢ over all elements of all values: no symmetry that could hide a mistake.
    private static Value WeightedSum(GraphBuilder build, Value[] values, int salt)
    {
        Value sum = build.Constant(Literal.Scalar(DType.F64, 0));
        foreach (Value value in values)
        {
            Value flat = build.Reshape(value, [value.Shape.ElementCount]);
            Value weights = build.Emit(OpDefs.Sin, build.Add(build.Iota(flat.Shape, 0, DType.F64), build.Constant(Literal.Scalar(DType.F64, 1 + salt))));
            sum = build.Add(sum, build.Sum(build.Mul(flat, weights), [0]));
        }

        return sum;
    }
}
