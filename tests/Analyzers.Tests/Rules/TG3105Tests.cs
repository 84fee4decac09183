namespace TensorGraph.Tests.Rules;

/// <summary>A return under a tensor condition gives something that is not made of tensors.</summary>
public sealed class TG3105Tests
{
    private const string Id = "TG3105";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Dictionary<string, Tensor> Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        [|return new() { ["a"] = x / 2 };|]
                    [|return new() { ["a"] = x };|]
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
                        return x / 2;
                    return x;
                }
            }
            """);
}
