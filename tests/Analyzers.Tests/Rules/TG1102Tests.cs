namespace TensorGraph.Tests.Rules;

/// <summary>A graph function has a ref, in or out parameter.</summary>
public sealed class TG1102Tests
{
    private const string Id = "TG1102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, ref Tensor [|total|])
                {
                    total = total + x;
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public (Tensor Value, Tensor Total) Step(Tensor x, Tensor total)
                {
                    return (x, total + x);
                }
            }
            """);
}
