namespace TensorGraph.Tests.Shapes;

/// <summary>[Shape] of graph functions, when they are called and traced.</summary>
public sealed class DeclaredShapeTests
{
    private const string Program = """
        public partial class Model
        {
            public readonly List<string> Lines = new();
            public Tensor[] Rows = [];

            [GraphFunction]
            public Tensor Step([Shape("batch, 3")] Tensor x, int[] n, (Tensor, Tensor) pair, [Shape("batch")] Tensor y) => x * 2 + n[0] + pair.Item1 + Ops.ExpandDims(y, 1);

            [GraphFunction]
            [return: Shape("batch, 4")]
            public Tensor Wrong([Shape("batch, 3")] Tensor x, Tensor w) => Ops.MatMul(x, w);

            [GraphFunction]
            public Tensor Outer(Tensor x, Tensor y) => Step(x, [1], (x, x), y);
        }
        """;

    [Fact]
    public void Arguments_that_fit_pass_and_others_are_TG1003()
    {
        object model = Activator.CreateInstance(Roslyn.Load(Program).GetType("Model")!)!;
        Assert.StartsWith("[[", Step(2, 3, 2), StringComparison.Ordinal);
        Assert.StartsWith("[[", Step(4, 3, 4), StringComparison.Ordinal);
        Assert.StartsWith("SignatureMismatchException: TG1003: Model.Step: 'x' is f32[2, 4], not [batch, 3]", Step(2, 4, 2), StringComparison.Ordinal);
        Assert.StartsWith("SignatureMismatchException: TG1003: Model.Step: 'y' is f32[3], not [2]", Step(2, 3, 3), StringComparison.Ordinal);
        // Both axes have names of their own in the trace by now.
        Assert.StartsWith("SignatureMismatchException: TG1003: Model.Step: 'y' is f32[1], not [4]", Step(4, 3, 1), StringComparison.Ordinal);

        string Step(long rows, long columns, long labels) => BothWays.Run(model, Analyzers.TwinNames.Entry("Step"), [Ops.Ones(rows, columns), new[] { 1 }, ((Tensor)1f, (Tensor)2f), Ops.Ones(labels)]);
    }

    [Fact]
    public void A_result_is_checked_when_it_is_traced()
    {
        object model = Activator.CreateInstance(Roslyn.Load(Program).GetType("Model")!)!;
        Assert.StartsWith("[[", BothWays.Run(model, Analyzers.TwinNames.Entry("Wrong"), [Ops.Ones(2, 3), Ops.Ones(3, 4)]), StringComparison.Ordinal);
        Assert.StartsWith("SignatureMismatchException: TG1003: Model.Wrong: 'result' is f32[2, 5], not [2, 4]", BothWays.Run(model, Analyzers.TwinNames.Entry("Wrong"), [Ops.Ones(2, 3), Ops.Ones(3, 5)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_inside_of_a_trace_is_checked()
    {
        object model = Activator.CreateInstance(Roslyn.Load(Program).GetType("Model")!)!;
        Assert.StartsWith("SignatureMismatchException: TG1003: Model.Step: 'y' is f32[3], not [2]", BothWays.Run(model, Analyzers.TwinNames.Entry("Outer"), [Ops.Ones(2, 3), Ops.Ones(3)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_declaration_that_cannot_be_read_is_TG1004() =>
        Rule.Reports("TG1004", """
            public class Model
            {
                [Shape([|"batch 784"|])] private Tensor _x = 1;
                [Shape("")] public Tensor Loss { get; set; } = 1;
                [return: Shape([|"-1"|])] public Tensor Step([Shape([|"a b"|])] Tensor x, [Shape("?, n, 3")] Tensor y) => _x = x;
            }
            """);
}
