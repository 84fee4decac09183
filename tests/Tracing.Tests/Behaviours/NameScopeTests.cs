using TensorGraph.Ir;

namespace TensorGraph.Tests.Behaviours;

/// <summary>The names of scopes are before the ops in graphs and in errors.</summary>
public sealed partial class NameScopeTests
{
    [Fact]
    public void Nodes_carry_the_names_of_the_scopes_around_them()
    {
        using (Ops.NameScope("of the caller"))
            Assert.Equal("[8, 8]", Modes.Both(() => Encode(Ops.Ones(2))).Result.ToString());

        var graph = GraphFunction.Of(Encode).ConcreteFunctions[0].Graph;
        Assert.Equal(["encoder/mul", "encoder/inner/add", "encoder/neg", "neg"],
            graph.Entry.Body.Where(node => node.Op != OpDefs.Constant).Select(node => node.Name));
        Assert.Matches(@"add .* // NameScopeTests.cs:\d+ \(encoder/inner\)", Printer.Print(graph, withSources: true));
        Assert.Null(GraphComparer.Difference(graph, Parser.Parse(Printer.Print(graph, withSources: true))));
    }

    [Fact]
    public void Passes_and_gradients_keep_them()
    {
        Assert.Equal("[3, 3]", Modes.Both(() => Slope(Ops.Ones(2))).Result.ToString());

        Assert.Contains(GraphFunction.Of(Slope).ConcreteFunctions[0].Optimized.Entry.Body, node => node.Source.Scope == "square");
    }

    [Fact]
    public void They_hold_in_branches_and_loops()
    {
        Assert.Equal("8", Modes.Both(() => Loop(1f)).Result.ToString());

        var body = GraphFunction.Of(Loop).ConcreteFunctions[0].Graph.Entry.AllNodes();
        Assert.Equal("outer/inner", Assert.Single(body, node => node.Op == OpDefs.Mul).Source.Scope);
        Assert.Equal("outer", Assert.Single(body, node => node.Op == OpDefs.While).Source.Scope);
    }

    [Fact]
    public void Errors_say_them() => Modes.Fails("TG2001", () => Misfit(Ops.Ones(2)), "(outer/inner)");

    [Fact]
    public void An_error_closes_them()
    {
        Assert.ThrowsAny<GraphException>(() => Misfit(Ops.Ones(2)));

        Assert.Equal("", NameScope.Current);
    }

    [GraphFunction]
    private static Tensor Encode(Tensor x)
    {
        Tensor y;
        using (Ops.NameScope("encoder"))
        {
            y = x * 7;
            using (Ops.NameScope("inner"))
                y += 1;
            y = -y;
        }

        return -y;
    }

    [GraphFunction]
    private static Tensor Slope(Tensor x)
    {
        using var tape = new GradientTape();
        tape.Watch(x);
        using var scope = Ops.NameScope("square");
        return tape.Gradient((x * x * x).Sum(), x)!;
    }

    [GraphFunction]
    private static Tensor Loop(Tensor x)
    {
        using var scope = Ops.NameScope("outer");
        while (x < 5)
        {
            using var inner = Ops.NameScope("inner");
            x = x * 2;
        }

        return x;
    }

    [GraphFunction]
    private static Tensor Misfit(Tensor x)
    {
        using var scope = Ops.NameScope("outer");
        using var inner = Ops.NameScope("inner");
        return x + Ops.Ones(3);
    }
}
