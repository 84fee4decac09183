namespace TensorGraph.Tests.Rules;

/// <summary>A goto in a method with tensor control flow.</summary>
public sealed class TG3110Tests
{
    private const string Id = "TG3110";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, bool again)
                {
                    if (x.Sum() > 1)
                        x = x / 2;
                    if (again)
                        [|goto|] end;
                    x = x + 1;
                    [|end|]:
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
                public Tensor Step(Tensor x, bool again)
                {
                    if (x.Sum() > 1)
                        x = x / 2;
                    if (!again)
                        x = x + 1;
                    return x;
                }
            }
            """);
}
