namespace TensorGraph.Tests.Rules;

/// <summary>Unsafe code around tensor control flow.</summary>
public sealed class TG3112Tests
{
    private const string Id = "TG3112";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    [|unsafe|]
                    {
                        if (x.Sum() > 1)
                            x = x / 2;
                    }
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
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        x = x / 2;
                    return x;
                }
            }
            """);
}
