namespace TensorGraph.Tests.Rules;

/// <summary>Tensor control flow stands in a member that is not converted.</summary>
public sealed class TG1110Tests
{
    private const string Id = "TG1110";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private Tensor _scale = 2f;
                private Tensor Scale { [|get|] { if (_scale > 1) return _scale; return 1f; } }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return x * Scale;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private Tensor _scale = 2f;
                private Tensor Scale() { if (_scale > 1) return _scale; return 1f; }

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    return x * Scale();
                }
            }
            """);
}
