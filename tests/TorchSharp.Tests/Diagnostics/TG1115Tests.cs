namespace TensorGraph.Tests.Diagnostics;

public sealed class TG1115Tests
{
    [Theory]
    [InlineData("if ((bool)(x.sum() > 3)) return y; return x;")]
    [InlineData("while (x.max().item<float>() > 0.5 && !(x.sum().ToSingle() < 0)) x = x / 2; return x;")]
    [InlineData("return x.sum().item<float>() > 0 ? x : y;")]
    public void A_value_in_a_condition_is_no_finding(string body) => Assert.Empty(CompiledProgram.InMethod(body));

    [Theory]
    [InlineData("float l = x.sum().item<float>(); return x * l;", "x.sum().item<float>()")]
    [InlineData("return x * (float)x.sum();", "(float)x.sum()")]
    [InlineData("float n = (int)utils.clip_grad_norm_([], 1.0); return x * n;", "(int)utils.clip_grad_norm_([], 1.0)")]
    [InlineData("System.Console.WriteLine(x.sum().ToSingle()); return x;", "x.sum().ToSingle()")]
    public void A_value_elsewhere_is_named(string body, string place)
    {
        var found = CompiledProgram.InMethod(body).Where(d => d.Id == "TG1115").ToArray();
        var (_, message, at) = Assert.Single(found);
        Assert.Equal(place, at);
        Assert.Contains("condition", message, StringComparison.Ordinal);
    }
}
