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

    [Theory]
    [InlineData("foreach ((string n, torch.Tensor p) in layer.named_parameters()) x = x + p.sum(); return x;")]
    [InlineData("foreach (torch.Tensor p in layer.parameters()) x = x + p.sum(); return x;")]
    public void A_loop_over_parameters_names_their_type(string body)
    {
        const string Layer = "private readonly Linear layer = Linear(2, 2);";
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body, Layer));
        Assert.Equal(("TG1114", "torch.Tensor"), (id, at));
        Assert.Contains("Write var or Parameter", message, StringComparison.Ordinal);
        Assert.Empty(CompiledProgram.InMethod(body.Replace("torch.Tensor p", "Parameter p", StringComparison.Ordinal), Layer));
        Assert.Empty(CompiledProgram.InMethod(body.Replace("torch.Tensor p", "var p", StringComparison.Ordinal), Layer));
    }

    [Theory]
    [InlineData("return x.round(2);", "round")]
    [InlineData("return torch.where(x > 0)[0];", "where")]
    [InlineData("return x.repeat_interleave(y);", "repeat_interleave")]
    [InlineData("return x * layer.get_parameter(\"weight\");", "get_parameter")]
    [InlineData("return x * dict[\"a\"];", "dict[\"a\"]")]
    [InlineData("return x * list[0];", "list[0]")]
    [InlineData("return x * array[0];", "array[0]")]
    public void What_the_page_names_as_refused_is_refused_where_it_stands(string body, string what)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(
            body,
            """
            private readonly Linear layer = Linear(2, 2);
            private readonly ParameterDict dict = ParameterDict(("a", Parameter(torch.ones(2))));
            private readonly ParameterList list = ParameterList(Parameter(torch.ones(2)));
            private readonly Parameter[] array = [Parameter(torch.ones(2))];
            """));
        Assert.Equal("TG1114", id);
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(body.Contains(what + "(y)", StringComparison.Ordinal) ? "y" : what, at, StringComparison.Ordinal);
        Assert.DoesNotContain("..", message, StringComparison.Ordinal);
        Assert.DoesNotContain("TorchFront", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_members_of_modules_are_called_outside()
    {
        var (id, message, _) = Assert.Single(CompiledProgram.InMethod("layer.save(\"a\"); return layer.forward(x);", "private readonly Linear layer = Linear(2, 2);"));
        Assert.Equal("TG1114", id);
        Assert.Contains("save", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("torch.Tensor w = layer.weight!; return w.grad!;", "layer.weight.grad")]
    public void A_gradient_is_one_of_a_parameter(string body, string remedy)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body, "private readonly Linear layer = Linear(2, 2);"));
        Assert.Equal(("TG1114", "grad"), (id, at));
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return ((torch.Tensor)layer.weight!).t();")]
    [InlineData("return layer.parameters().First().t() * layer.parameters().Last() + layer.parameters().ElementAt(0)[0];")]
    [InlineData("torch.Tensor w = (bool)(x.sum() > 0) ? layer.weight! : (other.weight!); return w;")]
    [InlineData("torch.Tensor w = x.shape[0] switch { 1 => layer.weight!, _ => other.weight! }; return w * (layer.bias ?? other.bias!);")]
    [InlineData("Parameter w = x.shape[0] > 1 ? layer.weight! : other.weight!, b = layer.bias ?? other.bias!; return w.t() + b;")]
    public void Parameters_are_tensors_wherever_these_are_asked_for(string body) => Assert.Empty(CompiledProgram.InMethod(
        body, "private readonly Linear layer = Linear(2, 2), other = Linear(2, 2);"));

    [Theory]
    [InlineData("return ReLU().forward(x);", "", "ReLU", "in a field")]
    [InlineData("var b = new Batch(x, y); return b.X;", "public record Batch(torch.Tensor X, torch.Tensor Y);", "new Batch(x, y)", "Use a tuple")]
    [InlineData("Batch b = new(x, null); return b.X;", "public record struct Batch(torch.Tensor X, torch.Tensor? Y);", "new(x, null)", "Use a tuple")]
    public void Objects_are_made_outside(string body, string members, string place, string remedy)
    {
        var (id, message, at) = CompiledProgram.InMethod(body, members)[0];
        Assert.Equal(("TG1114", place), (id, at));
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("return MSELoss().forward(x, y) + CrossEntropyLoss(reduction: Reduction.Sum).call(x, y);", "")]
    [InlineData("var b = new Batch<torch.Tensor>(x, y); return b.X;", "public record Batch<T>(T X, T Y);")]
    public void Losses_and_objects_of_any_type_are_made_inside(string body, string members) => Assert.Empty(CompiledProgram.InMethod(body, members));

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

    [Theory]
    [InlineData("return functional.lp_pool2d(x, 2, 2);", "lp_pool2d", "avg_pool2d")]
    [InlineData("return x.cummax(0).values;", "cummax", "outside")]
    [InlineData("return functional.glu(x);", "glu", "sigmoid")]
    [InlineData("using (torch.enable_grad()) x = x * 2; return x;", "enable_grad", "no_grad")]
    [InlineData("using (torch.set_grad_enabled(false)) x = x * 2; return x;", "set_grad_enabled", "no_grad")]
    [InlineData("torch.manual_seed(1); return x;", "manual_seed", "generator")]
    [InlineData("var z = x.is_leaf; return x;", "is_leaf", "argument")]
    [InlineData("x.print(); return x;", "print", "caller")]
    [InlineData("return torch.zeros(2, requires_grad: true) + x;", "requires_grad", "Leave it out")]
    [InlineData("double n; n = utils.clip_grad_norm_([], 1.0); return x * n;", "clip_grad_norm_", "Keep it")]
    public void The_nearest_way_is_named(string body, string name, string way)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(body));
        Assert.Equal(("TG1114", name), (id, at));
        Assert.Contains(way, message, StringComparison.Ordinal);
        Assert.DoesNotContain("TorchApi", message, StringComparison.Ordinal);
        Assert.DoesNotContain("traced_", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer.to(torch.float64); return x;", "to")]
    [InlineData("var state = layer.state_dict(); return x;", "state_dict")]
    [InlineData("layer.register_buffer(\"a\", x); return x;", "register_buffer")]
    [InlineData("foreach (var g in optimizer.ParamGroups) g.LearningRate = 0.1; return x;", "LearningRate")]
    public void What_would_happen_once_while_tracing_is_refused(string body, string name)
    {
        var (id, message, at) = Assert.Single(CompiledProgram.InMethod(
            body, "private readonly Linear layer = Linear(2, 2); private readonly torch.optim.Optimizer optimizer = torch.optim.SGD([new Parameter(torch.ones(2))], 0.1);"));
        Assert.Equal(("TG1114", name), (id, at));
        Assert.Contains("before", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_is_not_partial_leaves_the_program_as_it_is() =>
        Assert.Empty(CompiledProgram.Findings(
            """
            public class Net : Module<torch.Tensor, torch.Tensor>
            {
                public Net() : base("net") { }
                public override torch.Tensor forward(torch.Tensor x) => Twice(x);
                private torch.Tensor Twice(torch.Tensor x) => x * 2;
            }

            public partial class Runner(Module<torch.Tensor, torch.Tensor> net)
            {
                [TensorGraph.GraphFunction]
                public torch.Tensor Run(torch.Tensor x) => net.call(x);
            }
            """, generated: true));

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
