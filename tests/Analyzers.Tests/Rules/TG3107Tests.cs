namespace TensorGraph.Tests.Rules;

/// <summary>An operand that a tensor may skip changes a variable.</summary>
public sealed class TG3107Tests
{
    private const string Id = "TG3107";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor y = x;
                    if (x.Sum() > 1 && [|(y = x / 2).Sum() > 1|])
                        x = x + y;
                    return x + y;
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
                    {
                        y = x / 2;
                        if (y.Sum() > 1)
                            x = x + y;
                    }
                    return x + y;
                }
            }
            """);

    [Fact]
    public void A_call_in_the_operand_counts_too() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor _total = 0f;

                private Tensor Add(Tensor x) => _total = _total + x;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor turns = 0f;
                    Tensor Next() { turns = turns + 1; return turns; }
                    Func<Tensor> next = () => turns = turns + 2;
                    Tensor y = x.Sum() > 1 ? [|Add|](x) : x;
                    if (x.Sum() > 1 && [|Next|]() > 1 || x.Sum() > 3 && [|next|]() > 1)
                        y = x;
                    return x + y + turns;
                }
            }
            """);
}
