namespace TensorGraph.Tests.Rules;

/// <summary>A container of tensors is changed under a tensor condition.</summary>
public sealed class TG3104Tests
{
    private const string Id = "TG3104";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    Tensor[] parts = { x };
                    if (x.Sum() > 1)
                        [|parts|] = new[] { x / 2 };
                    parts[0] = parts[0] + 1;
                    return parts[0];
                }
            }
            """);

    [Fact]
    public void A_dictionary_that_is_replaced_counts_too() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    var parts = new Dictionary<string, Tensor> { ["a"] = x };
                    if (x.Sum() > 1)
                        [|parts|] = new() { ["a"] = x / 2 };
                    return parts["a"];
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
                    (Tensor First, Tensor Second) parts = (x, x);
                    if (x.Sum() > 1)
                        parts = (x / 2, x * 2);
                    return parts.First + parts.Second;
                }
            }
            """);
}
