namespace TensorGraph.Tests.Rules;

/// <summary>The result of a graph function is not made of tensors.</summary>
public sealed class TG1104Tests
{
    private const string Id = "TG1104";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public [|int|] Step(Tensor x)
                {
                    return 1;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public (Tensor Old, Tensor New) Step(Tensor x)
                {
                    return (x, x + 1);
                }
            }
            """);
}
