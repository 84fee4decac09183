namespace TensorGraph.Tests.Diagnostics;

public sealed class TG1114Tests
{
    [Fact]
    public void A_covered_function_is_no_finding() =>
        Assert.Empty(CompiledProgram.InMethod("return functional.relu(x.matmul(y)) + 1f;"));

    [Theory]
    [InlineData("return torch.linalg.svd(x).U;", "svd")]
    [InlineData("return x.erfinv();", "erfinv")]
    [InlineData("return functional.lp_pool2d(x, 2, 2);", "lp_pool2d")]
    public void A_member_outside_of_the_surface_is_named(string body, string name)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body));
        Assert.Equal("TG1114", id);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(name, at, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_members_of_modules_are_called_outside()
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod("layer.save(\"a\"); return layer.forward(x);", "private readonly Linear layer = Linear(2, 2);"));
        Assert.Equal("TG1114", id);
        Assert.Contains("save", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_is_looked_into()
    {
        var (id, _, at) = Assert.Single(CompiledProgram.InMethod("return Helper(x);", "private static torch.Tensor Helper(torch.Tensor z) => z.erfinv();"));
        Assert.Equal(("TG1114", true), (id, at.Contains("erfinv", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("return x * Twice;", "private readonly Parameter w = Parameter(torch.ones(2)); private torch.Tensor Twice => w * 2;", "Twice")]
    [InlineData("return x * Twice;", "private readonly Parameter w = Parameter(torch.ones(2)); private torch.Tensor Twice { get { var t = w * 2; return t; } }", "Twice")]
    [InlineData(
        "foreach (var g in optimizer.ParamGroups) x = x * g.LearningRate; return x;",
        "private readonly torch.optim.Optimizer optimizer = torch.optim.SGD([new Parameter(torch.ones(2))], 0.1);", "LearningRate")]
    public void What_would_be_read_once_is_refused(string body, string members, string name)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body, members));
        Assert.Equal("TG1114", id);
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(name, at, StringComparison.Ordinal);
    }

    [Fact]
    public void A_getter_that_names_a_tensor_is_fine() =>
        Assert.Empty(CompiledProgram.InMethod("return x * Same;", "private readonly Parameter w = Parameter(torch.ones(2)); private torch.Tensor Same => this.w;"));

    [Theory]
    [InlineData("[TensorGraph.GraphFunction] public torch.Tensor Other((torch.Tensor, torch.Tensor)[] d) => d[0].Item1;")]
    [InlineData("[TensorGraph.GraphFunction] public torch.Tensor Other(torch.Tensor x, System.Func<torch.Tensor, torch.Tensor> f) => f(x);")]
    [InlineData("[TensorGraph.GraphFunction] public torch.Tensor[][] Other(torch.Tensor x) => [[x]];")]
    public void Arguments_and_results_of_other_types_are_refused(string method)
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod("return x;", method));
        Assert.Equal("TG1114", id);
        Assert.Contains("Tensor", message, StringComparison.Ordinal);
    }
}
