namespace TensorGraph.Tests.Rules;

/// <summary>A ref local in a method with tensor control flow.</summary>
public sealed class TG3114Tests
{
    private const string Id = "TG3114";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    ref Tensor [|y = ref x|];
                    if (x.Sum() > 1)
                        y = y / 2;
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
                    Tensor y = x;
                    if (x.Sum() > 1)
                        y = y / 2;
                    return y;
                }
            }
            """);
}
