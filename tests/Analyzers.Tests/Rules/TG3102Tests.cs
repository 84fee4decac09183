namespace TensorGraph.Tests.Rules;

/// <summary>Host state is changed under a tensor condition.</summary>
public sealed class TG3102Tests
{
    private const string Id = "TG3102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                private string _label = "";
                public string Label => _label;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        [|_label|] = "large";
                    return x;
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                private Tensor _large = 0f;
                public Tensor Large => _large;

                [GraphFunction]
                public Tensor Step(Tensor x)
                {
                    if (x.Sum() > 1)
                        _large = 1f;
                    return x;
                }
            }
            """);
}
