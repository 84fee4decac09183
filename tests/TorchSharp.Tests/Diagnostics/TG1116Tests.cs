namespace TensorGraph.Tests.Diagnostics;

public sealed class TG1116Tests
{
    [Theory]
    [InlineData("var h = x * 2; h.add_(1); h[0] = 3; h += y; return h;")]
    [InlineData("return (x + y).relu_().mul_(2);")]
    [InlineData("System.Collections.Generic.Dictionary<string, torch.Tensor> d = new() { [\"a\"] = x }; return d[\"a\"];")]
    [InlineData("var h = functional.relu(x); h.add_(y); return h;")]
    [InlineData("var h = x * 2; h[0] = h[1]; return h;")]
    [InlineData("var h = x; h = h * 2; h.add_(1); return h;")]
    [InlineData("var h = x * 2; h = h.view(-1).unsqueeze(0); h.add_(1); h = h.t(); h.mul_(2); return h;")]
    [InlineData("var h = x * 2; h.add_(1); var v = h[0]; return v;")]
    [InlineData("var h = x * 2; h.add_(1); h = x; return h;")]
    public void A_change_of_an_own_tensor_is_no_finding(string body) => Assert.Empty(CompiledProgram.InMethod(body));

    [Theory]
    [InlineData("var label = torch.full(2, 1f); var loss = bce.call(x, label); label.fill_(0); return loss + bce.call(x, label);")]
    [InlineData("var h = fc.call(x); h.add_(y).relu_(); return h;")]
    public void What_a_loss_or_a_layer_gives_has_memory_of_its_own(string body) =>
        Assert.Empty(CompiledProgram.InMethod(body, "private readonly Linear fc = Linear(2, 2); private readonly BCELoss bce = BCELoss();"));

    // The trace tells whether they have memory of their own.
    [Theory]
    [InlineData("var h = seq.forward(x); h.add_(y); return h;")]
    [InlineData("var h = seq.call(x); h = relu.forward(h); h[0] = y; return h;")]
    [InlineData("var h = Helper(x); var z = seq.forward(h); h.mul_(y); return h + z;")]
    public void A_result_of_a_module_or_a_method_may_change(string body) => Assert.Empty(CompiledProgram.InMethod(
        body, "private readonly Sequential seq = Sequential(Linear(2, 2)); private readonly ReLU relu = ReLU(); private torch.Tensor Helper(torch.Tensor x) => x * 2;"));

    [Theory]
    [InlineData("var h = x; h = same.call(h); h.add_(1); return x;", "'x'")]
    [InlineData("torch.Tensor h = W; h = same.forward(h); h.mul_(2); return h;", "'W'")]
    [InlineData("var h = x * 2; var z = h; h = same.call(h); h = same.call(h); h[0] = 1; return h + z;", "z = h")]
    public void A_module_that_gives_its_argument_leaves_it_its_names(string body, string name)
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod(
            body, "private readonly Module<torch.Tensor, torch.Tensor> same = Identity(); private readonly Parameter W = new(torch.ones(2));"));
        Assert.Equal("TG1116", id);
        Assert.Contains(name.Replace("z = h", "another name", StringComparison.Ordinal), message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch.Tensor? m = null; var h = x * 2; var y = m ?? h; y.add_(1); return h + y;")]
    [InlineData("var h = x * 2; var y = (torch.Tensor)h; h.add_(1); return h + y;")]
    [InlineData("var h = x * 2; var y = h as torch.Tensor; h.add_(1); return h + y!;")]
    [InlineData("torch.Tensor? y = null; var h = x * 2; y ??= h; y.add_(1); return h;")]
    [InlineData("torch.Tensor y = x; y ??= torch.zeros(2, 3); y.relu_(); return y;")]
    [InlineData("torch.Tensor? f = null; var h = x * 2; for (int i = 0; i < 3; i++) { f ??= h; h.mul_(1.5f); } return f!;")]
    [InlineData("torch.Tensor? k = null; var h = x * 2; Keep(); h.add_(1); return h + k!; void Keep() { k = h; }")]
    [InlineData("torch.Tensor h = x * 2; System.Action f = () => { h = x; }; h = x + 1; f(); h.add_(1); return h;")]
    [InlineData("var h = x * 2; var z = h; h = own.call(h); h.add_(1); return h + z;")]
    public void Another_name_may_come_from_any_expression(string body) => Assert.Contains("TG1116", CompiledProgram.Findings($$"""
        public partial class Own : Module<torch.Tensor, torch.Tensor>
        {
            public Own() : base("own") { }
            public override torch.Tensor forward(torch.Tensor x) => x.view(-1);
        }
        public partial class Model
        {
            private readonly Own own = new();
            [TensorGraph.GraphFunction]
            public torch.Tensor F(torch.Tensor x, torch.Tensor other)
            {
                {{body}}
            }
        }
        """).Select(f => f.Id));

    [Fact]
    public void A_result_of_a_local_function_may_have_another_name() => Assert.Equal("TG1116", Assert.Single(CompiledProgram.InMethod(
        "var h = x * 2; torch.Tensor Same() => h; var z = Same(); z.add_(y); return h;")).Id);

    [Fact]
    public void A_result_of_what_is_changed_there_may_have_another_name() => Assert.Contains("TG1116", CompiledProgram.InMethod(
        "var h = x * 2; var z = seq.call(h.add_(1)); z.mul_(y); return h;", "private readonly Sequential seq = Sequential(Linear(2, 2));").Select(f => f.Id));

    [Fact]
    public void A_gradient_of_a_parameter_may_change() => Assert.Empty(CompiledProgram.InMethod(
        "W.grad?.zero_(); W.grad?.mul_(2).add_(1); W.grad!.mul_(2).add_(1); W.grad = null; W.grad = W * 2; return x;", "private readonly Parameter W = new(torch.ones(2));"));

    [Theory]
    [InlineData("var h = W.grad?.mul_(2); return x;")]
    [InlineData("W.grad?.mul_(2).sum(); return x;")]
    [InlineData("torch.Tensor? h = x * 2; h?.mul_(2); return x;")]
    public void A_change_of_what_may_not_be_there_is_written_with_if(string body)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body, "private readonly Parameter W = new(torch.ones(2));"));
        Assert.Equal("TG1116", id);
        Assert.Contains("is not null) ", message, StringComparison.Ordinal);
        Assert.Contains("?.mul_(2)", at, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.add_(1); return x;", "caller")]
    [InlineData("var h = x.view(-1); h.add_(1); return x;", "x.view(-1)")]
    [InlineData("var h = x * 2; var v = h[0]; h.add_(1); return v;", "another name")]
    [InlineData("var h = x; h.add_(1); return x;", "may share")]
    [InlineData("var h = x * 2; h = y.view(-1); h.add_(1); h = x; return h;", "'y.view(-1)'")]
    [InlineData("var h = x * 2; if (x.shape[0] > 1) h = y.t(); h.add_(1); return h;", "'y.t()'")]
    [InlineData("var h = x * 2; for (int i = 0; i < 2; i++) { h.add_(1); h = x; } return h;", "'x'")]
    [InlineData("var h = x * 2; var v = h.t(); h = h.view(-1); h.add_(1); return v;", "'h.t'")]
    public void A_change_that_another_name_would_see_is_named(string body, string why)
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod(body));
        Assert.Equal("TG1116", id);
        Assert.Contains(why, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_that_gets_another_tensor_is_named()
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod("state = x * 2; return x;", "private torch.Tensor state = torch.zeros(2);"));
        Assert.Equal("TG1116", id);
        Assert.Contains("copy_", message, StringComparison.Ordinal);
    }
}
