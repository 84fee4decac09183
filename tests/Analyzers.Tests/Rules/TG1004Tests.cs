namespace TensorGraph.Tests.Rules;

/// <summary>A tensor spec does not parse.</summary>
public sealed class TG1004Tests
{
    private const string Id = "TG1004";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction(InputSignature = [[|"float32[batch, 784]"|], "i32[batch]", [|"f32[batch"|], [|"f32[a b]"|]])]
                public Tensor Step(Tensor x, Tensor y, Tensor z, Tensor w) => x;
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction(InputSignature = ["f32[batch, 784]", "i32[?]", "bool"])]
                public Tensor Step(Tensor x, Tensor y, Tensor z) => x;
            }
            """);
}
