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

    [Theory]
    [InlineData("Tensor[] a = [x, x]; ref Tensor r = ref a[0]; r = r + 5; if (x.Sum() > 1) x = x + a[0]; return x;")]
    [InlineData("Tensor[] a = [x, x]; if (x.Sum() > 1) x = x + a[0]; ref Tensor r = ref a[0]; r = r + 5; return x + a[0];")]
    public void Is_not_reported_in_straight_code(string body) => Rule.Silent(Program(body));

    [Theory]
    [InlineData("Tensor[] a = [x, x]; ref Tensor [|r = ref a[0]|]; if (x.Sum() > 1) x = x + a[0]; r = r + 5; return x + a[0];")]
    [InlineData("Tensor[] a = [x, x]; if (x.Sum() > 1) return x; ref Tensor [|r = ref a[0]|]; r = r + 5; return x + a[0];")]
    [InlineData("Tensor y = x; while (x.Sum() > 1) { ref Tensor [|r = ref y|]; r = r + 5; x = x - 1; } return x + y;")]
    public void Is_reported_around_and_in_a_region(string body) => Rule.Reports(Id, Program(body));

    private static string Program(string body) => $$"""
        public partial class Model
        {
            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{body}}
            }
        }
        """;
}
