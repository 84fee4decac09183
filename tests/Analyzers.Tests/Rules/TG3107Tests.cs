namespace TensorGraph.Tests.Rules;

/// <summary>An operand that a tensor may skip changes a variable.</summary>
public sealed class TG3107Tests
{
    private const string Id = "TG3107";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor y = x;
                    if (x.Sum() > 1 && [|(y = x / 2).Sum() > 1|])
                        x = x + y;
                    return x + y;
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
                    Tensor y = x;
                    if (x.Sum() > 1)
                    {
                        y = x / 2;
                        if (y.Sum() > 1)
                            x = x + y;
                    }
                    return x + y;
                }
            }
            """);
}
