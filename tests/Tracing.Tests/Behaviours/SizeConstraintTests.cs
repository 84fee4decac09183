namespace TensorGraph.Tests;

/// <summary>Constraints of a trace where no call has numbers: concrete functions for specs, sizes that outlive their trace, sizes that only the run knows.</summary>
public sealed partial class SizeConstraintTests
{
    [Fact]
    public void A_trace_for_specs_takes_open_sizes_to_differ_from_all_others()
    {
        var function = GraphFunction.Of((Func<Tensor, Tensor>)Square);
        var general = function.GetConcreteFunction(TensorSpec.Parse("f32[?, ?]"));
        Assert.Equal("[2, 3]", $"{general.Call(Ops.Ones(2, 3))[0].Shape}");
        Expect.Error(DiagnosticIds.SignatureMismatch, () => general.Call(Ops.Ones(3, 3)), "traced for x.Shape[0] != x.Shape[1]");
        Modes.Both(() => new[] { (2, 3), (3, 3), (4, 5), (2, 2) }.Select(size => Square(Ops.Ones(size.Item1, size.Item2))).ToArray());
        Assert.Equal(2, function.TraceCount);
        var square = function.GetConcreteFunction(TensorSpec.Parse("f32[n, n]"));
        Assert.Equal("[[3, 3, 3], [3, 3, 3], [3, 3, 3]]", square.Call(Ops.Ones(3, 3))[0].ToString());
    }

    [Fact]
    public void A_trace_for_one_call_is_no_trace_for_specs()
    {
        foreach (bool callsFirst in new[] { true, false })
        {
            var owner = new Owner();
            var function = GraphFunction.Of((Func<Tensor, Tensor>)owner.Declared);
            if (callsFirst)
                owner.Declared(Ops.Ones(3));
            Assert.Equal("[1, 1, 1, 1]", function.GetConcreteFunction(TensorSpec.Parse("f32[?]")).Call(Ops.Ones(4))[0].ToString());
            Assert.Equal("[2, 2, 2]", owner.Declared(Ops.Ones(3)).ToString());
            Assert.Equal("[1, 1]", owner.Declared(Ops.Ones(2)).ToString());
            Assert.Equal(2, function.TraceCount);
        }
    }

    [Fact]
    public void A_number_that_a_trace_for_specs_needs_is_an_error()
    {
        foreach (var method in new Func<Tensor, Tensor>[] { Reads, Orders, Hashes })
            Expect.Error(DiagnosticIds.SymbolicAsValue, () => GraphFunction.Of(method).GetConcreteFunction(TensorSpec.Parse("f32[?]")), "is not a number", "Ops.Size");
        Assert.Equal("[2, 2]", GraphFunction.Of((Func<Tensor, Tensor>)Reads).GetConcreteFunction(TensorSpec.Parse("f32[2]")).Call(Ops.Ones(2))[0].ToString());
    }

    [Fact]
    public void A_concrete_function_inside_another_trace_hands_its_constraints_on()
    {
        var concrete = GraphFunction.Of((Func<Tensor, Tensor>)Square).GetConcreteFunction(TensorSpec.Parse("f32[?, ?]"));
        var outer = new Outer(concrete);
        Assert.Equal(6f, outer.Call(Ops.Ones(2, 3)).Item<float>());
        Assert.Equal(8f, outer.Call(Ops.Ones(2, 4)).Item<float>());
        for (int i = 0; i < 2; i++)
        {
            Expect.Error(DiagnosticIds.SignatureMismatch, () => outer.Call(Ops.Ones(3, 3)), "x.Shape[0] != x.Shape[1]");
            Assert.Equal(12f, outer.Call(Ops.Ones(3, 4)).Item<float>());
        }
    }

    [Fact]
    public void A_size_that_outlives_its_trace_is_an_error()
    {
        var keeper = new Keeper();
        keeper.Keep(Ops.Ones(2));
        Assert.Equal(2, keeper.Size!.Value.Value);
        keeper.Keep(Ops.Ones(3));
        foreach (Action use in new Action[] { () => _ = keeper.Size!.Value.Value, () => _ = keeper.Size == 3, () => _ = keeper.Size!.Value + 1 < 5, () => _ = keeper.Size!.Value.GetHashCode() })
            Expect.ErrorHere(DiagnosticIds.EscapedTensor, use, [nameof(Keeper.Keep), "after the trace"]);
        var seen = new List<long>();
        keeper.Host(Ops.Ones(2), seen);
        Expect.Error(DiagnosticIds.EscapedTensor, () => keeper.Host(Ops.Ones(3), seen), nameof(Keeper.Host));
        Assert.Equal([2L], seen);
    }

    [Fact]
    public void A_size_that_only_the_run_knows_has_no_answer()
    {
        Expect.Error(DiagnosticIds.SymbolicAsValue, () => Collected(new[] { 1f, 2f, 3f }), "only known when the graph runs", "Ops.Size");
        Expect.Error(DiagnosticIds.SymbolicAsValue, () => CollectedNumber(new[] { 1f, 2f, 3f }), "only known when the graph runs", "Ops.Size");
        Assert.Equal(6f, Modes.Both(() => CollectedTensor(new[] { 1f, 2f, 3f })).Result.Item<float>());
    }

    [Fact]
    public void Text_of_a_tensor_fixes_no_size()
    {
        var lines = Modes.Run(() => new[] { 1, 2, 3, 4 }.Select(n => Prints(Ops.Ones(n))).ToArray(), imperatively: false).Lines;
        Assert.Equal(["Tensor(x: f32[1])", "Tensor(x: f32[n0])"], lines);
    }

    [Fact]
    public void The_graph_shows_its_constraints()
    {
        Orders(Ops.Ones(2));
        Orders(Ops.Ones(5));
        var graph = GraphFunction.Of((Func<Tensor, Tensor>)Orders).ConcreteFunctions[0].Graph;
        string text = Ir.Printer.Print(graph);
        Assert.Contains("assume(3 < n0 by compare)", text, StringComparison.Ordinal);
        Assert.Null(Ir.GraphComparer.Difference(graph, Ir.Parser.Parse(text)));
    }

    [GraphFunction]
    private static Tensor Square(Tensor x) => x.Shape[0] == x.Shape[1] ? Ops.MatMul(x, x) : x;

    [GraphFunction]
    private static Tensor Reads(Tensor x) => x * x.Shape[0].Value;

    [GraphFunction]
    private static Tensor Orders(Tensor x) => x.Shape[0] > 3 ? x : -x;

    [GraphFunction]
    private static Tensor Hashes(Tensor x) => x * (x.Shape.GetHashCode() == 0 ? 2 : 1);

    [GraphFunction]
    private static Tensor Prints(Tensor x)
    {
#pragma warning disable TG7101 // What is printed while tracing is what the test is about.
        Console.WriteLine(x);
#pragma warning restore TG7101
        return x;
    }

    private static Tensor Rows(Tensor x)
    {
        var rows = new TensorArray();
        for (Tensor i = 0L; i < Ops.Size(x); i += 1)
        {
            if (x[i] > 1)
                rows.Add(x[i]);
        }

        return rows.Stack();
    }

    [GraphFunction]
    private static Tensor Collected(Tensor x) => Rows(x).Shape[0] == 2 ? x : -x;

    [GraphFunction]
    private static Tensor CollectedNumber(Tensor x) => x * Rows(x).Shape[0].Value;

    [GraphFunction]
    private static Tensor CollectedTensor(Tensor x)
    {
        Tensor y = x;
        if (Ops.Size(Rows(x)) == 2)
            y = x.Sum();
        else
            y = -x.Sum();
        return y;
    }

    internal sealed partial class Owner
    {
        [GraphFunction(InputSignature = ["f32[n]"])]
        public Tensor Declared(Tensor x) => x.Shape[0] == 3 ? x * 2 : x;
    }

    internal sealed partial class Outer(ConcreteFunction concrete)
    {
        [GraphFunction]
        public Tensor Call(Tensor x) => concrete.Call(x)[0].Sum();
    }

    internal sealed partial class Keeper
    {
        public Dim? Size { get; private set; }

        [GraphFunction]
        public Tensor Keep(Tensor x)
        {
            Size = x.Shape[0];
            return x;
        }

        [GraphFunction]
        public Tensor Host(Tensor x, List<long> seen)
        {
            Ops.HostCall(_ => seen.Add(x.Shape[0].Value), x);
            return x;
        }
    }
}
