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

    [Fact]
    public void Names_the_part_that_is_no_tensor()
    {
        const string Source = """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    (Tensor Sum, (Tensor Last, int Count) Seen) state = (x, (x, 0));
                    while (x.Sum() > 1)
                    {
                        x = x / 2;
                        [|state|] = (state.Sum + x, (x, 1));
                    }
                    return x * state.Seen.Count;
                }
            }
            """;
        Rule.Reports(Id, Source);
        string message = Assert.Single(Roslyn.Diagnostics(Roslyn.Usings + Source.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal)))
            .GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith("'state.Seen.Count' of type 'int' is changed", message, StringComparison.Ordinal);
    }
}
