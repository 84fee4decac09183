namespace TensorGraph.Tests.Rules;

/// <summary>Two tensors are compared by reference.</summary>
public sealed class TG1111Tests
{
    private const string Id = "TG1111";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor y)
                {
                    if (x [|==|] y)
                        return x;
                    return y;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor y)
                {
                    if (Ops.Equal(x, y))
                        return x;
                    return y;
                }
            }
            """);
}
