namespace TensorGraph.Tests.Rules;

/// <summary>The class of a graph function is not partial.</summary>
public sealed class TG1101Tests
{
    private const string Id = "TG1101";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public class [|Model|]
            {
                [GraphFunction]
                public Tensor Step(Tensor x) => x + 1;
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x) => x + 1;
            }
            """);
}
