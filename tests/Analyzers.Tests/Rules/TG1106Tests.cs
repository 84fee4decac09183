namespace TensorGraph.Tests.Rules;

/// <summary>A graph function has no body.</summary>
public sealed class TG1106Tests
{
    private const string Id = "TG1106";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public abstract partial class Model
            {
                [GraphFunction]
                public abstract Tensor [|Step|](Tensor x);
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public abstract partial class Model
            {
                public abstract Tensor Step(Tensor x);
            }

            public partial class Doubling : Model
            {
                [GraphFunction]
                public override Tensor Step(Tensor x) => x * 2;
            }
            """);
}
