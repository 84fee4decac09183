namespace TensorGraph.Tests;

/// <summary>Behaviours 1.*: imperative and traced give the same answer.</summary>
public sealed partial class SameAnswerTests
{
    [Fact]
    public void Row_1_1_nested_graph_functions_are_one_graph()
    {
        var (result, _) = Modes.Both(() => FancyFunc(1, 2, 3, 4));
        Assert.Equal(10, result.Item<int>());
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor, Tensor, Tensor>)FancyFunc);
        Assert.Equal(1, function.TraceCount);
        Assert.All(function.ConcreteFunctions[0].Graph.Entry.Body, node => Assert.Equal("add", node.Op.Name));
    }

    [Fact]
    public void A_number_and_its_bits_as_another_dtype_are_read_apart()
    {
        Tensor x = Tensor.From(new sbyte[] { -1, -1, 3, -128, 0, 127, -1, -1 });
        var (result, _) = Modes.Both(() => NumberAndBits(x));
        Assert.Equal([254, 254, 6, 0, 0, 254, 254, 254], result.ToArray<int>());
    }

    [GraphFunction]
    private static Tensor NumberAndBits(Tensor x) => Ops.Cast(x, DType.I32) + Ops.Cast(Ops.Bitcast(x, DType.U8), DType.I32);

    [Fact]
    public void Row_1_2_adding_matrices()
    {
        var (result, _) = Modes.Both(() => Add(Ops.Ones(2, 2), Ops.Ones(2, 2)));
        Assert.Equal("[[2, 2], [2, 2]]", result.ToString());
    }

    [Fact]
    public void Row_1_3_gradient_of_a_traced_call_by_a_variable()
    {
        var v = new Variable(1f);
        var (gradient, _) = Modes.Both(() =>
        {
            using var tape = new GradientTape();
            return tape.Gradient(Add(v, 1f), v);
        });
        Assert.Equal(1f, gradient!.Item<float>());
    }

    [Fact]
    public void Row_1_4_a_dense_layer_out_of_graph_functions()
    {
        var (result, _) = Modes.Both(() => DenseLayer(Ops.Ones(3, 2), Ops.Ones(2, 2), Ops.Ones(2)));
        Assert.Equal("[[3, 3], [3, 3], [3, 3]]", result.ToString());
        Assert.Equal(["matmul", "add"], GraphFunction.Of((Func<Tensor, Tensor, Tensor, Tensor>)DenseLayer).ConcreteFunctions[0].Graph.Entry.Body.Select(node => node.Op.Name));
    }

    [GraphFunction]
    private static Tensor Add(Tensor a, Tensor b) => a + b;

    [GraphFunction]
    private static Tensor FancyFunc(Tensor a, Tensor b, Tensor c, Tensor d) => Add(Add(a, b), Add(c, d));

    [GraphFunction]
    private static Tensor DenseLayer(Tensor x, Tensor w, Tensor b) => Add(Ops.MatMul(x, w), b);
}
