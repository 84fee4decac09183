namespace TensorGraph.Tests.Diagnostics;

/// <summary>Effects and state of a trace are reported in functions on TorchSharp's tensors as in any others.</summary>
public sealed class StateTests
{
    [Theory]
    [InlineData("TG7101", "System.Console.WriteLine(1); return x;", "Console")]
    [InlineData("TG7101", "log.Add(1); return x;", "log")]
    [InlineData("TG7101", "return x * rng.NextDouble();", "NextDouble")]
    [InlineData("TG7103", "return x * System.DateTime.Now.Second;", "DateTime")]
    [InlineData("TG7104", "using var h = x * 2; return h;", "'h'")]
    public void Effects_and_state_are_reported(string id, string body, string what)
    {
        var (found, message, _) = Assert.Single(CompiledProgram.InMethod(
            body, "private readonly System.Collections.Generic.List<int> log = []; private readonly System.Random rng = new(1);"));
        Assert.Equal(id, found);
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.DoesNotContain("Variable", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Ops.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_is_looked_at_too() => Assert.Equal("TG7101", Assert.Single(CompiledProgram.InMethod(
        "return Helper(x);", "private static torch.Tensor Helper(torch.Tensor x) { System.Console.WriteLine(1); return x * 2; }")).Id);

    [Fact]
    public void State_behind_a_parameter_of_the_class_is_reported()
    {
        var (id, message, _) = Assert.Single(CompiledProgram.Findings(
            """
            public class Settings { public double Scale = 1; public void Change() => Scale = 2; }
            public partial class Model(Settings settings)
            {
                [TensorGraph.GraphFunction]
                public torch.Tensor F(torch.Tensor x) => x * settings.Scale;
            }
            """));
        Assert.Equal("TG7103", id);
        Assert.Contains("Scale", message, StringComparison.Ordinal);
        Assert.DoesNotContain("_Torch", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_step_of_training_is_no_finding() => Assert.Empty(CompiledProgram.Findings(
        """
        public partial class Net : Module<torch.Tensor, torch.Tensor>
        {
            private readonly Linear fc = Linear(3, 3);
            private readonly Dropout drop = Dropout(0.1);
            private double scale = 2;
            public Net() : base("net") => RegisterComponents();
            public double Scale { get => scale; set => scale = value; }
            public override torch.Tensor forward(torch.Tensor x) => drop.call(fc.call(x)).relu() * scale;
        }
        public partial class Trainer(Net net, torch.optim.Optimizer optimizer, torch.optim.lr_scheduler.LRScheduler scheduler)
        {
            private readonly System.Collections.Generic.List<torch.Tensor> losses = [];
            public ModuleDict<Linear> Map { get; } = ModuleDict(("a", Linear(3, 3)));
            [TensorGraph.GraphFunction]
            public torch.Tensor Pick(torch.Tensor x) => Map["a"].call(x);
            [TensorGraph.GraphFunction]
            public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
            {
                optimizer.zero_grad();
                using var scope = torch.NewDisposeScope();
                var loss = functional.mse_loss(net.call(x), y);
                loss.backward();
                torch.nn.utils.clip_grad_norm_(net.parameters(), 1);
                optimizer.step();
                scheduler.step();
                return loss.MoveToOuterDisposeScope();
            }
            [TensorGraph.GraphFunction]
            public void Train() { optimizer.zero_grad(); net.call(torch.ones(2, 3)).sum().backward(); optimizer.step(); }
            public void Loop() { for (int i = 0; i < 3; i++) losses.Add(Step(torch.ones(2, 3), torch.ones(2, 3))); net.Scale = 3; Map["a"] = Linear(3, 3); Pick(torch.ones(2, 3)); }
        }
        """, generated: true));

    [Fact]
    public void State_that_the_module_reads_behind_a_parameter_of_its_class_is_reported()
    {
        var (id, message, _) = Assert.Single(CompiledProgram.Findings(
            """
            public class Settings { public double Scale = 1; public void Change() => Scale = 2; }
            public partial class Net(Settings settings) : Module<torch.Tensor, torch.Tensor>("net")
            {
                public override torch.Tensor forward(torch.Tensor x) => x * settings.Scale;
            }
            public partial class Model(Net net)
            {
                [TensorGraph.GraphFunction]
                public torch.Tensor F(torch.Tensor x) => net.call(x);
            }
            """));
        Assert.Equal("TG7103", id);
        Assert.Contains("Scale", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private readonly torch.Tensor[] masks = [torch.ones(3)];", "return x * masks[0];")]
    [InlineData("private torch.Tensor? state;", "state = x; return state * 2;")]
    [InlineData("private readonly System.Collections.Generic.Dictionary<string, torch.Tensor> map = [];", "return x * map[\"a\"];")]
    [InlineData("private readonly Parameter[] ps = [];", "return x * ps[0];")]
    [InlineData("private (torch.Tensor, int) pair;", "return x * pair.Item1;")]
    public void A_module_that_no_graph_function_runs_may_be_as_it_likes(string members, string body) => Assert.Empty(CompiledProgram.Findings(
        $$"""
        public partial class Odd : Module<torch.Tensor, torch.Tensor>
        {
            {{members}}
            public Odd() : base("odd") { }
            public override torch.Tensor forward(torch.Tensor x) { {{body}} }
        }
        public partial class Model
        {
            [TensorGraph.GraphFunction]
            public torch.Tensor F(torch.Tensor x) => x * 2;
        }
        """, generated: true));

    [Theory]
    [InlineData("Helper", "private torch.Tensor Helper(torch.Tensor x) => x * wrong;")]
    [InlineData("net.call", "private readonly Net net = new();")]
    public void A_mistake_of_the_program_is_one_error(string call, string members) => Assert.Equal(
        [("CS0103", "Program.cs")],
        CompiledProgram.Errors(
            $$"""
            public partial class Net : Module<torch.Tensor, torch.Tensor>
            {
                public Net() : base("net") { }
                public override torch.Tensor forward(torch.Tensor x) => x * {{(call == "Helper" ? "2" : "wrong")}};
            }
            public partial class Model
            {
                {{members}}
                [TensorGraph.GraphFunction]
                public torch.Tensor F(torch.Tensor x) => {{call}}(x);
                public torch.Tensor G(torch.Tensor x) => F(x);
            }
            """));

    [Fact]
    public void What_names_a_method_that_is_not_covered_has_no_error_of_its_own() => Assert.Empty(CompiledProgram.Errors(
        """
        public partial class Model
        {
            private torch.Tensor Helper(torch.Tensor x) => x.cummax(0).values;
            [TensorGraph.GraphFunction]
            public torch.Tensor F(torch.Tensor x) => Helper(x);
        }
        """));

    [Fact]
    public void A_field_that_may_be_null_is_a_tensor() =>
        Assert.Empty(CompiledProgram.InMethod("return x.matmul(weight!.t()) + weight!;", "private readonly torch.Tensor? weight = torch.ones(2, 2);"));
}
