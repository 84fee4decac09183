namespace TensorGraph.Tests.Diagnostics;

/// <summary>Analyzers of a build see what was generated already. It is no program of its own: only the user's code is reported.</summary>
public sealed class GeneratedFilesTests
{
    private const string Program = """
        public partial class Net : Module<torch.Tensor, torch.Tensor>
        {
            private readonly Linear layer = Linear(2, 2);
            public Net() : base("net") => RegisterComponents();
            public override torch.Tensor forward(torch.Tensor x) => functional.relu(layer.call(x));
        }
        public partial class Trainer(Net net, torch.optim.Optimizer optimizer)
        {
            [TensorGraph.GraphFunction]
            public torch.Tensor Step(torch.Tensor x, torch.Tensor y)
            {
                optimizer.zero_grad();
                var loss = functional.mse_loss(net.call(x), Helper(y));
                loss.backward();
                optimizer.step();
                return loss;
            }
            private static torch.Tensor Helper(torch.Tensor z) => z.tanh()MORE;
        }
        """;

    [Fact]
    public void A_program_without_findings_has_none_with_its_generated_files() =>
        Assert.Empty(CompiledProgram.Findings(Program.Replace("MORE", "", StringComparison.Ordinal), generated: true));

    [Theory]
    [InlineData("foreach (var p in net.parameters()) System.Console.WriteLine(p.grad?.norm().item<float>());", true)]
    [InlineData("utils.clip_grad_norm_(net.parameters(), 1);", true)]
    [InlineData("optimizer.step();", true)]
    [InlineData("net.forward(torch.ones(1, 2)).sum().backward();", true)]
    [InlineData("System.Func<System.Func<torch.Tensor>, torch.Tensor> later = optimizer.step;", true)]
    [InlineData("schedule.step(); System.Action later = () => optimizer?.step();", true)]
    [InlineData("schedule.step(); optimizer.zero_grad(); new Walk().step(); // p.grad, optimizer.step(), loss.backward()", false)]
    public void Code_outside_of_functions_that_uses_gradients_keeps_them(string code, bool isKept)
    {
        string program = Program.Replace("MORE", "", StringComparison.Ordinal) + $$"""
            public static class Other
            {
                public static void Run(Net net, torch.optim.Optimizer optimizer, torch.optim.lr_scheduler.LRScheduler schedule)
                {
                    {{code}}
                }
            }
            public sealed class Walk { public void step() { } }
            """;
        Assert.Equal(isKept, CompiledProgram.Files(program).Contains("TensorGraph.TorchGradients.g.cs"));
        Assert.Empty(CompiledProgram.Errors(program));
    }

    [Theory]
    [InlineData("[assembly: TensorGraph.CompilerServices.UsesGradients]", true)]
    [InlineData("public class Other;", false)]
    public void A_program_that_refers_to_such_code_keeps_them(string library, bool isKept) => Assert.Equal(
        isKept, CompiledProgram.Files(Program.Replace("MORE", "", StringComparison.Ordinal), library).Contains("TensorGraph.TorchGradients.g.cs"));

    [Fact]
    public void A_finding_is_reported_once()
    {
        var (id, _, at) = Assert.Single(CompiledProgram.Findings(Program.Replace("MORE", ".erfinv()", StringComparison.Ordinal)));
        Assert.Equal(("TG1114", true), (id, at.Contains("erfinv", StringComparison.Ordinal)));
    }
}
