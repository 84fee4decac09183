namespace TensorGraph.Tests.Rules;

/// <summary>The override of a graph function is not marked.</summary>
public sealed class TG1109Tests
{
    private const string Id = "TG1109";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public virtual Tensor Step(Tensor x) => x + 1;
            }

            public partial class Better : Model
            {
                public override Tensor [|Step|](Tensor x) => x + 2;
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public virtual Tensor Step(Tensor x) => x + 1;
            }

            public partial class Better : Model
            {
                [GraphFunction]
                public override Tensor Step(Tensor x) => x + 2;
            }
            """);
}
