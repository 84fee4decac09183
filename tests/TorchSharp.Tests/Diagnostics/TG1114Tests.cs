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
}
