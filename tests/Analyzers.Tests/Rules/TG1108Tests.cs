namespace TensorGraph.Tests.Rules;

/// <summary>A graph function stands in a type that cannot hold its twin.</summary>
public sealed class TG1108Tests
{
    private const string Id = "TG1108";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial struct Model
            {
                [GraphFunction]
                public Tensor [|Step|](Tensor x) => x + 1;
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial struct Model
            {
                [GraphFunction]
                public static Tensor Step(Tensor x) => x + 1;
            }
            """);
}
