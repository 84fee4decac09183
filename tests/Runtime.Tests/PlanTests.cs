using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Plans as a whole: variables, aliasing, sizes, cancellation, threads.</summary>
public sealed class PlanTests
{
    private static TensorData Numbers(params float[] values) => TensorData.From<float>(new TensorType(DType.F32, [values.Length]), values);

    private static float[] Floats(TensorData data)
    {
        var values = new float[data.Layout.Count];
        data.CopyTo<float>(values);
        return values;
    }

    private static VariableResource Variable(params float[] values) =>
        new("w", new TensorType(DType.F32, [values.Length])) { Value = Numbers(values) };

    private static Graph Graph(Func<GraphBuilder, Value[]> body)
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        return build.Finish("test", body(build));
    }

    [Fact]
    public void A_result_keeps_its_value_when_the_variable_it_was_read_from_is_assigned()
    {
        VariableResource variable = Variable(1, 2, 3);
        Attrs var = Attrs.Of("var", variable);
        Executable step = Device.Current.Compile(Graph(b =>
        {
            Value old = b.Emit(OpDefs.ReadVariable, var, [])[0];
            b.Emit(OpDefs.AssignVariable, var, [b.Add(old, b.Scalar(1, old))]);
            return [old];
        }));
        TensorData[] kept = [.. Enumerable.Range(0, 100).Select(_ => step.Run([])[0])];
        for (int i = 0; i < kept.Length; i++) Assert.Equal([1f + i, 2 + i, 3 + i], Floats(kept[i]));
        Assert.Equal([101f, 102, 103], Floats(variable.Value!));
    }

    [Fact]
    public void A_tensor_that_was_assigned_keeps_its_value_when_the_variable_moves_on()
    {
        VariableResource variable = Variable([.. Enumerable.Repeat(0f, 1000)]);
        TensorData mine = Numbers([.. Enumerable.Repeat(5f, 1000)]);
        Device.Current.Run(OpDefs.AssignVariable, Attrs.Of("var", variable), mine);
        TensorData read = Device.Current.RunSingle(OpDefs.ReadVariable, Attrs.Of("var", variable));
        for (int i = 0; i < 50; i++) Device.Current.Run(OpDefs.AssignVariable, Attrs.Of("var", variable), Device.Current.RunSingle(OpDefs.Add, Attrs.Empty, read, mine));
        Assert.All(Floats(mine), x => Assert.Equal(5f, x));
        Assert.All(Floats(read), x => Assert.Equal(5f, x));
        Assert.All(Floats(variable.Value!), x => Assert.Equal(10f, x));
    }

    [Fact]
    public void Parameters_and_their_reshapes_can_be_results()
    {
        Executable plan = Device.Current.Compile(Graph(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [4]));
            return [x, b.Reshape(x, [2, 2]), b.Transpose(b.Reshape(x, [2, 2]), 1, 0), x];
        }));
        TensorData[] results = plan.Run([Numbers(1, 2, 3, 4)]);
        Assert.Equal([1f, 2, 3, 4], Floats(results[0]));
        Assert.Equal([1f, 2, 3, 4], Floats(results[1]));
        Assert.Equal([1f, 3, 2, 4], Floats(results[2]));
        Assert.Equal([1f, 2, 3, 4], Floats(results[3]));
    }

    [Fact]
    public void Effects_on_one_variable_keep_program_order()
    {
        VariableResource variable = Variable(1);
        Attrs var = Attrs.Of("var", variable);
        Executable plan = Device.Current.Compile(Graph(b =>
        {
            Value Read() => b.Emit(OpDefs.ReadVariable, var, [])[0];
            void Write(Value v) => b.Emit(OpDefs.AssignVariable, var, [v]);
            Value first = Read();
            Write(b.Mul(first, 2));
            Value second = Read();
            Write(b.Add(second, first));
            return [first, second, Read()];
        }));
        Assert.Equal([1f, 2, 3], plan.Run([]).Select(data => Floats(data)[0]));
        Assert.Equal([3f, 6, 9], plan.Run([]).Select(data => Floats(data)[0]));
    }

    [Fact]
    public void A_size_that_does_not_fit_is_a_typed_error()
    {
        Executable plan = Device.Current.Compile(Graph(b => [b.Add(b.Parameter(new TensorType(DType.F32, [Dim.Symbol("n")])), b.Parameter(new TensorType(DType.F32, [Dim.Symbol("n")])))]));
        Assert.Equal([4f, 6], Floats(plan.Run([Numbers(1, 2), Numbers(3, 4)])[0]));
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => plan.Run([Numbers(1, 2), Numbers(1, 2, 3)])).Id);
        Assert.Equal(DiagnosticIds.ShapeMismatch, Assert.Throws<GraphException>(() => plan.Run([Numbers(1, 2)])).Id);
        Assert.Equal(DiagnosticIds.NullArgument, Assert.Throws<GraphException>(() => plan.Run([Numbers(1, 2), null!])).Id);
    }

    [Fact]
    public void A_loop_stops_at_its_head_when_cancelled_and_variables_keep_the_last_statement()
    {
        VariableResource variable = Variable(0);
        Attrs var = Attrs.Of("var", variable);
        Executable plan = Device.Current.Compile(Graph(b =>
        {
            Value start = b.Constant(Literal.Scalar(DType.F32, 0));
            b.BeginRegion();
            Value i = b.Parameter(start.Type);
            var condition = b.EndRegion([b.Emit(OpDefs.Less, i, b.Scalar(1e30, i))]);
            b.BeginRegion();
            Value j = b.Parameter(start.Type);
            Value next = b.Add(j, b.Scalar(1, j));
            b.Emit(OpDefs.AssignVariable, var, [b.Reshape(next, [1])]);
            var body = b.EndRegion([next]);
            return [b.Loop([start], condition, body)[0]];
        }));
        using var source = new CancellationTokenSource(50);
        Assert.Throws<OperationCanceledException>(() => plan.Run([], source.Token));
        Assert.True(Floats(variable.Value!)[0] > 0);
    }

    [Fact]
    public void Loops_carry_their_values()
    {
        Graph graph = Graph(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [3]), "x");
            Value limit = b.Parameter(new TensorType(DType.F32, Shape.Scalar), "limit");
            b.BeginRegion();
            Value y = b.Parameter(x.Type);
            b.Parameter(limit.Type);
            var condition = b.EndRegion([b.Emit(OpDefs.Less, b.Sum(y, [0]), limit)]);
            b.BeginRegion();
            Value z = b.Parameter(x.Type);
            Value last = b.Parameter(limit.Type);
            var body = b.EndRegion([b.Mul(z, x), b.Add(b.Sum(z, [0]), b.Mul(last, 0))]);
            Node loop = b.Loop([x, limit], condition, body);
            return [loop[0], loop[1]];
        });
        Agree.Run(graph, [Literal.FromDoubles(new(DType.F32, [3]), i => 1.5 + i), Literal.Scalar(DType.F32, 100)], "loop");
        Agree.Run(graph, [Literal.FromDoubles(new(DType.F32, [3]), i => 1.5 + i), Literal.Scalar(DType.F32, 0)], "loop that never runs");
    }

    [Fact]
    public void Bits_do_not_depend_on_the_number_of_threads()
    {
        Graph graph = Graph(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [700, 900]));
            Value y = b.Emit(OpDefs.Tanh, b.Mul(x, 3));
            return [y, b.Sum(y, [0]), b.Sum(y, [1]), b.Sum(y, [0, 1])];
        });
        Agree.OnAnyThreads(graph, Literal.FromDoubles(new(DType.F32, [700, 900]), i => Math.Sin(i)));
    }

    [Fact]
    public void One_plan_runs_on_several_threads_at_once()
    {
        Executable plan = Device.Current.Compile(Graph(b =>
        {
            Value x = b.Parameter(new TensorType(DType.F32, [Dim.Symbol("n")]));
            return [b.Sum(b.Emit(OpDefs.Exp, b.Mul(x, 0)), [0])];
        }));
        Parallel.For(0, 200, i =>
        {
            TensorData result = plan.Run([Numbers(new float[1 + i % 7 * 300])])[0];
            Assert.Equal(1 + i % 7 * 300, result.Element<float>(0));
        });
    }

    [Fact]
    public void Calls_and_composites_at_any_depth_are_lowered()
    {
        var vector = new TensorType(DType.F32, [Dim.Symbol("n")]);
        Graph Called(string name, Func<GraphBuilder, Value, Value> body)
        {
            var build = new GraphBuilder { Source = SourceSpan.None };
            return build.Finish(name, [body(build, build.Parameter(vector, "x"))]);
        }
        Graph inner = Called("inner", (b, x) => b.Emit(OpDefs.Softmax, Attrs.Of("axis", 0), [x])[0]);
        Graph middle = Called("middle", (b, x) => b.Emit(OpDefs.Gelu, b.Emit(OpDefs.Call, Attrs.Empty, [x], [inner.Entry])[0]));
        Graph outer = Called("outer", (b, x) => b.Neg(b.Emit(OpDefs.Call, Attrs.Empty, [x], [middle.Entry])[0]));

        Agree.Run(outer, [Literal.FromDoubles(new TensorType(DType.F32, new Shape(5)), i => i)], "calls in calls");
        Assert.DoesNotContain("host", Device.Current.Compile(outer).Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_whose_sizes_can_not_fit_fails_when_it_runs()
    {
        var inner = new GraphBuilder { Source = SourceSpan.None };
        Value three = inner.Parameter(new TensorType(DType.F32, new Shape(3)), "x");
        Region called = inner.Finish("inner", [inner.Neg(three)]).Entry;
        Graph graph = Graph(b => [b.Emit(OpDefs.Call, Attrs.Empty, [b.Parameter(new TensorType(DType.F32, new Shape(4)), "x")], [called])[0]]);

        Agree.Run(graph, [Literal.FromDoubles(new TensorType(DType.F32, new Shape(4)), i => i)], "a call of a wrong size");
        Assert.Throws<GraphException>(() => Device.Current.Compile(graph).Run([Numbers(1, 2, 3, 4)]));
    }
}
