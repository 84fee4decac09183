namespace TensorGraph.Tests.Rules;

/// <summary>A parameter of a graph function cannot be a part of its signature.</summary>
public sealed class TG1105Tests
{
    private const string Id = "TG1105";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, ReadOnlySpan<float> [|scale|])
                {
                    return x * scale[0];
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor scale)
                {
                    return x * scale;
                }
            }
            """);
}
