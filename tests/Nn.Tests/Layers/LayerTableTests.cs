namespace TensorGraph.Tests.Layers;

/// <summary>A layer of the table as graph functions: its output, and gradients of a weighted sum of it by the input and the variables.</summary>
internal sealed partial class CalledLayer(Module layer, Func<Module, Tensor, Tensor> call)
{
    [GraphFunction]
    public Tensor Run(Tensor x) => call(layer, x);

    [GraphFunction]
    public Tensor InputGradient(Tensor x, Tensor weights)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        return tape.Gradient((call(layer, x) * weights).Sum(), x)!;
    }

    [GraphFunction]
    public Tensor?[] Gradients(Tensor x, Tensor weights)
    {
        using var tape = new GradientTape();
        return tape.Gradient((call(layer, x) * weights).Sum(), layer.TrainableVariables);
    }
}

/// <summary>Each layer against plain formulas in double precision, its gradients against central differences, imperatively and traced.</summary>
public sealed class LayerTableTests
{
    public static TheoryData<string> Names => [.. LayerCase.All.Select(row => row.Name)];

    private static LayerCase Row(string name) => LayerCase.All.Single(row => row.Name == name);

    // Variables that start at 0 or 1 would hide a mistake.
    private static Module Made(LayerCase row, DType dtype)
    {
        var random = new RandomGenerator(3);
        var layer = row.Make(dtype, random);
        foreach (var variable in layer.Variables)
        {
            Tensor value = random.Normal(variable.Shape, dtype: DType.F64) * 0.5;
            variable.Assign((variable.Name == "moving_variance" ? Ops.Square(value) + 0.5 : value).Cast(dtype));
        }

        return layer;
    }

    private static double[] Doubles(Tensor tensor) => Naive.Of(tensor).Data;

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_the_output_of_its_formula(string name)
    {
        var row = Row(name);
        foreach (var (dtype, tolerance) in new[] { (DType.F64, 1e-9), (DType.F32, 2e-5) })
        {
            var layer = Made(row, dtype);
            Tensor x = row.Input(row.Sizes[0], dtype);
            // Before the calls: those of training change moving averages.
            var expected = row.Expected(layer, Naive.Of(x));
            var called = new CalledLayer(layer, row.Call);
            Tensor imperative = Both.Imperatively(() => called.Run(x)), traced = called.Run(x);
            Assert.Equal(expected.Sizes, traced.Shape.ToArray());
            Assert.Equal(row.Entries > 0 && layer.Variables.Count == 0 ? DType.I64 : dtype, traced.DType);
            Close.Within(expected.Data, Doubles(imperative), tolerance, tolerance);
            Close.Within(expected.Data, Doubles(traced), tolerance, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_the_gradients_of_central_differences(string name)
    {
        const double h = 1e-5;
        var row = Row(name);
        var layer = Made(row, DType.F64);
        var called = new CalledLayer(layer, row.Call);
        Tensor x = row.Input(row.Sizes[0], DType.F64);
        Tensor weights = new RandomGenerator(11).Normal(row.Call(layer, x).Shape, dtype: DType.F64);
        double Sum(Tensor input) => (row.Call(layer, input) * weights).Sum().ToDouble();
        if (row.Entries == 0)
        {
            double[] slopes = Slopes(x, moved => Sum(moved));
            Close.Within(slopes, Doubles(called.InputGradient(x, weights)), 1e-6, 1e-7);
            Close.Within(slopes, Doubles(Both.Imperatively(() => called.InputGradient(x, weights))), 1e-6, 1e-7);
        }

        var variables = layer.TrainableVariables;
        if (variables.Count == 0)
            return;
        Tensor?[] traced = called.Gradients(x, weights), imperative = Both.Imperatively(() => called.Gradients(x, weights));
        for (int i = 0; i < variables.Count; i++)
        {
            var variable = variables[i];
            Tensor before = variable.Value;
            double[] slopes = Slopes(before, moved =>
            {
                variable.Assign(moved);
                return Sum(x);
            });
            variable.Assign(before);
            // The row of padding is not learned.
            if (name.StartsWith("embedding with padding", StringComparison.Ordinal))
                (slopes[2], slopes[3]) = (0, 0);
            Close.Within(slopes, Doubles(traced[i]!), 1e-6, 1e-7);
            Close.Within(slopes, Doubles(imperative[i]!), 1e-6, 1e-7);
        }

        static double[] Slopes(Tensor at, Func<Tensor, double> function)
        {
            double[] values = Doubles(at);
            return [.. values.Select((_, i) => (At(i, h) - At(i, -h)) / (2 * h))];
            double At(int i, double step)
            {
                var moved = (double[])values.Clone();
                moved[i] += step;
                return function(Ops.Reshape(moved, [.. at.Shape]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Has_one_graph_for_all_batch_sizes(string name)
    {
        var row = Row(name);
        var layer = Made(row, DType.F32);
        var called = new CalledLayer(layer, row.Call);
        foreach (long batch in new long[] { 2, 3, 5, 1 })
        {
            Tensor x = row.Input(batch, DType.F32, seed: 20 + (int)batch);
            Close.Within(Doubles(Both.Imperatively(() => called.Run(x))), Doubles(called.Run(x)), 1e-5, 1e-5);
            Tensor weights = Ops.OnesLike(called.Run(x));
            if (row.Entries == 0)
                Close.Within(Doubles(Both.Imperatively(() => called.InputGradient(x, weights))), Doubles(called.InputGradient(x, weights)), 1e-4, 1e-4);
        }

        // One for the first size, one for any; a batch of 1 broadcasts and may be another.
        Assert.InRange(GraphFunction.Of(called.Run).TraceCount, 1, 3);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Runs_in_half_precision(string name)
    {
        var row = Row(name);
        foreach (DType dtype in new[] { DType.F16, DType.BF16 })
        {
            var layer = Made(row, dtype);
            Tensor x = row.Input(row.Sizes[0], dtype);
            var expected = row.Expected(layer, Naive.Of(x));
            var called = new CalledLayer(layer, row.Call);
            double tolerance = dtype == DType.F16 ? 0.02 : 0.12;
            Close.Within(expected.Data, Doubles(Both.Imperatively(() => called.Run(x))), tolerance, tolerance);
            Tensor traced = called.Run(x);
            Close.Within(expected.Data, Doubles(traced), tolerance, tolerance);
            Assert.Equal(dtype, traced.DType);
        }
    }
}
