using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>Behaviours 4.1–4.3, 4.5, 4.7, 4.9, 4.14: which control flow becomes nodes is decided by the static type of the condition.</summary>
[Collection(DefaultGenerator.Name)]
public sealed partial class ControlFlowTests
{
    [Fact]
    public void Row_4_1_a_while_on_a_tensor_is_one_node()
    {
        Tensor x = new[] { 1f, 2f, 3f };
        var (_, lines) = Modes.Both(() => Shrink(x));
        Assert.NotEmpty(lines);
        Assert.Equal(1, Count(GraphFunction.Of((Func<Tensor, Tensor>)Shrink), "while"));
    }

    [Fact]
    public void Row_4_2_the_static_type_decides()
    {
        Tensor x = Ops.Ones(4);
        Modes.Both(() => new[] { Dropout(x, true), Dropout(x, false) });
        Modes.Both(() => new[] { DropoutTensor(x, true), DropoutTensor(x, false) });
        Assert.Equal(0, Count(GraphFunction.Of((Func<Tensor, bool, Tensor>)Dropout), "if"));
        var function = GraphFunction.Of((Func<Tensor, Tensor, Tensor>)DropoutTensor);
        Assert.Equal(1, Count(function, "if"));
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void Row_4_3_csharp_loops_unroll()
    {
        Modes.Both(() => new[] { Unrolled(1f, 3), Unrolled(1f, 5) });
        var graphs = GraphFunction.Of((Func<Tensor, int, Tensor>)Unrolled).ConcreteFunctions;
        Assert.True(graphs[0].NodeCount > graphs[1].NodeCount);
        Assert.All(graphs, graph => Assert.DoesNotContain(graph.Graph.Entry.AllNodes(), node => node.Op == OpDefs.While));
    }

    [Fact]
    public void Row_4_5_while_on_csharp_unrolls_on_a_tensor_loops()
    {
        Modes.Both(() => new[] { CountDown(3), CountDown(6) });
        Modes.Both(() => new[] { CountDownTensor(3), CountDownTensor(6), CountDownTensor(0) });
        Assert.Equal(0, Count(GraphFunction.Of((Func<int, Tensor>)CountDown), "while"));
        var function = GraphFunction.Of((Func<Tensor, Tensor>)CountDownTensor);
        Assert.Equal(1, Count(function, "while"));
        Assert.Equal(1, function.TraceCount);
    }

    [Fact]
    public void Row_4_7_a_carried_variable_keeps_its_type()
    {
        var error = Assert.Throws<GraphException>(() => ChangesType(1));
        Assert.Equal("TG3001", error.Id);
        Assert.Contains("'x' is i32[] before the loop and f32[] after one iteration", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"ControlFlowTests\.cs:\d+", error.Message);
        Assert.Contains("'y'", Assert.Throws<GraphException>(() => BranchesDiffer(1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_4_9_helpers_are_converted_too()
    {
        Modes.Both(() => new[] { UsesHelper(5f), UsesHelper(-5f) });
        Assert.Equal(1, Count(GraphFunction.Of((Func<Tensor, Tensor>)UsesHelper), "if"));
    }

    [Fact]
    public void Row_4_14_a_guarded_throw_fires_when_the_graph_gets_there()
    {
        Assert.Equal(1f, Guarded(1f).Item<float>());
        Assert.Contains("negative", Assert.ThrowsAny<Exception>(() => Guarded(-1f).Item<float>()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbolic_condition_outside_converted_code_names_the_fix()
    {
#pragma warning disable TG1113 // This is what happens to whoever ignores it.
        var error = Assert.Throws<GraphException>(() => CallsUnconverted(1f, static x => x > 0 ? x : -x));
#pragma warning restore TG1113
        Assert.Equal("TG1001", error.Id);
        Assert.Contains("CallsUnconverted", error.Message, StringComparison.Ordinal);
    }

    private static int Count(GraphFunction function, string op) => function.ConcreteFunctions[0].Graph.Entry.AllNodes().Count(node => node.Op.Name == op);

    [GraphFunction]
    private static Tensor Shrink(Tensor x)
    {
        while (x.Sum() > 1)
        {
            Ops.Print(x);
            x = x.Tanh();
        }

        return x;
    }

    [GraphFunction]
    private static Tensor Dropout(Tensor x, bool training)
    {
        if (training)
            x = x * 0.5;
        return x;
    }

    [GraphFunction]
    private static Tensor DropoutTensor(Tensor x, Tensor training)
    {
        if (training)
            x = x * 0.5;
        return x;
    }

    [GraphFunction]
    private static Tensor Unrolled(Tensor x, int times)
    {
        for (int i = 0; i < times; i++)
            x = x + i;
        foreach (int k in new[] { 1, 2, 3 })
            x = x * k;
        return x;
    }

    [GraphFunction]
    private static Tensor CountDown(int n)
    {
        Tensor sum = 0;
        while (n > 0)
        {
            sum += n;
            n--;
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor CountDownTensor(Tensor n)
    {
        Tensor sum = 0;
        while (n > 0)
        {
            sum += n;
            n--;
        }

        return sum;
    }

    [GraphFunction]
    private static Tensor ChangesType(Tensor x)
    {
        while (x < 10)
            x = x.Cast(DType.F32) * 2;
        return x;
    }

    [GraphFunction]
    private static Tensor BranchesDiffer(Tensor x)
    {
        Tensor y;
        if (x > 0)
            y = x;
        else
            y = x.Cast(DType.F64);
        return y;
    }

    [GraphFunction]
    private static Tensor UsesHelper(Tensor x) => Helper(x) + 1;

    private static Tensor Helper(Tensor x)
    {
        if (x > 0)
            return x * 2;
        return -x;
    }

    [GraphFunction]
    private static Tensor Guarded(Tensor x)
    {
        if (x < 0)
            throw new ArgumentException("negative");
        return x;
    }

    [GraphFunction]
    private static Tensor CallsUnconverted(Tensor x, Func<Tensor, Tensor> function) => function(x);
}
