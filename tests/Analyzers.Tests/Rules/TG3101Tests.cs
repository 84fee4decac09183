namespace TensorGraph.Tests.Rules;

/// <summary>A host variable is changed under a tensor condition.</summary>
public sealed class TG3101Tests
{
    private const string Id = "TG3101";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    int steps = 0;
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        [|steps|] = steps + 1;
                    }
                    return x * steps;
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
                    Tensor steps = 0;
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        steps = steps + 1;
                    }
                    return x * steps;
                }
            }
            """);
}
