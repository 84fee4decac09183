namespace TensorGraph.Tests.Rules;

/// <summary>A method calls itself under a tensor condition.</summary>
public sealed class TG3108Tests
{
    private const string Id = "TG3108";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private static Tensor Halve(Tensor x)
                {
                    if (x.Sum() > 1)
                        x = [|Halve|](x / 2);
                    return x;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return Halve(x);
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private static Tensor Halve(Tensor x)
                {
                    while (x.Sum() > 1)
                        x = x / 2;
                    return x;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return Halve(x);
                }
            }
            """);
}
