namespace TensorGraph.Tests.Rules;

/// <summary>An await or yield in a method with tensor control flow.</summary>
public sealed class TG3111Tests
{
    private const string Id = "TG3111";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private static IEnumerable<Tensor> Rows(Tensor x)
                {
                    if (x.Sum() > 1)
                        x = x / 2;
                    [|yield|] return x;
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return Rows(x).First();
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private static Tensor[] Rows(Tensor x)
                {
                    if (x.Sum() > 1)
                        x = x / 2;
                    return new[] { x };
                }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return Rows(x).First();
                }
            }
            """);
}
