namespace TensorGraph.Tests;

/// <summary>A function for one entry, at work on all entries of an axis: as <see cref="Ops.Map"/> says, with gradients, of any rank and any batch.</summary>
public sealed partial class VmapTests
{
    private static readonly Tensor s_x = Ops.Sin(Ops.Iota(24, DType.F64)).Reshape(4, 2, 3), s_w = Ops.Cos(Ops.Iota(6, DType.F64)).Reshape(3, 2);

    public static TheoryData<string> Names =>
    [
        "pointwise", "broadcast", "reduce", "softmax", "matmul", "matmul captured", "captured matmul", "batched matmul", "reshape", "transpose", "slice",
        "pad", "concat", "reverse", "gather", "gather captured", "both gather", "scatter", "sort", "argmax", "cumsum", "conv", "conv weights", "pool",
        "layer norm", "solve", "while", "branch", "scan", "nothing", "one hot", "dynamic slice", "nested", "custom", "checkpoint",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Values_are_those_of_each_entry(string name)
    {
        // A loop that values decide is converted in graph functions alone.
        Tensor Run() => All(name, s_x, s_w);
        var result = name == "while" ? Modes.Run(Run, imperatively: false).Result : Modes.Both(Run).Result;
        Agree(Modes.Run(() => Each(name, s_x, s_w), imperatively: false).Result, result, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_each_entry(string name)
    {
        if (name is "argmax" or "one hot")
            return; // Integers have no gradient.
        foreach (bool imperatively in name == "while" ? new[] { false } : [true, false])
        {
            var expected = Modes.Run(() => Gradients(name, s_x, s_w, isMap: true), imperatively: false).Result;
            var actual = Modes.Run(() => Gradients(name, s_x, s_w, isMap: false), imperatively).Result;
            Agree(expected[0], actual[0], name);
            Agree(expected[1], actual[1], name);
        }
    }

    [Fact]
    public void Any_axis_any_structure_any_number_of_entries()
    {
        Tensor x = s_x.Transpose(1, 0, 2);
        Agree(All("softmax", s_x, s_w), Modes.Both(() => Along(x)).Result, "axis");
        foreach (int count in new[] { 3, 1, 4, 2 })
        {
            var (pair, _) = Modes.Both(() => Pair(s_x[..count], Ops.Iota(count, DType.F64)));
            Agree(s_x[..count] * Ops.Iota(count, DType.F64).Reshape(count, 1, 1), pair[0], "pair");
            Assert.Equal(count, pair[1].Shape[0].Value);
        }

        Assert.InRange(GraphFunction.Of((Func<Tensor, Tensor, Tensor[]>)Pair).TraceCount, 1, 3);
    }

    [Fact]
    public void Gradients_of_each_example_and_second_derivatives()
    {
        var (each, _) = Modes.Both(() => PerExample(s_x));
        Agree(Ops.Map(s_x, x => Ops.Cos(x) * Ops.Exp(Ops.Sum(Ops.Sin(x)))), each, "per example");
        var (second, _) = Modes.Both(() => Second(s_x));
        Agree(-Ops.Sin(s_x), second, "second");
    }

    [Fact]
    public void What_is_gone_through_may_be_read_whole_too()
    {
        var (result, _) = Modes.Both(() => Whole(s_w));
        Agree(s_w + Ops.Sum(s_w), result, "whole");
    }

    [Fact]
    public void One_op_serves_all_entries()
    {
        _ = All("matmul", s_x, s_w);
        var graph = GraphFunction.Of((Func<string, Tensor, Tensor, Tensor>)All).GetConcreteFunction("matmul", s_x, s_w).Optimized;
        Assert.DoesNotContain(graph.Entry.AllNodes(), node => node.Op.Name is "scan" or "while");
        Assert.Single(graph.Entry.AllNodes(), node => node.Op.Name == "dot");
    }

    [Fact]
    public void A_condition_on_an_entry_decides_for_each_one()
    {
        foreach (Tensor x in new Tensor[] { new float[,] { { 1, 2 }, { -3, 1 }, { 5, -1 } }, Ops.Zeros(0, 2) })
        {
            var (result, _) = Modes.Both(() => (Branching(x), BranchingGradient(x)));
            Assert.Equal((x.Shape[0], x.Shape), (result.Item1.Shape[0], result.Item2.Shape));
        }
    }

    [GraphFunction]
    private static Tensor Branching(Tensor x) => Ops.Vmap(x, row =>
    {
        Tensor y = row;
        if (row.Sum() > 0)
            y *= 2;
        else
            y -= 1;
        for (Tensor i = 0; i < 3; i++)
            y = y * 0.5 + row;
        return y;
    });

    [GraphFunction]
    private static Tensor BranchingGradient(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        Tensor factor = x.Sum();
        Tensor y = Ops.Vmap(x, row =>
        {
            if (row[0] > 0)
                return row * factor;
            return row * row;
        });
        return tape.Gradient(y.Sum(), x)!;
    }

    [Fact]
    public void What_it_can_not_do_is_an_error()
    {
        Modes.Fails(DiagnosticIds.RankMismatch, () => Pair(1.0, 2.0), "vmap: 'items.Item1' is f64[]");
        Modes.Fails(DiagnosticIds.ShapeMismatch, () => Pair(s_x, Ops.Zeros(3)), "4 entries", "has 3");
        Expect.Error(DiagnosticIds.NullArgument, () => Ops.Vmap(s_x, (Func<Tensor, Tensor>)null!));
        Expect.Error(DiagnosticIds.NullArgument, () => Ops.Vmap((Tensor)null!, x => x));
        Expect.Error(DiagnosticIds.OutOfRange, () => Ops.Vmap(s_x, x => x, axis: 3));
    }

    private static void Agree(Tensor expected, Tensor actual, string name)
    {
        Assert.True(expected.Type == actual.Type, $"{name}: expected {expected.Type}, got {actual.Type}");
        Assert.All(expected.Cast(DType.F64).ToArray<double>().Zip(actual.Cast(DType.F64).ToArray<double>()),
            pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-12 * (1 + Math.Abs(pair.First)), $"{name}: expected {pair.First:r}, got {pair.Second:r}"));
    }

    // x is [2, 3], w is [3, 2].
    private static Tensor F(string name, Tensor x, Tensor w) => name switch
    {
        "pointwise" => Ops.Exp(x) * 2 + Ops.Relu(x),
        "broadcast" => x * w[0, 0] + x[0] - Ops.Sum(x),
        "reduce" => Ops.ReduceMax(x, [1]) + Ops.Mean(x),
        "softmax" => Ops.Softmax(x),
        "matmul" => x.MatMul(w),
        "captured matmul" => w.MatMul(x),
        "matmul captured" => x.MatMul(x.Transpose(1, 0)).MatMul(w.Transpose(1, 0)),
        "batched matmul" => Ops.MatMul(x.Reshape(2, 1, 3), x.Reshape(2, 3, 1)) + Ops.Stack([w, w]).MatMul(x),
        "reshape" => Ops.Reshape(x, -1),
        "transpose" => x.Transpose(1, 0) + w,
        "slice" => x[.., 1..] * 2,
        "pad" => Ops.Pad(x, [1, 0], [0, 2]),
        "concat" => Ops.Concat([x, w.Transpose(1, 0), x * x], axis: 1),
        "reverse" => Ops.Reverse(x, 1) * x,
        "gather" => x[(Tensor)new[] { 1, 0, 1 }],
        "gather captured" => Ops.Gather(w, Ops.ArgMax(x[.., ..2], axis: 1), axis: 1) * x[0, 0],
        "both gather" => Ops.TakeAlongAxis(x, Ops.ArgMax(x, axis: 1).Reshape(2, 1), axis: 1),
        "scatter" => Ops.ScatterAdd(x, Ops.ArgMax(x[.., ..2], axis: 1), x),
        "sort" => Ops.Sort(x, axis: 1).Values,
        "argmax" => Ops.ArgMax(x, axis: 0),
        "cumsum" => Ops.CumSum(x, axis: 1),
        "conv" => Ops.Conv(x.Reshape(1, 1, 2, 3), w[..1].Reshape(1, 1, 1, 2)),
        "conv weights" => Ops.Conv(w.Reshape(1, 1, 3, 2), x[.., 0].Reshape(1, 1, 1, 2)),
        "pool" => Ops.WindowMax(x, [1, 2]),
        "layer norm" => Ops.LayerNorm(x, w[.., 0], w[.., 1]),
        "solve" => Ops.Solve(x.MatMul(w) + Ops.Eye(2, dtype: DType.F64) * 3, x),
        "while" => Grow(x),
        "branch" => Choose(x),
        "scan" => Ops.Scan(x[0], x, (state, row) => (state * row + 1, state)).State,
        "nothing" => w * 2,
        "one hot" => Ops.OneHot(Ops.ArgMax(x, axis: 1), 3, DType.F64),
        "dynamic slice" => Ops.DynamicSlice(x, [Ops.ArgMax(x[.., 0], axis: 0), 0], [1, 3]),
        "nested" => Ops.Vmap(x, row => Ops.Softmax(row) * w[.., 0]),
        "custom" => Ops.CustomGradient(x, a => a * a, (a, _, g) => g * a * 3),
        _ => Ops.Checkpoint(a => Ops.Sin(a).MatMul(w), x),
    };

    private static Tensor Grow(Tensor x)
    {
        while (Ops.Sum(x) < 30)
            x = x * x + 1;
        return x;
    }

    private static Tensor Choose(Tensor x) => Ops.Where(Ops.Sum(x) > 0, x * 2, Ops.Exp(x));

    [GraphFunction]
    private static Tensor All(string name, Tensor x, Tensor w) => Ops.Vmap(x, entry => F(name, entry, w));

    [GraphFunction]
    private static Tensor Each(string name, Tensor x, Tensor w) => Ops.Map(x, entry => F(name, entry, w));

    [GraphFunction]
    private static Tensor[] Gradients(string name, Tensor x, Tensor w, bool isMap)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        tape.Watch(w);
        var y = isMap ? Ops.Map(x, entry => F(name, entry, w)) : Ops.Vmap(x, entry => F(name, entry, w));
        var gradients = tape.Gradient(Ops.Sum(Ops.Sin(y)), [x, w]);
        return [gradients[0] ?? Ops.ZerosLike(x), gradients[1] ?? Ops.ZerosLike(w)];
    }

    [GraphFunction]
    private static Tensor Whole(Tensor x) => Ops.Vmap(x, entry => entry + Ops.Sum(x));

    [GraphFunction]
    private static Tensor Along(Tensor x) => Ops.Vmap(x, entry => Ops.Softmax(entry), axis: 1);

    [GraphFunction]
    private static Tensor[] Pair(Tensor x, Tensor factor)
    {
        var (product, sum) = Ops.Vmap((x, factor), entry => (entry.x * entry.factor, Ops.Sum(entry.x)));
        return [product, sum];
    }

    [GraphFunction]
    private static Tensor PerExample(Tensor x) => Ops.Vmap(x, entry => Ops.Vjp(a => Ops.Exp(Ops.Sum(Ops.Sin(a))), entry).Gradient);

    [GraphFunction]
    private static Tensor Second(Tensor x) => Ops.Vmap(x, entry => Ops.Vjp(a => Ops.Vjp(Ops.Sin, a).Gradient, entry).Gradient);
}
