namespace TensorGraph.Tests.Rules;

/// <summary>A tensor selects between values that are no tensors.</summary>
public sealed class TG3106Tests
{
    private const string Id = "TG3106";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    int factor = [|x.Sum() > 1 ? 2 : 3|];
                    return x * factor;
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
                    Tensor two = 2, three = 3;
                    Tensor factor = x.Sum() > 1 ? two : three;
                    return x * factor;
                }
            }
            """);
}
