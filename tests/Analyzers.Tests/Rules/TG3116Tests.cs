namespace TensorGraph.Tests.Rules;

/// <summary>A collection is changed under a tensor condition.</summary>
public sealed class TG3116Tests
{
    private const string Id = "TG3116";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var parts = new List<Tensor>();
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        [|parts.Add|](x);
                    }
                    return parts[0];
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor last = x;
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        last = x;
                    }
                    return last;
                }
            }
            """);
}
