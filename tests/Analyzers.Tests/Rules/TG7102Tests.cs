namespace TensorGraph.Tests.Rules;

/// <summary>An enumerator in a graph function is advanced only while tracing.</summary>
public sealed class TG7102Tests
{
    private const string Id = "TG7102";

    [Fact]
    public void Is_reported_where_it_stands() =>
        Rule.Reports(Id, """
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, IEnumerator<int> numbers)
                {
                    [|numbers.MoveNext|]();
                    return x + [|numbers.Current|];
                }
            }
            """);

    [Fact]
    public void Is_not_reported_when_fixed() =>
        Rule.Silent("""
            public partial class Model
            {
                [GraphFunction]
                public Tensor Step(Tensor x, Tensor number)
                {
                    return x + number;
                }
            }
            """);
}
