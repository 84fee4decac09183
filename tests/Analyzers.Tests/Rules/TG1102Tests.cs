namespace TensorGraph.Tests.Rules;

/// <summary>A graph function has a ref, in or out parameter.</summary>
public sealed class TG1102Tests
{
    private const string Id = "TG1102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, ref Tensor [|total|])
                {
                    total = total + x;
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
                public (Tensor Value, Tensor Total) Step(Tensor x, Tensor total)
                {
                    return (x, total + x);
                }
            }
            """);

    [Theory]
    [InlineData("ref Tensor total", "Graph function 'Step' has the parameter 'ref total'", "Take 'total' as it is and return its new value")]
    [InlineData("out Tensor total", "Graph function 'Step' has the parameter 'out total'", "Return 'total', in a tuple")]
    [InlineData("in Tensor total", "Graph function 'Step' has the parameter 'in total'", "Leave 'in' out")]
    [InlineData("ref readonly Tensor total", "Graph function 'Step' has the parameter 'ref readonly total'", "Leave 'ref readonly' out")]
    public void Names_the_keyword_and_what_to_write(string parameter, params string[] words) => Rule.Says(Id,
        $"public partial class Model {{ [GraphFunction] public Tensor Step(Tensor x, {parameter}) {{ {(parameter.StartsWith("out", StringComparison.Ordinal) ? "total = x; " : "")}return x; }} }}", words);
}
