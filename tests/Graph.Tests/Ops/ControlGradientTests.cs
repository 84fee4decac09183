using TensorGraph.Ir;

namespace TensorGraph.Tests.Ops;

/// <summary>Gradients through branches and calls, pure ones and such as touch variables, print or draw random numbers.</summary>
public sealed class ControlGradientTests
{
    private static readonly TensorType Vector = new(DType.F64, [Dim.Symbol("n")]);
    private static readonly TensorType Number = new(DType.F64, Shape.Scalar);

    // y = x[0] > 0 ? Σ x³ : Σ sin x
    private static Value Branch(GraphBuilder b, Value x)
    {
        Value first = b.Reshape(b.Slice(x, new Shape(0), new Shape(1)), Shape.Scalar);
        Value positive = b.Emit(OpDefs.Greater, first, b.Scalar(0, first));
        b.BeginRegion();
        var then = b.EndRegion([b.Sum(b.Mul(x, b.Mul(x, x)), [0])]);
        b.BeginRegion();
        var otherwise = b.EndRegion([b.Sum(b.Emit(OpDefs.Sin, x), [0])]);
        return b.Branch(OpDefs.If, positive, then, otherwise)[0];
    }

    [Theory]
    [InlineData(1.5, 1)]
    [InlineData(-1.5, 1)]
    [InlineData(1.5, 2)]
    [InlineData(-1.5, 2)]
    [InlineData(1.5, 3)]
    [InlineData(-1.5, 3)]
    public void Flow_through_the_branch_that_was_taken(double first, int order)
    {
        var b = new GraphBuilder();
        Value x = b.Parameter(Vector, "x");
        Value y = Branch(b, x);
        for (int i = 0; i < order; i++)
            y = b.Sum(Gradient.Backward(b, [.. b.Body], [(y, b.Ones(y.Type))], [x], []).Sources[0]!.Value, [0]);
        Graph graph = b.Finish("f", [y]);
        Verifier.Verify(graph);

        double[] at = [first, 0.7, -0.3];
        double expected = at.Sum(v => first > 0
            ? order switch { 1 => 3 * v * v, 2 => 6 * v, _ => 6 }
            : order switch { 1 => Math.Cos(v), 2 => -Math.Sin(v), _ => -Math.Cos(v) });
        Assert.Equal(expected, Run(graph, at)[0], 12);
    }

    [Fact]
    public void Flow_through_a_switch_with_captures_of_some_cases_only()
    {
        var b = new GraphBuilder();
        Value index = b.Parameter(new(DType.I32, Shape.Scalar), "index"), x = b.Parameter(Number, "x"), y = b.Parameter(Number, "y");
        b.BeginRegion();
        var first = b.EndRegion([b.Mul(x, y)]);
        b.BeginRegion();
        var second = b.EndRegion([b.Mul(x, x)]);
        b.BeginRegion();
        var third = b.EndRegion([b.Constant(Literal.Scalar(DType.F64, 7))]);
        Value result = b.Branch(OpDefs.Switch, index, first, second, third)[0];
        var gradients = Gradient.Backward(b, [.. b.Body], [(result, b.Ones(Number))], [x, y], []);
        Graph graph = b.Finish("f", [gradients.Sources[0]!.Value, gradients.Sources[1]!.Value]);
        Verifier.Verify(graph);

        double[] At(int i) => [.. new Interpreter().Run(graph, Literal.Scalar(DType.I32, i), Literal.Scalar(DType.F64, 3), Literal.Scalar(DType.F64, 5)).Select(value => value.GetDouble(0))];
        Assert.Equal([5.0, 3.0], At(0));
        Assert.Equal([6.0, 0.0], At(1));
        Assert.Equal([0.0, 0.0], At(2));
        Assert.Equal([0.0, 0.0], At(-1));
    }

    // if (x > 0) { print; v = w·x + w² } else { v = x }, then w is overwritten before the gradient is taken.
    [Fact]
    public void See_variables_as_they_were_when_the_branch_ran()
    {
        var w = new Resource("w", ResourceKind.Variable, Number) { HostValue = Literal.Scalar(DType.F64, 10) };
        var b = new GraphBuilder();
        Value x = b.Parameter(Number, "x"), positive = b.Emit(OpDefs.Greater, x, b.Scalar(0, x));
        b.BeginRegion();
        Value read = Read(b, w);
        b.Emit(OpDefs.Print, Attrs.Of("format", "taken {0}"), [x]);
        var then = b.EndRegion([b.Add(b.Mul(read, x), b.Mul(read, read))]);
        b.BeginRegion();
        var otherwise = b.EndRegion([x]);
        Value y = b.Branch(OpDefs.If, positive, then, otherwise)[0];
        b.Emit(OpDefs.AssignVariable, Attrs.Of("var", w), [b.Scalar(-1, x)]);
        var gradients = Gradient.Backward(b, [.. b.Body], [(y, b.Ones(Number))], [x], [w]);
        Graph graph = b.Finish("f", [gradients.Sources[0]!.Value, gradients.Variables[0]!.Value]);
        Verifier.Verify(graph);

        using var output = new StringWriter();
        Literal[] results = new Interpreter { Output = output }.Run(graph, Literal.Scalar(DType.F64, 3));
        Assert.Equal([10.0, 23.0], results.Select(result => result.GetDouble(0)));
        Assert.Equal("taken 3\n", output.ToString().ReplaceLineEndings("\n"));
        w.HostValue = Literal.Scalar(DType.F64, 10);
        Assert.Equal([1.0, 0.0], new Interpreter().Run(graph, Literal.Scalar(DType.F64, -3)).Select(result => result.GetDouble(0)));
    }

    [Fact]
    public void Use_the_random_numbers_that_were_drawn_in_a_nested_branch()
    {
        var state = new Resource("rng", ResourceKind.Variable, new(DType.I64, Shape.Scalar)) { HostValue = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 5) };
        var b = new GraphBuilder();
        Value x = b.Parameter(Vector, "x"), yes = b.Constant(Literal.FromLongs(new(DType.Bool, Shape.Scalar), _ => 1));
        b.BeginRegion();
        b.BeginRegion();
        Value noise = Draw(b, state, x.Shape);
        Value more = Draw(b, state, x.Shape);
        var inner = b.EndRegion([b.Mul(x, b.Sub(noise, b.Mul(more, 2)))]);
        b.BeginRegion();
        var innerElse = b.EndRegion([x]);
        var then = b.EndRegion([b.Branch(OpDefs.If, yes, inner, innerElse)[0]]);
        b.BeginRegion();
        var otherwise = b.EndRegion([b.Mul(x, x)]);
        Value y = b.Branch(OpDefs.If, yes, then, otherwise)[0];
        Value gradient = Gradient.Backward(b, [.. b.Body], [(y, b.Ones(y.Type))], [x], []).Sources[0]!.Value;
        Graph graph = b.Finish("f", [y, gradient]);
        Verifier.Verify(graph);

        // y = x · c, so the gradient is y/x: only if both saw the same numbers.
        Literal at = Literal.FromDoubles(new(DType.F64, new Shape(3)), i => i + 1);
        Literal[] results = new Interpreter().Run(graph, at);
        for (int i = 0; i < 3; i++)
            Assert.Equal(results[0].GetDouble(i) / (i + 1), results[1].GetDouble(i), 12);
        Assert.Equal(7, state.HostValue!.GetLong(0));
    }

    [Fact]
    public void Of_a_float_variable_that_a_branch_reads_after_assigning_are_by_the_variable()
    {
        var w = new Resource("w", ResourceKind.Variable, Number) { HostValue = Literal.Scalar(DType.F64, 10) };
        var b = new GraphBuilder();
        Value x = b.Parameter(Number, "x"), positive = b.Emit(OpDefs.Greater, x, b.Scalar(0, x));
        b.BeginRegion();
        b.Emit(OpDefs.AssignVariable, Attrs.Of("var", w), [x]);
        var then = b.EndRegion([b.Mul(Read(b, w), x)]);
        b.BeginRegion();
        var otherwise = b.EndRegion([x]);
        Value y = b.Branch(OpDefs.If, positive, then, otherwise)[0];

        var gradients = Gradient.Backward(b, [.. b.Body], [(y, b.Ones(Number))], [x], [w]);
        Graph graph = b.Finish("f", [gradients.Sources[0]!.Value, gradients.Variables[0]!.Value]);
        Verifier.Verify(graph);

        // y = w·x with w = 3 by then: the assignment is no path from x to y.
        Assert.Equal([3.0, 3.0], new Interpreter().Run(graph, Literal.Scalar(DType.F64, 3)).Select(result => result.GetDouble(0)));
    }

    [Fact]
    public void Of_a_call_bind_the_sizes_of_the_called_graph()
    {
        var inner = new GraphBuilder();
        Value p = inner.Parameter(new(DType.F64, [Dim.Symbol("k"), 2]), "p");
        Graph called = inner.Finish("called", [inner.Reshape(inner.Mul(p, p), [Dim.Symbol("k") * 2])]);
        var b = new GraphBuilder();
        Value x = b.Parameter(new(DType.F64, [Dim.Symbol("n"), 2]), "x");
        Value y = b.Emit(OpDefs.Call, Attrs.Empty, [x], [called.Entry])[0];
        Value gradient = Gradient.Backward(b, [.. b.Body], [(y, b.Ones(y.Type))], [x], []).Sources[0]!.Value;
        Graph graph = b.Finish("f", [gradient]);

        Assert.Equal([0.0, 2, 4, 6, 8, 10], (double[])new Interpreter().Run(graph, Literal.FromDoubles(new(DType.F64, new Shape(3, 2)), i => i))[0].Data);
    }

    [Fact]
    public void Of_a_split_graph_are_those_of_the_whole_and_effects_happen_once()
    {
        var w = new Resource("w", ResourceKind.Variable, Number) { HostValue = Literal.Scalar(DType.F64, 2) };
        var b = new GraphBuilder();
        Value x = b.Parameter(Vector, "x"), scale = b.Parameter(Number, "scale"), unused = b.Parameter(Number, "unused");
        b.Emit(OpDefs.Print, Attrs.Of("format", "once"), []);
        Value noise = b.Cast(Draw(b, new Resource("rng", ResourceKind.Variable, new(DType.I64, Shape.Scalar)) { HostValue = Literal.FromLongs(new(DType.I64, Shape.Scalar), _ => 1) }, x.Shape), DType.F64);
        Value y = b.Mul(b.Mul(b.Emit(OpDefs.Tanh, b.Mul(x, noise)), Read(b, w)), scale);
        b.Emit(OpDefs.AssignVariable, Attrs.Of("var", w), [b.Scalar(0, scale)]);
        Graph graph = b.Finish("f", [y, b.Emit(OpDefs.ArgMax, Attrs.Of("axis", 0), [y])[0], unused]);
        ForwardBackwardPair split = ForwardBackwardPair.Of(graph);
        Verifier.Verify(split.Forward);
        Verifier.Verify(split.Backward);
        Assert.Equal([0, 2], split.FloatResults.ToArray());
        Assert.Equal([0, 1, 2], split.Parameters.ToArray());
        Assert.Equal([w], split.Variables.ToArray());

        using var output = new StringWriter();
        var interpreter = new Interpreter { Output = output };
        Literal at = Literal.FromDoubles(new(DType.F64, new Shape(3)), i => 0.3 + i), three = Literal.Scalar(DType.F64, 3);
        Literal[] forward = interpreter.Run(split.Forward, at, three, three);
        Literal ones = Literal.FromDoubles(at.Type, _ => 1);
        Literal[] gradients = interpreter.Run(split.Backward, [.. forward[3..], ones, three]);
        Assert.Equal("once\n", output.ToString().ReplaceLineEndings("\n"));

        // Σ ∂y/∂scale = Σ y / scale; ∂y/∂w likewise with w = 2; the third result is the third parameter itself.
        double sum = Enumerable.Range(0, 3).Sum(i => forward[0].GetDouble(i));
        Assert.Equal(sum / 3, gradients[1].GetDouble(0), 12);
        Assert.Equal(3, gradients[2].GetDouble(0));
        Assert.Equal(sum / 2, gradients[3].GetDouble(0), 12);
    }

    // The branch reads w; a branch's gradient puts a read of it in front of the branch, which belongs to the forward part.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_a_split_graph_go_through_branches_that_read_variables(bool higher)
    {
        var w = new Resource("w", ResourceKind.Variable, Number) { HostValue = Literal.Scalar(DType.F64, 10) };
        var b = new GraphBuilder();
        Value x = b.Parameter(Number, "x"), positive = b.Emit(OpDefs.Greater, x, b.Scalar(0, x));
        b.BeginRegion();
        var then = b.EndRegion([b.Mul(Read(b, w), b.Mul(x, x))]);
        b.BeginRegion();
        var otherwise = b.EndRegion([x]);
        Value y = b.Branch(OpDefs.If, positive, then, otherwise)[0];
        b.Emit(OpDefs.AssignVariable, Attrs.Of("var", w), [b.Scalar(-1, x)]);
        ForwardBackwardPair split = ForwardBackwardPair.Of(b.Finish("f", [b.Emit(OpDefs.Tanh, y)]), higher);
        Verifier.Verify(split.Forward);
        Verifier.Verify(split.Backward);
        Assert.Equal([w], split.Variables.ToArray());

        Literal[] forward = new Interpreter().Run(split.Forward, Literal.Scalar(DType.F64, 0.2));
        Literal[] seeds = [.. split.FloatResults.Select(i => Literal.Scalar(DType.F64, i == 0 ? 1 : 0))];
        Literal[] gradients = new Interpreter().Run(split.Backward, [.. forward[1..], .. seeds]);
        double slope = 1 - Math.Pow(Math.Tanh(0.4), 2);
        Assert.Equal(slope * 4, gradients[0].GetDouble(0), 12);
        Assert.Equal(slope * 0.04, gradients[1].GetDouble(0), 12);
    }

    private static Value Read(GraphBuilder b, Resource variable) => b.Emit(OpDefs.ReadVariable, Attrs.Of("var", variable), [])[0];

    private static Value Draw(GraphBuilder b, Resource state, Shape shape)
    {
        Value counter = Read(b, state);
        b.Emit(OpDefs.AssignVariable, Attrs.Of("var", state), [b.Add(counter, b.Scalar(1, counter))]);
        return b.Emit(OpDefs.RandomUniform, Attrs.Of(("shape", shape), ("dtype", DType.F64)), [b.Scalar(42, counter), counter])[0];
    }

    private static double[] Run(Graph graph, double[] x) =>
        [.. new Interpreter().Run(graph, Literal.FromDoubles(new(DType.F64, new Shape(x.Length)), i => x[i])).Select(result => result.GetDouble(0))];
}
